import { parseWav } from "../lib/audio";
import { firstLine } from "./command-error";
import type { SentMessage } from "./sent-messages";
import { followTurns, type Turn } from "./turns";

export interface Answer {
  /** All that was spoken in the turn, mono PCM16, 24 kHz. */
  readonly pcm: Buffer;
  /** From the end of speech in the recording to the first audio that left the flow. */
  readonly firstAudioMs: number;
}

/** Gathers one spoken answer from the messages of the demo flow, and prints what happens on the way. */
export class SpokenAnswer {
  /** Resolves when the session can hear. */
  readonly ready: Promise<void>;
  /** Resolves when the last response of the turn has been spoken and its audio is here. */
  readonly whole: Promise<Answer>;
  readonly #print: (label: string, text: string) => void;
  readonly #follow = followTurns((turn) => (this.#turn = turn));
  readonly #replies = new Map<unknown, Buffer>();
  /** Responses that the service has ended: what is cut off when a session is lost is no whole answer. */
  readonly #ended = new Set<unknown>();
  #isReady = false;
  #turn: Turn | undefined;
  #speechEndAt: number | undefined;
  #firstAudioAt: number | undefined;
  #becomeReady!: () => void;
  #finish!: (answer: Answer) => void;
  #rejectReady!: (error: Error) => void;
  #rejectWhole!: (error: Error) => void;

  constructor(print: (label: string, text: string) => void) {
    this.#print = print;
    this.ready = new Promise(
      (resolve, reject) =>
        ([this.#becomeReady, this.#rejectReady] = [resolve, reject]),
    );
    this.whole = new Promise(
      (resolve, reject) =>
        ([this.#finish, this.#rejectWhole] = [resolve, reject]),
    );
    // Whoever asks waits for one after the other: a failure before that is told by the first.
    this.whole.catch(() => undefined);
  }

  /** What has not come yet, for the error message. */
  get missing(): string {
    if (!this.#isReady) return "the session did not get ready";
    if (this.#turn)
      return this.#replies.has(this.#turn.responseId)
        ? "the service did not end the reply"
        : "the audio of the reply did not end";
    return this.#firstAudioAt === undefined
      ? "nothing was answered"
      : "the reply did not end";
  }

  /** The last word of the question has just been sent. */
  speechEnded(): void {
    this.#speechEndAt = performance.now();
  }

  fail(reason: string): void {
    this.#rejectReady(new Error(reason));
    this.#rejectWhole(new Error(reason));
  }

  take(sent: SentMessage): void {
    const problem = findProblem(sent);
    if (problem !== undefined) return this.fail(problem);
    if (isEvent(sent, "ready")) {
      this.#isReady = true;
      this.#becomeReady();
    }
    if (isEvent(sent, "turn"))
      this.#ended.add(
        (sent.msg["payload"] as { responseId?: string }).responseId,
      );
    this.#tell(sent);
    this.#takeAudio(sent);
    this.#follow(sent);
    this.#finishIfWhole();
  }

  #tell({ type, msg }: SentMessage): void {
    if (type === "voice-live-function")
      this.#print(
        "Function",
        `${String(msg["topic"])} ${JSON.stringify(msg["payload"])}`,
      );
    const { final } = (msg["voice"] ?? {}) as { final?: boolean };
    if (type === "voice-live-transcript" && final === true)
      this.#print(
        msg["topic"] === "user" ? "You" : "Assistant",
        String(msg["payload"]),
      );
  }

  /** The flow has two audio outs: one speaks in real time, the other hands over each reply as a WAV. */
  #takeAudio({ type, port, msg }: SentMessage): void {
    if (type !== "voice-live-audio-out" || port !== 0) return;
    this.#firstAudioAt ??= performance.now();
    if (msg["format"] !== "wav") return;
    const { responseId } = msg["voice"] as { responseId?: string };
    this.#replies.set(responseId, parseWav(msg["payload"] as Buffer).data);
  }

  #finishIfWhole(): void {
    if (
      !this.#turn ||
      !this.#replies.has(this.#turn.responseId) ||
      !this.#ended.has(this.#turn.responseId) ||
      this.#firstAudioAt === undefined
    )
      return;
    this.#finish({
      pcm: Buffer.concat([...this.#replies.values()]),
      firstAudioMs: Math.round(
        this.#firstAudioAt - (this.#speechEndAt ?? this.#firstAudioAt),
      ),
    });
  }
}

function isEvent({ type, msg }: SentMessage, kind: string): boolean {
  return type === "voice-live-event" && msg["topic"] === kind;
}

/** What the flow's catch node or the event node reports. */
function findProblem(sent: SentMessage): string | undefined {
  if (sent.type === "catch") return firstLine(sent.msg["error"]);
  return isEvent(sent, "error") ? firstLine(sent.msg["payload"]) : undefined;
}
