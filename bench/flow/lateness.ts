/** One chunk of a reply. */
export interface Arrival {
  /** When it left the node, ms. */
  readonly at: number;
  /** Where it begins in the reply, ms. */
  readonly startMs: number;
}

/** Clocks are finer than what runs of chunks differ by. */
const SAME_MS = 5;

/**
 * How late the latest chunk of one conversation was. A chunk is due as far before or behind its neighbours as it sounds; who
 * is late is so against those that come after. Not late is the first of a run: what came before it ran dry, because no more
 * had come, or it is the first of all. With it leaves what a device holds ahead.
 */
export function latestOf(arrivals: readonly Arrival[]): number {
  let latestMs = 0;
  let base = Infinity;
  const bases = arrivals
    .toReversed()
    .map(({ at, startMs }) => (base = Math.min(base, at - startMs)))
    .toReversed();
  for (const [index, { at, startMs }] of arrivals.entries()) {
    const before = arrivals[index - 1];
    const isFirst =
      !before || (bases[index] ?? 0) > (bases[index - 1] ?? 0) + SAME_MS;
    if (isFirst) continue;
    const lateMs = at - startMs - (bases[index] ?? 0);
    latestMs = Math.max(latestMs, Math.min(lateMs, at - before.at));
  }
  return latestMs;
}
