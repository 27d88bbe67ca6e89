/** Notices that nobody speaks and nothing plays, again and again while it lasts. */
export class SilenceWatch {
  readonly #everyMs: number;
  readonly #onSilence: (silentMs: number) => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param everyMs - length of a silence that is told; 0: none is
   * @param onSilence - told how long it has lasted, ms
   */
  constructor(everyMs: number, onSilence: (silentMs: number) => void) {
    this.#everyMs = everyMs;
    this.#onSilence = onSilence;
  }

  /** Called at each change of what goes on. */
  update(isQuiet: boolean): void {
    if (!isQuiet) return this.stop();
    if (this.#timer || this.#everyMs <= 0) return;
    let silentMs = 0;
    this.#timer = setInterval(() => {
      silentMs += this.#everyMs;
      this.#onSilence(silentMs);
    }, this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
