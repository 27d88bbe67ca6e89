/** Wakes many at their times with one timer for all: whoever is due in the same millisecond shares a turn of the event loop. */
export class WakeUps {
  /** By the millisecond in which they are due, rounded up. */
  readonly #slots = new Map<number, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Infinity;

  /**
   * @param dueAt - on the clock of `performance.now()`
   * @param run - called once, then or within a millisecond behind it
   * @returns a function that calls it off
   */
  at(dueAt: number, run: () => void): () => void {
    const slot = Math.ceil(dueAt);
    // The same function may be due twice.
    const entry = (): void => run();
    const entries = this.#slots.get(slot) ?? new Set();
    this.#slots.set(slot, entries.add(entry));
    if (slot < this.#armedFor) this.#arm(slot);
    return () => {
      entries.delete(entry);
      if (entries.size === 0) this.#drop(slot, entries);
    };
  }

  #drop(slot: number, entries: Set<() => void>): void {
    if (this.#slots.get(slot) !== entries) return;
    this.#slots.delete(slot);
    // A timer that is early finds nothing to do; only the last one must not keep a process alive.
    if (this.#slots.size === 0) this.#disarm();
  }

  #arm(slot: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = slot;
    const waitMs = slot - performance.now();
    this.#timer = setTimeout(
      () => this.#onTimer(),
      Math.max(0, Math.ceil(waitMs)),
    );
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = Infinity;
  }

  #onTimer(): void {
    const last = Math.max(this.#armedFor, Math.floor(performance.now()));
    const due = [...this.#slots.keys()]
      .filter((slot) => slot <= last)
      .toSorted((a, b) => a - b);
    const thrown: unknown[] = [];
    for (const slot of due) this.#runAll(slot, thrown);
    this.#disarm();
    if (this.#slots.size > 0) this.#arm(Math.min(...this.#slots.keys()));
    // All have had their turn; this goes where it would have gone from a timer of its own.
    if (thrown.length > 0) throw thrown[0];
  }

  /** Whoever is called off by one that runs before it does not run; whoever is new waits for the next turn. */
  #runAll(slot: number, thrown: unknown[]): void {
    const entries = this.#slots.get(slot) ?? [];
    this.#slots.delete(slot);
    for (const run of entries) {
      try {
        run();
      } catch (error) {
        thrown.push(error);
      }
    }
  }
}
