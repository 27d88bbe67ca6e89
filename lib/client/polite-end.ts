/** A reply of this length is rare; whatever does not end by then is cut. */
const FINISH_WITHIN_MS = 30_000;

/** Lets the reply that is being spoken come to its end before a conversation is closed. */
export class PoliteEnd {
  readonly #end: () => void;
  #limit: NodeJS.Timeout | undefined;

  /** @param end - called once, after the present event is dealt with */
  constructor(end: () => void) {
    this.#end = end;
    this.#limit = setTimeout(() => this.#finish(), FINISH_WITHIN_MS);
  }

  /** @param isSilent - nothing sounds, and nothing of a reply is to come */
  check(isSilent: boolean): void {
    if (this.#limit !== undefined && isSilent) this.#finish();
  }

  stop(): void {
    clearTimeout(this.#limit);
    this.#limit = undefined;
  }

  #finish(): void {
    this.stop();
    // Who told us may still be in the middle of an event of this conversation.
    queueMicrotask(this.#end);
  }
}
