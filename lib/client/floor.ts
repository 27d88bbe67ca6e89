/** A reply that wants to be heard. */
export interface Speaker {
  readonly responseId: string;
  readonly isOutOfBand: boolean;
}

/** What a reply does to the loudspeaker: a piece of audio, or the end of an item or of the reply. */
interface Job {
  readonly speaker: Speaker;
  readonly bytes: number;
  readonly isLast: boolean;
  readonly run: () => void;
}

/** Two minutes of PCM16 at 24 kHz (design.md §5.5). */
const MAX_HELD_BYTES = 120 * 48_000;
/** What holds no audio takes memory too. */
const LEAST_COST = 500;

/**
 * One loudspeaker, and one reply at a time on it. An out-of-band response may come while an answer is still coming: it
 * waits until that one is complete, and the other way round. Answers follow each other, so they never wait.
 */
export class Floor {
  #holder: Speaker | undefined;
  #held: Job[] = [];
  #heldBytes = 0;

  /** @returns true when it is the reply's turn: the floor is its own from here on */
  grant(speaker: Speaker): boolean {
    // It has the floor already, as nearly every piece of a reply finds.
    if (speaker === this.#holder) return true;
    if (!this.#mayRun(speaker)) return false;
    this.#holder = speaker;
    return true;
  }

  /**
   * Runs at once for the reply that has the floor, else when it is its turn.
   * @returns false when too much is held already: the piece is dropped
   */
  take(speaker: Speaker, bytes: number, run: () => void): boolean {
    if (this.grant(speaker)) {
      run();
      return true;
    }
    const cost = Math.max(bytes, LEAST_COST);
    if (this.#heldBytes + cost > MAX_HELD_BYTES) return false;
    this.#hold({ speaker, bytes: cost, isLast: false, run });
    return true;
  }

  /** The reply is complete: whoever waits is next. */
  leave(speaker: Speaker, run: () => void): void {
    if (!this.#mayRun(speaker))
      return this.#hold({ speaker, bytes: 0, isLast: true, run });
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

  #mayRun({ responseId, isOutOfBand }: Speaker): boolean {
    const holder = this.#holder;
    if (!holder || holder.responseId === responseId) return true;
    return !holder.isOutOfBand && !isOutOfBand;
  }

  #hold(job: Job): void {
    this.#heldBytes += job.bytes;
    this.#held.push(job);
  }

  #passOn(): void {
    while (this.#holder === undefined && this.#held[0]) {
      const { speaker } = this.#held[0];
      this.#holder = speaker;
      this.#runAllOf(speaker.responseId);
    }
  }

  #runAllOf(responseId: string): void {
    const isDue = ({ speaker }: Job) => speaker.responseId === responseId;
    const due = this.#held.filter(isDue);
    this.#held = this.#held.filter((job) => !isDue(job));
    this.#heldBytes -= due.reduce((sum, { bytes }) => sum + bytes, 0);
    // What runs may interrupt, which resets all.
    for (const { isLast, run } of due) {
      run();
      if (isLast) this.#holder = undefined;
    }
  }
}
