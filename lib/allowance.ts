/** So much in a second, on average; what was not used is kept up to a bound. */
export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, most: number, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#at = now;
  }

  /** @returns false when that is more than is left: nothing is taken then */
  take(amount: number, now: number): boolean {
    const earned = ((now - this.#at) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#most, this.#left + Math.max(0, earned));
    this.#at = now;
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}
