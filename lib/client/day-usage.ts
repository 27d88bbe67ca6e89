import type { Spent } from "./cost-limits";

/** What one calendar day has used, as it is kept in a store. */
export interface StoredDay extends Spent {
  /** Local date, such as `2026-07-15`. */
  readonly day: string;
}

/**
 * What all conversations of a session node have used today. It begins anew at local midnight, also when a clock that was
 * wrong is set right: a day that is not today is over.
 */
export class DayUsage {
  #day: string;
  #connectedMs = 0;
  #tokens = 0;

  /** @param now - wall-clock time, here and below: ms since 1970 */
  constructor(now: number) {
    this.#day = dayOf(now);
  }

  at(now: number): StoredDay {
    this.#turn(now);
    return {
      day: this.#day,
      connectedMs: this.#connectedMs,
      tokens: this.#tokens,
    };
  }

  /**
   * @param ms - that were connected until `now`; of a span across midnight only what lies behind it counts
   * @param conversations - that were connected all that time
   */
  addConnected(ms: number, now: number, conversations = 1): void {
    const isNew = this.#turn(now);
    const counted = isNew ? Math.min(ms, sinceMidnightMs(now)) : ms;
    this.#connectedMs += counted * conversations;
  }

  addTokens(tokens: number, now: number): void {
    this.#turn(now);
    this.#tokens += tokens;
  }

  /**
   * Adds what was counted before a restart, if it was today.
   * @param stored - what `at` gave; whatever a store gives back
   * @returns false when it cannot be read
   */
  restore(stored: unknown, now: number): boolean {
    if (stored === undefined || stored === null) return true;
    if (!isStoredDay(stored)) return false;
    this.#turn(now);
    if (stored.day !== this.#day) return true;
    this.#connectedMs += stored.connectedMs;
    this.#tokens += stored.tokens;
    return true;
  }

  /** @returns true when another day has begun */
  #turn(now: number): boolean {
    const today = dayOf(now);
    if (today === this.#day) return false;
    this.#day = today;
    this.#connectedMs = 0;
    this.#tokens = 0;
    return true;
  }
}

function dayOf(now: number): string {
  const date = new Date(now);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${date.getFullYear()}-${month}-${day}`;
}

function sinceMidnightMs(now: number): number {
  return now - new Date(now).setHours(0, 0, 0, 0);
}

function isStoredDay(value: unknown): value is StoredDay {
  const { day, connectedMs, tokens } = value as Partial<
    Record<keyof StoredDay, unknown>
  >;
  return typeof day === "string" && isAmount(connectedMs) && isAmount(tokens);
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
