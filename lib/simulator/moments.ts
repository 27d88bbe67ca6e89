import type { Moment, MomentRule, MomentStep } from "./moment-schema";
import { type Script, sortRules } from "./script-schema";

/** What a script does at each moment of the protocol, over all sessions. */
export class Moments {
  readonly #rules: readonly MomentRule[];
  readonly #seen = new Map<Moment, number>();

  constructor(script: Script) {
    this.#rules = sortRules(script).moments;
  }

  /** Counts this moment. @returns the steps of the first rule for it */
  meet(moment: Moment): readonly MomentStep[] {
    const nth = (this.#seen.get(moment) ?? 0) + 1;
    this.#seen.set(moment, nth);
    const found = this.#rules.find(
      ({ when }) =>
        when.moment === moment && (when.nth === undefined || when.nth === nth),
    );
    return found?.do ?? [];
  }
}
