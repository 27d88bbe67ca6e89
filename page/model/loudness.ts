/** What a level meter shows: from here to full scale. */
const FLOOR_DB = -54;
/** What is left of a level one step after it went silent. */
const FALL = 0.6;
/** Finer steps move a meter by less than a pixel or two, and each is painted. */
const SHOWN_STEPS = 100;

/** One voice as it is shown: how loud it is, and how loud it was since it was last asked. */
export class Loudness {
  #level = 0;
  #peak = 0;

  /** @param amplitude - loudest sample since the last step, 0 to 1 */
  follow(amplitude: number): void {
    const level = scale(amplitude);
    this.#peak = Math.max(this.#peak, level);
    // It falls slower than it rises.
    this.#level =
      level > this.#level ? level : level + (this.#level - level) * FALL;
  }

  /** What the meter shows, 0 to 1. */
  get level(): number {
    return Math.round(this.#level * SHOWN_STEPS) / SHOWN_STEPS;
  }

  /** The loudest since it was last taken, 0 to 1. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }
}

/** Loudness is heard in decibels. */
function scale(amplitude: number): number {
  const db = 20 * Math.log10(Math.max(amplitude, 1e-6));
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
