import { expectPositiveInteger } from "./check";

/** A stream that does not have the rate it says. */
export interface RateMismatch {
  /** Hz, as declared. */
  readonly declared: number;
  /** Hz, as the audio arrives, rounded to a whole number. */
  readonly measured: number;
}

/** Clocks of cheap devices are off by a fraction of a percent; wrong settings are off by 8.8 % (44.1 for 48 kHz) or more. */
const TOLERANCE = 0.05;
const WINDOW_MS = 2_000;
/** Each quarter of the window has to agree: a burst, or a stall and what comes after it, is felt in one or two of them. */
const QUARTERS = 4;
/** A microphone never rests that long: after a gap, measuring begins again. */
const MAX_GAP_MS = 500;
/** A device sends 10 to 100 ms a message; what holds more is a file or a piece of one. */
const MAX_MESSAGE_MS = 500;
/** 8 kHz taken for 48 kHz, and the reverse, are a factor of 6. Anything faster is no microphone but a file on its way. */
const MAX_FACTOR = 8;

/** All the audio up to a point in time. */
interface Mark {
  readonly atMs: number;
  readonly samples: number;
}

/**
 * Compares the rate at which live audio arrives with the rate it says it has. Only a steady stream is judged: messages of a
 * microphone's length without long gaps, over two seconds, off in the same direction in every quarter of them. A file,
 * however it is cut, a burst and a stall are none of that.
 */
export class RateMeter {
  readonly #declared: number;
  #marks: Mark[] = [];
  #samples = 0;

  /** @param declared - Hz */
  constructor(declared: number) {
    expectPositiveInteger("declared", declared);
    this.#declared = declared;
  }

  /**
   * Audio has arrived.
   * @param samples - of one channel
   * @param nowMs - the caller's clock, milliseconds, never going back
   * @returns the mismatch, where the last two seconds show one
   */
  add(samples: number, nowMs: number): RateMismatch | undefined {
    const lastMs = this.#marks.at(-1)?.atMs ?? nowMs;
    const messageMs = (samples * 1_000) / this.#declared;
    if (nowMs - lastMs > MAX_GAP_MS || messageMs > MAX_MESSAGE_MS) this.reset();
    this.#samples += samples;
    this.#marks.push({ atMs: nowMs, samples: this.#samples });
    const first = this.#marks[0]!; // just pushed
    if (nowMs - first.atMs < WINDOW_MS) return undefined;
    const mismatch = this.#judge();
    // The next window begins where the second quarter of this one began: little is kept, and a change is still seen soon.
    this.#marks = this.#marks.filter(
      ({ atMs }) => atMs >= first.atMs + WINDOW_MS / QUARTERS,
    );
    return mismatch;
  }

  /** A new stream begins, or this one has paused. */
  reset(): void {
    this.#marks = [];
    this.#samples = 0;
  }

  #judge(): RateMismatch | undefined {
    const borders = this.#borders();
    const factors = borders
      .slice(1)
      .map((border, index) => this.#factor(borders[index]!, border)); // one less than borders
    const overall = this.#factor(borders[0]!, borders.at(-1)!); // there are five
    const sign = Math.sign(overall - 1);
    const isOff =
      Math.abs(overall - 1) > TOLERANCE &&
      overall < MAX_FACTOR &&
      factors.every((factor) => (factor - 1) * sign > TOLERANCE / 2);
    return isOff
      ? {
          declared: this.#declared,
          measured: Math.round(overall * this.#declared),
        }
      : undefined;
  }

  /** The messages that begin and end the quarters. Between two messages nothing has to be guessed about the time within one. */
  #borders(): readonly Mark[] {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!];
    const quarterMs = (last.atMs - first.atMs) / QUARTERS;
    return Array.from({ length: QUARTERS + 1 }, (_, index) => {
      const fromMs = first.atMs + index * quarterMs;
      // The sum of four quarters may miss the whole by a rounding error.
      return this.#marks.find(({ atMs }) => atMs >= fromMs - 0.001) ?? last;
    });
  }

  /** Rate between two messages, 1 = as declared. What the first one brought had been recorded before it came. */
  #factor(from: Mark, to: Mark): number {
    const seconds = (to.atMs - from.atMs) / 1_000;
    return (to.samples - from.samples) / seconds / this.#declared;
  }
}
