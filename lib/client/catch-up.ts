/** Catches up a second of delay in each second, and is no flood to a link that has just recovered. */
const SPEED = 2;
/** A shorter wait is the socket's own rhythm, and no stall. */
const STALL_MS = 250;
/** Timers come late on a busy machine; what they missed is made up for, as far as this. */
const CREDIT_MS = 100;

/**
 * Speed at which live audio follows that a stalled link has held up: never more than twice real time, counted from when
 * the link took audio again.
 *
 * Not held back is what nobody spoke just then: a whole recording, and the utterance that a new session is told again.
 * Nor are the first words of a conversation, held while it was being opened: they are two seconds at most, the link is
 * new, and the user waits for an answer.
 */
export class CatchUp {
  #heldSince: number | undefined;
  #nextAt: number | undefined;

  get isActive(): boolean {
    return this.#nextAt !== undefined;
  }

  /** Audio has to wait. */
  held(now: number): void {
    this.#heldSince ??= now;
  }

  /** The link takes audio again. */
  resumed(now: number): void {
    if (this.#heldSince === undefined || now - this.#heldSince < STALL_MS)
      return;
    this.#nextAt ??= now;
  }

  /** @returns how long to wait before the next piece; 0 where it may go */
  waitMs(now: number): number {
    return this.#nextAt === undefined ? 0 : Math.max(0, this.#nextAt - now);
  }

  /** A piece has gone. */
  sent(durationMs: number, now: number): void {
    if (this.#nextAt === undefined) return;
    this.#nextAt = Math.max(this.#nextAt, now - CREDIT_MS) + durationMs / SPEED;
  }

  /** The link has gone; what is held goes on waiting. */
  interrupted(): void {
    this.#nextAt = undefined;
  }

  /** Nothing is held any more. */
  caughtUp(): void {
    this.#heldSince = undefined;
    this.#nextAt = undefined;
  }
}
