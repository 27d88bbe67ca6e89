/** Mulberry32: a small generator whose seed brings a failure back. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @param probability - from 0 to 1 */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0)
      throw new RangeError("Expected choices to pick from");
    return choices[this.between(0, choices.length - 1)]!; // there is one
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    return values.map(
      () => rest.splice(this.between(0, rest.length - 1), 1)[0]!,
    ); // as many as there are
  }

  /** White noise of whole 16-bit samples. @param level - peak, 1 = full scale */
  noise(samples: number, level = 1): Buffer {
    const pcm = Buffer.alloc(samples * 2);
    for (let at = 0; at < pcm.length; at += 2)
      pcm.writeInt16LE(Math.round((2 * this.next() - 1) * 32_767 * level), at);
    return pcm;
  }
}

/** Runs `run` with a generator of its own; a failure says which seed brings it back. */
export async function seeded(
  seed: number,
  run: (random: Random) => Promise<void> | void,
): Promise<void> {
  try {
    await run(new Random(seed));
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const { message, stack = "" } = thrown;
    thrown.message = `seed ${seed}: ${message}`;
    // Mocha shows the message as the stack has it.
    thrown.stack = stack.replace(message, () => thrown.message);
    throw thrown;
  }
}
