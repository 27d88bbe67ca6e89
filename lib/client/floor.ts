/** What one reply does to the loudspeaker: a piece of audio, or the end of an item or of the reply. */
interface Job {
  readonly responseId: string;
  readonly bytes: number;
  readonly run: () => void;
}

/** Two minutes of PCM16 at 24 kHz (design.md §5.5). */
const MAX_HELD_BYTES = 120 * 48_000;

/**
 * One loudspeaker, and one reply at a time on it. An out-of-band response may come while another reply is still coming:
 * it waits until that one is complete, and the other way round.
 */
export class Floor {
  #holder: string | undefined;
  #held: Job[] = [];
  #heldBytes = 0;

  /**
   * Runs at once for the reply that has the floor, else when it is its turn.
   * @returns false when too much is held already: the piece is dropped
   */
  take(responseId: string, bytes: number, run: () => void): boolean {
    this.#holder ??= responseId;
    if (this.#holder === responseId) {
      run();
      return true;
    }
    if (bytes > 0 && this.#heldBytes + bytes > MAX_HELD_BYTES) return false;
    this.#heldBytes += bytes;
    this.#held.push({ responseId, bytes, run });
    return true;
  }

  /** The reply is complete: whoever waits is next. */
  leave(responseId: string, run: () => void): void {
    if (this.#holder !== undefined && this.#holder !== responseId) {
      this.#held.push({
        responseId,
        bytes: 0,
        run: () => {
          run();
          this.#holder = undefined;
        },
      });
      return;
    }
    run();
    this.#holder = undefined;
    this.#passOn();
  }

  /** No more comes of any reply: what waits goes out in its order. */
  drain(): void {
    const held = this.#held;
    this.reset();
    for (const { run } of held) run();
  }

  /** Nothing that waits is wanted, and nobody has the floor. */
  reset(): void {
    this.#holder = undefined;
    this.#held = [];
    this.#heldBytes = 0;
  }

  #passOn(): void {
    while (this.#holder === undefined) {
      const [next] = this.#held;
      if (!next) return;
      this.#holder = next.responseId;
      this.#runAllOf(next.responseId);
    }
  }

  /** Its last job gives the floor back if the reply is complete already. */
  #runAllOf(responseId: string): void {
    const due = this.#held.filter((job) => job.responseId === responseId);
    this.#held = this.#held.filter((job) => job.responseId !== responseId);
    for (const { bytes, run } of due) {
      this.#heldBytes -= bytes;
      run();
    }
  }
}
