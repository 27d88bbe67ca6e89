/** Values in floating-point audio that are no samples, counted while they are corrected. */
export class SampleFaults {
  /** Values that are not a number; they become 0. */
  notNumbers = 0;
  /** Infinite values; they become full scale. */
  infinities = 0;

  /** @returns `value`, or what stands for it where it is no sample */
  repair(value: number): number {
    if (Number.isNaN(value)) {
      this.notNumbers += 1;
      return 0;
    }
    this.infinities += 1;
    return Math.sign(value);
  }
}
