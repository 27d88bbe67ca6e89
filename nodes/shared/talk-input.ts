import { randomUUID } from "node:crypto";
import { VoiceLiveError } from "../../lib/client";
import { turnMessage } from "../../lib/talk/conversation-view";
import type { NodeMessage, NoticeMessage } from "../../lib/talk/page-protocol";
import { isRecord, readVoice, type FlowMessage } from "./messages";

/** What a message to a talk page is, by its shape. */
export type TalkInput =
  | { readonly kind: "sound" }
  | { readonly kind: "playback"; readonly event: "start" | "end" | "flush" }
  | { readonly kind: "interruption" }
  | { readonly kind: "ticket" }
  /** About one function call. */
  | { readonly kind: "call"; readonly callId: string }
  | {
      readonly kind: "show";
      readonly message: NodeMessage;
      /** The session shows it by itself where it has this conversation. */
      readonly isOfSession: boolean;
    }
  /** Of the conversation's life, but nothing that a page shows. */
  | { readonly kind: "nothing" };

/** Kinds of the event node, which says them in `msg.topic`. */
const EVENTS: ReadonlySet<unknown> = new Set([
  "connected",
  "ready",
  "updated",
  "turn",
  "usage",
  "approval",
  "warning",
  "error",
  "silence",
  "renewed",
  "history",
  "closed",
]);

const NOTICES: ReadonlyMap<unknown, NoticeMessage["level"]> = new Map([
  ["notice", "info"],
  ["info", "info"],
  ["warning", "warning"],
  ["error", "error"],
]);

/** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when that is nothing for a page */
export function readTalkInput(msg: FlowMessage): TalkInput {
  const { payload } = msg;
  const topic = msg["topic"];
  const voice = readVoice(msg);
  if (topic === "ticket") return { kind: "ticket" };
  if (isPlayback(payload) && typeof voice["playedMs"] === "number")
    return { kind: "playback", event: payload };
  if (isSound(msg)) return { kind: "sound" };
  if ((topic === "user" || topic === "assistant") && isText(payload))
    return transcript(topic, String(payload), voice);
  if (isRecord(payload) && isInterruption(payload))
    return { kind: "interruption" };
  const { callId } = voice;
  if (EVENTS.has(topic) && isRecord(payload) && isEvent(topic, callId))
    return eventInput(topic, payload);
  if (typeof callId === "string" && callId !== "")
    return { kind: "call", callId };
  const level = NOTICES.get(topic);
  if (level && isText(payload)) return notice(level, String(payload));
  throw unknownShape(payload);
}

function isPlayback(payload: unknown): payload is "start" | "end" | "flush" {
  return payload === "start" || payload === "end" || payload === "flush";
}

/** Bytes of any kind, texts that say that they are sound, and the end of it. */
function isSound(msg: FlowMessage): boolean {
  const { payload } = msg;
  if (ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer)
    return true;
  if (isRecord(payload) && payload["type"] === "Buffer") return true;
  if (msg["event"] === "end" || msg["complete"] === true) return true;
  return (
    typeof payload === "string" &&
    (/^data:(audio\/|application\/octet-stream)/i.test(payload) ||
      typeof msg["rate"] === "number")
  );
}

function isText(payload: unknown): boolean {
  return (
    (typeof payload === "string" && payload !== "") ||
    typeof payload === "number"
  );
}

function transcript(
  who: "user" | "assistant",
  text: string,
  { itemId, final, heard }: Readonly<Record<string, unknown>>,
): TalkInput {
  const isOfSession = typeof itemId === "string" && itemId !== "";
  return {
    kind: "show",
    isOfSession,
    message: {
      type: "transcript",
      id: isOfSession ? itemId : randomUUID(),
      who,
      text,
      final: final !== false,
      ...(typeof heard === "string" && { heard }),
    },
  };
}

function isInterruption(payload: Readonly<Record<string, unknown>>): boolean {
  const { by, heardMs } = payload;
  return (by === "user" || by === "flow") && typeof heardMs === "number";
}

/** A function may have the name of an event; only one kind of event is about a call. */
function isEvent(topic: unknown, callId: unknown): boolean {
  return callId === undefined || topic === "approval";
}

function eventInput(
  topic: unknown,
  payload: Readonly<Record<string, unknown>>,
): TalkInput {
  const { message } = payload;
  if ((topic === "warning" || topic === "error") && typeof message === "string")
    return notice(topic, message);
  const turn = topic === "turn" ? turnMessage(payload) : undefined;
  return turn
    ? { kind: "show", message: turn, isOfSession: true }
    : { kind: "nothing" };
}

function notice(level: NoticeMessage["level"], text: string): TalkInput {
  const message = { type: "notice", level, text } as const;
  return { kind: "show", message, isOfSession: false };
}

function unknownShape(payload: unknown): VoiceLiveError {
  const what =
    payload === undefined || payload === null
      ? "msg.payload is missing"
      : `The payload is ${typeof payload === "string" ? "a text without a topic" : `a value of type ${typeof payload}`}`;
  return new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `${what}, which no page can show`,
    {
      nextStep:
        "Send what audio out, transcript, function call, interrupt or event give, or a text with msg.topic notice, warning or error.",
    },
  );
}
