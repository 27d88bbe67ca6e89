/** One chunk of a reply. */
export interface Arrival {
  /** When it left the node, ms. */
  readonly at: number;
  /** Where it begins in the reply, ms. */
  readonly startMs: number;
  /** Where it ends in the reply, ms. */
  readonly endMs: number;
}

/**
 * How late the latest chunk of one reply was. The first one begins its time; each other one is due as soon as the
 * device would hold no more than its lead, so those that fill the lead are due with the first.
 *
 * A chunk cannot leave before its audio has come, and waiting for that is not being late. So this says something only of a
 * service that is ahead of what is heard, as Voice Live is (protocol.md §11). Of deltas of 100 ms that come just as fast as they
 * sound, one chunk of 40 ms in five lacks its end when it is due, and comes 80 ms behind the one that was earliest in its place.
 */
export function latestOf(arrivals: readonly Arrival[], leadMs: number): number {
  const [first] = arrivals;
  if (!first) return 0;
  const began = first.at - first.startMs;
  const lateMs = arrivals.map(
    ({ at, endMs }) => at - Math.max(first.at, began + endMs - leadMs),
  );
  return Math.max(...lateMs);
}
