import type { WakeUps } from "./wake-ups";

/** One wake-up whose time is moved about. */
export class Alarm {
  readonly #wakeUps: WakeUps;
  readonly #run: () => void;
  #dueAt: number | undefined;
  #forget: (() => void) | undefined;

  constructor(wakeUps: WakeUps, run: () => void) {
    this.#wakeUps = wakeUps;
    this.#run = run;
  }

  /**
   * Wakes then, and not when it was told to before.
   * @param dueAt - on the clock of `performance.now()`; undefined: not at all
   */
  set(dueAt: number | undefined): void {
    // Told the same again, as with each piece of a reply, it has nothing to do.
    if (dueAt === this.#dueAt) return;
    this.#forget?.();
    this.#forget = undefined;
    this.#dueAt = dueAt;
    if (dueAt !== undefined)
      this.#forget = this.#wakeUps.at(dueAt, () => this.#onDue());
  }

  #onDue(): void {
    this.#forget = undefined;
    this.#dueAt = undefined;
    this.#run();
  }
}
