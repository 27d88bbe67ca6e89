/** One line of the table. */
export interface Outcome {
  /** Unique; the bounds go by it. */
  readonly name: string;
  readonly unit: "µs" | "ms" | "kB" | "MB" | "×" | "%" | "× real time";
  /** Median of the rounds. */
  readonly value: number;
  /** Half the distance between the best round and the worst, in parts of the value. */
  readonly spread: number;
}

/** How much a bench measures. */
export interface Effort {
  /** For CI: seconds instead of minutes, and no figure that needs a quiet machine. */
  readonly isQuick: boolean;
}

/** @param samples - one for each round */
export function outcome(
  name: string,
  unit: Outcome["unit"],
  samples: readonly number[],
): Outcome {
  const value = median(samples);
  const range = Math.max(...samples) - Math.min(...samples);
  return {
    name,
    unit,
    value,
    spread: value === 0 ? 0 : range / 2 / Math.abs(value),
  };
}

/** Ratios of rounds that lay side by side in time, so that whatever else the machine did hit both. */
export function ratio(
  name: string,
  samples: readonly number[],
  against: readonly number[],
): Outcome {
  const ratios = samples.map((each, round) => each / (against[round] ?? NaN));
  return outcome(name, "×", ratios);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const above = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (below + above) / 2;
}

/** @param share - 0.99 for the value that one in a hundred exceeds */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
