/** A stretch of an item that the loudspeaker has, and when it sounds. */
interface Stretch {
  readonly itemId: string;
  readonly fromMs: number;
  readonly durationMs: number;
  readonly startsAt: number;
}

/** What a local network takes. */
export const TIMELY_MS = 15;

/**
 * A loudspeaker that knows what it has really played. What comes sounds `lagMs` later, or behind what it still has; one with a
 * negative lag is ahead of what anyone would think.
 */
export class Loudspeaker {
  readonly lagMs: number;
  readonly #now: () => number;
  readonly #takenMs = new Map<string, number>();
  #stretches: Stretch[] = [];
  #isKnown = false;
  /** End of its last gap. */
  #playingSince = -Infinity;

  constructor(lagMs: number, now: () => number) {
    this.lagMs = lagMs;
    this.#now = now;
  }

  /** It has told where it is, and has played without a gap ever since. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  take(itemId: string, durationMs: number): void {
    const fromMs = this.#takenMs.get(itemId) ?? 0;
    this.#takenMs.set(itemId, fromMs + durationMs);
    const last = this.#stretches.at(-1);
    const endsAt = last ? last.startsAt + last.durationMs : -Infinity;
    const startsAt = Math.max(this.#now() + this.lagMs, endsAt);
    if (startsAt > endsAt || endsAt < this.#now()) this.#pause(startsAt);
    this.#stretches.push({ itemId, fromMs, durationMs, startsAt });
  }

  /** What it has really played of an item, ms. */
  playedMs(itemId: string): number {
    return this.#stretches
      .filter((stretch) => stretch.itemId === itemId)
      .reduce(
        (sum, { startsAt, durationMs }) =>
          sum + Math.min(Math.max(this.#now() - startsAt, 0), durationMs),
        0,
      );
  }

  /** Where it is now; undefined while it is silent. */
  position():
    { readonly itemId: string; readonly playedMs: number } | undefined {
    const now = this.#now();
    const stretch = this.#stretches.find(
      ({ startsAt, durationMs }) =>
        startsAt <= now && now < startsAt + durationMs,
    );
    if (!stretch) return undefined;
    const { itemId, fromMs, startsAt } = stretch;
    return { itemId, playedMs: Math.floor(fromMs + now - startsAt) };
  }

  /**
   * Its position has reached those who estimate it. An estimate that is off by the lag may be in the item before or behind,
   * and takes the report for an old one: only one from well inside an item counts. One that came late leads astray.
   * @param agoMs - when it was there
   */
  told(
    {
      itemId,
      playedMs,
    }: { readonly itemId: string; readonly playedMs: number },
    agoMs: number,
  ): void {
    const offMs = Math.abs(this.lagMs) + TIMELY_MS;
    const takenMs = this.#takenMs.get(itemId) ?? 0;
    if (
      agoMs > TIMELY_MS ||
      this.position()?.itemId !== itemId ||
      this.#now() - agoMs < this.#playingSince
    )
      this.#isKnown = false;
    else if (playedMs > offMs && playedMs + offMs < takenMs)
      this.#isKnown = true;
  }

  stop(): void {
    this.#stretches = [];
    this.#isKnown = false;
  }

  /** Behind a gap its lag tells again. */
  #pause(until: number): void {
    this.#playingSince = until;
    this.#isKnown = false;
  }
}
