import { VoiceLiveError, type ErrorCode } from "./errors";

/** Who has ended a conversation whose device may go on sending. */
export type EndedBy = "limit" | "operator";

interface Rest {
  readonly by: EndedBy;
  /** When its device last asked for another, on the clock of `performance.now()`. */
  askedAt: number;
}

/** A microphone that is still open sends many times a second. */
const REST_MS = 10_000;

const ENDED_BY: Readonly<Record<EndedBy, readonly [ErrorCode, string]>> = {
  limit: ["VOICE_LIVE_LIMIT", "This conversation was ended by a limit"],
  operator: [
    "VOICE_LIVE_NOT_CONNECTED",
    "This conversation was ended in the editor",
  ],
};

/**
 * The pauses after conversations that were ended for their devices, by key. A device that goes on sending would begin the next
 * one at once: it has to pause first, or the flow has to connect it.
 */
export class Rests {
  readonly #isConnected: (key: string) => boolean;
  readonly #rests = new Map<string, Rest>();

  /** @param isConnected - the key has a conversation again, whoever has begun it: nothing has to pause */
  constructor(isConnected: (key: string) => boolean) {
    this.#isConnected = isConnected;
  }

  /** A conversation was ended: the pause of its key begins. */
  begin(key: string, by: EndedBy): void {
    const now = performance.now();
    for (const [other, { askedAt }] of this.#rests)
      if (now - askedAt >= REST_MS) this.#rests.delete(other);
    this.#rests.set(key, { by, askedAt: now });
  }

  /**
   * Input has come; where it may begin no conversation, the pause begins anew. Words come on purpose: after an operator they
   * begin one.
   * @param isSound - may come from a microphone that nobody has closed
   * @returns true when the key has paused: its next conversation is due
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT`, or `VOICE_LIVE_NOT_CONNECTED` after an operator, when input for this key may begin no conversation yet
   */
  admit(key: string, isSound: boolean): boolean {
    const rest = this.#rests.get(key);
    if (!rest) return false;
    const isConnected = this.#isConnected(key);
    const isOnPurpose = rest.by === "operator" && !isSound;
    const now = performance.now();
    if (isConnected || isOnPurpose || now - rest.askedAt >= REST_MS) {
      this.#rests.delete(key);
      return !isConnected;
    }
    rest.askedAt = now;
    const [code, message] = ENDED_BY[rest.by];
    throw new VoiceLiveError(code, message, {
      nextStep: `Pause for ${REST_MS / 1_000} seconds or send «connect» to a control node, to begin another.`,
    });
  }

  /** Sound for this key would begin no conversation. */
  isResting(key: string): boolean {
    const rest = this.#rests.get(key);
    return (
      !!rest &&
      !this.#isConnected(key) &&
      performance.now() - rest.askedAt < REST_MS
    );
  }

  /** Whoever comes now asks for a conversation on purpose: no pause is needed. */
  allowAgain(key: string): void {
    const rest = this.#rests.get(key);
    if (rest) rest.askedAt = Number.NEGATIVE_INFINITY;
  }
}
