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
/** A burst, a stall, or both ends of the network's jitter look like drift, but never like more of it than of unevenness. */
const STEADINESS = 2;
/** Windows overlap, so that a change is seen soon. */
const STEP_MS = 500;
/** A microphone never rests that long: after a gap, measuring begins again. */
const MAX_GAP_MS = 500;
/** A device sends 10 to 100 ms a message; what holds more is a file or a piece of one. */
const MAX_MESSAGE_MS = 500;
/** 8 kHz taken for 48 kHz, and the reverse, are a factor of 6. Anything faster is no microphone but a file on its way. */
const MAX_FACTOR = 8;

/** Messages that come closer count as one, so that a file in tiny pieces leaves 2,000 marks at most. */
const MARK_EVERY_MS = 1;

/** All the audio up to a point in time. */
interface Mark {
  readonly atMs: number;
  readonly samples: number;
}

/**
 * Compares the rate at which live audio arrives with the rate it says it has. Only a steady stream is judged: messages of a
 * microphone's length without long gaps, over two seconds, whose drift is larger than its unevenness. A file, however it is
 * cut, a burst and a stall are none of that.
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
    this.#mark(nowMs);
    const first = this.#marks[0]!; // just pushed
    if (nowMs - first.atMs < WINDOW_MS) return undefined;
    const mismatch = this.#judge();
    this.#marks = this.#marks.filter(
      ({ atMs }) => atMs >= first.atMs + STEP_MS,
    );
    return mismatch;
  }

  /** A new stream begins, or this one has paused. */
  reset(): void {
    this.#marks = [];
    this.#samples = 0;
  }

  #mark(nowMs: number): void {
    const last = this.#marks.at(-1);
    const isClose = last !== undefined && nowMs - last.atMs < MARK_EVERY_MS;
    const mark = { atMs: isClose ? last.atMs : nowMs, samples: this.#samples };
    if (isClose) this.#marks.pop();
    this.#marks.push(mark);
  }

  #judge(): RateMismatch | undefined {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!]; // more than two seconds apart
    const elapsedMs = last.atMs - first.atMs;
    // What the first message brought had been recorded before it came.
    const measured = ((last.samples - first.samples) * 1_000) / elapsedMs;
    const factor = measured / this.#declared;
    const driftMs = Math.abs(factor - 1) * elapsedMs;
    const isOff =
      factor < MAX_FACTOR &&
      driftMs > TOLERANCE * elapsedMs &&
      driftMs > STEADINESS * Math.max(1, factor) * this.#unevennessMs(measured);
    return isOff
      ? { declared: this.#declared, measured: Math.round(measured) }
      : undefined;
  }

  /** How far the messages lie from a straight line through the first and the last, from the earliest to the latest. */
  #unevennessMs(measured: number): number {
    let [least, most] = [Infinity, -Infinity];
    for (const { atMs, samples } of this.#marks) {
      const latenessMs = atMs - (samples * 1_000) / measured;
      least = Math.min(least, latenessMs);
      most = Math.max(most, latenessMs);
    }
    return most - least;
  }
}
