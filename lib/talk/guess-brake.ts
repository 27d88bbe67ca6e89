import { BoundedMap } from "../bounded-map";

/** Typing errors of a person; more is guessing. */
const FREE_FAILURES = 3;
const MAX_PAUSE_MS = 60_000;
/** After so long without a failure an address begins anew. */
const FORGET_AFTER_MS = 3_600_000;
/** Addresses remembered at once; the one that failed longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** Slows guessing: each failure of an address after the third doubles the pause before its next attempt is looked at. */
export class GuessBrake {
  readonly #failures = new BoundedMap<string, Failures>(MAX_ADDRESSES);

  /** @returns how long this address has to wait; what it sends before is not looked at */
  waitMs(address: string, now: number): number {
    const failures = this.#failures.get(address);
    if (!failures) return 0;
    const excess = failures.count - FREE_FAILURES;
    const pauseMs =
      excess < 0 ? 0 : Math.min(1_000 * 2 ** excess, MAX_PAUSE_MS);
    return Math.max(0, failures.at + pauseMs - now);
  }

  failed(address: string, now: number): void {
    const before = this.#failures.get(address);
    const isOld = before !== undefined && now - before.at > FORGET_AFTER_MS;
    const count = isOld ? 0 : (before?.count ?? 0);
    this.#failures.set(address, { count: count + 1, at: now });
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }
}
