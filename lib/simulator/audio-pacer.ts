export interface AudioPacerOptions {
  /** Multiples of real time; `Infinity` never waits. */
  readonly speed: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
}

/** Releases audio at a multiple of real time. Deadlines are absolute, so late timers do not add up. */
export class AudioPacer {
  readonly #speed: number;
  readonly #now: () => number;
  #startMs: number;
  #isStopped = false;
  #wake: (() => void) | undefined;

  constructor({ speed, now = () => performance.now() }: AudioPacerOptions) {
    this.#speed = speed;
    this.#now = now;
    this.#startMs = now();
  }

  /** Resolves when audio at `positionMs` of the answer is due, or at once after `stop`. */
  async until(positionMs: number): Promise<void> {
    if (this.#speed === Infinity) return;
    await this.#sleep(this.#startMs + positionMs / this.#speed - this.#now());
  }

  /** A pause in the answer that `speed` does not shorten; everything after it is due that much later. */
  async pause(ms: number): Promise<void> {
    this.#startMs += ms;
    await this.#sleep(ms);
  }

  /** Ends every wait. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  async #sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

/** Node fires longer timers at once; a session ends long before this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
