import type { SentMessage } from "./sent-messages";

export interface FunctionCall {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** What a user said and what came of it, from the first call to the last word of the reply. */
export interface Turn {
  /** Empty when the turn was typed, or when the service sent no transcript. */
  readonly user: string;
  readonly calls: readonly FunctionCall[];
  readonly reply: string;
  /** The response that ended the turn. */
  readonly responseId: string;
  /** Milliseconds from the end of the user's turn to the first audio; absent when the service did not measure it. */
  readonly firstAudioMs?: number;
}

interface OpenTurn {
  user: string;
  readonly calls: FunctionCall[];
  readonly replies: string[];
  /** Responses that called a function: another one follows them. */
  readonly calling: Set<unknown>;
  firstAudioMs?: number;
}

interface Voice {
  readonly conversation?: string;
  readonly responseId?: string;
  readonly final?: boolean;
}

/**
 * Puts the messages of a flow's voice nodes together into turns. A turn is over when a response has been heard that called no
 * function; each conversation has its own.
 * @returns listener for every message that leaves a node
 */
export function followTurns(
  onTurn: (turn: Turn) => void,
): (sent: SentMessage) => void {
  const open = new Map<string, OpenTurn>();
  return ({ type, msg }) => {
    if (!type.startsWith("voice-live-")) return;
    const voice = (msg["voice"] ?? {}) as Voice;
    const conversation = voice.conversation ?? "";
    const turn = open.get(conversation) ?? {
      user: "",
      calls: [],
      replies: [],
      calling: new Set(),
    };
    open.set(conversation, turn);
    takeMessage(turn, type, msg, voice);
    if (!isEnd(turn, type, msg, voice)) return;
    open.delete(conversation);
    onTurn(closed(turn, voice));
  };
}

function takeMessage(
  turn: OpenTurn,
  type: string,
  msg: SentMessage["msg"],
  voice: Voice,
): void {
  if (type === "voice-live-transcript" && voice.final === true) {
    if (msg["topic"] === "user") turn.user = String(msg["payload"]);
    else turn.replies.push(String(msg["payload"]));
  }
  if (type === "voice-live-function") {
    turn.calls.push({
      name: String(msg["topic"]),
      arguments: JSON.stringify(msg["payload"]),
    });
    turn.calling.add(voice.responseId);
  }
  if (type === "voice-live-event" && msg["topic"] === "turn") {
    const measured = (msg["payload"] as { eot_to_first_out_ms?: number | null })
      .eot_to_first_out_ms;
    if (typeof measured === "number") turn.firstAudioMs = measured;
  }
}

/** The assistant's transcript comes when its words have been heard, so it is the last of a response's messages. */
function isEnd(
  turn: OpenTurn,
  type: string,
  msg: SentMessage["msg"],
  voice: Voice,
): boolean {
  const isReply =
    type === "voice-live-transcript" &&
    msg["topic"] === "assistant" &&
    voice.final === true;
  return isReply && !turn.calling.has(voice.responseId);
}

function closed(turn: OpenTurn, voice: Voice): Turn {
  return {
    user: turn.user,
    calls: turn.calls,
    reply: turn.replies.join(" "),
    responseId: voice.responseId ?? "",
    ...(turn.firstAudioMs === undefined
      ? {}
      : { firstAudioMs: turn.firstAudioMs }),
  };
}

/** One line: `"Question?" → get_weather({"city":"Lisbon"}) → "Answer." (first audio after 412 ms)`. */
export function describeTurn(turn: Turn): string {
  const calls = turn.calls.map((call) => `${call.name}(${call.arguments})`);
  const steps = [
    turn.user === "" ? "(typed)" : `"${turn.user}"`,
    ...calls,
    `"${turn.reply}"`,
  ];
  const latency =
    turn.firstAudioMs === undefined
      ? ""
      : ` (first audio after ${turn.firstAudioMs} ms)`;
  return steps.join(" → ") + latency;
}
