import { levelDb } from "../audio";
import type { Conversation } from "../client";
import { HeardTrack, samplesOf, SpokenTrack } from "../recorder";

/** dBFS of either side, `null` for silence. */
export interface Levels {
  readonly user: number | null;
  readonly assistant: number | null;
}

/** A syllable takes about as long; over more of it, pauses would hide what is said. */
const WINDOW = samplesOf(300);

/** How loud both sides are, as spoken and as heard. It listens from its beginning to `close`. */
export class ConversationLevels {
  readonly #beganAt = performance.now();
  readonly #heard = new HeardTrack(this.#beganAt);
  readonly #spoken = new SpokenTrack(this.#beganAt);
  readonly #removeTap: () => void;

  constructor(conversation: Pick<Conversation, "addTap">) {
    const heard = this.#heard;
    this.#removeTap = conversation.addTap({
      spoken: (audio, format) =>
        this.#spoken.spoken(audio, format, performance.now()),
      received: (...audio) => heard.received(...audio),
      finished: (itemId) => heard.finished(itemId),
      released: (...stretch) => heard.released(...stretch),
      shift: (lateMs) => heard.shift(lateMs),
      stop: (now) => heard.stop(now),
    });
  }

  /** @returns the level of the last moments */
  read(now: number): Levels {
    const until = samplesOf(now - this.#beganAt);
    const from = Math.max(0, until - WINDOW);
    for (const track of [this.#spoken, this.#heard]) track.take(from);
    return {
      user: levelOf(this.#spoken.take(until)),
      assistant: levelOf(this.#heard.take(until)),
    };
  }

  close(): void {
    this.#removeTap();
  }
}

function levelOf(pcm: Buffer): number | null {
  const level = levelDb(pcm);
  return Number.isFinite(level) ? Math.round(level) : null;
}
