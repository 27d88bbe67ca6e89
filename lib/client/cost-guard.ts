import {
  afterReached,
  describeReached,
  reachedByConversation,
  reachedByDay,
  type CostLimits,
  type ReachedLimit,
} from "./cost-limits";
import type { DayUsage } from "./day-usage";
import { VoiceLiveError } from "./errors";

/** Counts what one conversation uses. */
export interface CostMeter {
  /** The session has become ready, or is not any more. */
  connected(isReady: boolean): void;
  /** @returns the sums with these tokens in them */
  spend(tokens: number): {
    readonly conversation: number;
    readonly day: number;
  };
  /** Ends what has reached a limit. */
  enforce(): void;
  /** The conversation was disconnected: if it connects again, it begins anew. */
  reset(): void;
  /** @throws VoiceLiveError `VOICE_LIVE_LIMIT` when the day's limit is reached */
  admit(): void;
}

export interface CostGuardOptions<T> {
  readonly limits: CostLimits;
  /** Outlives the guard: a redeploy does not give the day back. */
  readonly day: DayUsage;
  /** All conversations there are. */
  readonly conversations: () => readonly T[];
  /** May be called again for the same conversation. */
  readonly onReached: (conversation: T, reached: ReachedLimit) => void;
}

interface Meter {
  connectedMs: number;
  tokens: number;
  /** On the monotonic clock; undefined while there is no session. */
  countedUntil: number | undefined;
}

/** Fine enough for limits in minutes. */
const CHECK_EVERY_MS = 1_000;

/** Watches what the conversations of one session node use, each and together per day, and tells when a limit is reached. */
export class CostGuard<T> {
  readonly #options: CostGuardOptions<T>;
  readonly #meters = new Map<T, Meter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CostGuardOptions<T>) {
    this.#options = options;
  }

  /** @returns `VOICE_LIVE_LIMIT` when the day's limit is reached: nothing connects until midnight */
  refusal(): VoiceLiveError | undefined {
    this.#count();
    const reached = this.#reachedByDay();
    return (
      reached &&
      new VoiceLiveError("VOICE_LIVE_LIMIT", describeReached(reached), {
        nextStep: afterReached(reached),
      })
    );
  }

  /** @throws VoiceLiveError `VOICE_LIVE_LIMIT` when the day's limit is reached */
  admit(): void {
    const refusal = this.refusal();
    if (refusal) throw refusal;
  }

  meterFor(conversation: () => T): CostMeter {
    return {
      connected: (isReady) => this.#connected(conversation(), isReady),
      spend: (tokens) => this.#spend(conversation(), tokens),
      enforce: () => this.enforce(),
      reset: () => this.forget(conversation()),
      admit: () => this.admit(),
    };
  }

  /** Tells of every conversation that has reached a limit, of all of them when the day's is reached. */
  enforce(): void {
    this.#count();
    const ofDay = this.#reachedByDay();
    for (const conversation of this.#options.conversations()) {
      const meter = this.#meters.get(conversation);
      const reached =
        ofDay ?? (meter && reachedByConversation(this.#options.limits, meter));
      if (reached) this.#options.onReached(conversation, reached);
    }
  }

  forget(conversation: T): void {
    this.#count();
    this.#meters.delete(conversation);
    this.#watch();
  }

  close(): void {
    this.#count();
    this.#meters.clear();
    this.#watch();
  }

  #connected(conversation: T, isReady: boolean): void {
    this.#count();
    const meter = this.#meterOf(conversation);
    meter.countedUntil = isReady ? performance.now() : undefined;
    this.#watch();
  }

  #spend(
    conversation: T,
    tokens: number,
  ): { readonly conversation: number; readonly day: number } {
    const { day } = this.#options;
    const meter = this.#meterOf(conversation);
    const now = Date.now();
    meter.tokens += tokens;
    day.addTokens(tokens, now);
    return { conversation: meter.tokens, day: day.at(now).tokens };
  }

  /** Adds the time that has passed since it was last added. */
  #count(): void {
    const now = performance.now();
    for (const meter of this.#meters.values()) {
      if (meter.countedUntil === undefined) continue;
      const ms = now - meter.countedUntil;
      meter.countedUntil = now;
      meter.connectedMs += ms;
      this.#options.day.addConnected(ms, Date.now());
    }
  }

  #reachedByDay(): ReachedLimit | undefined {
    const { limits, day } = this.#options;
    return reachedByDay(limits, day.at(Date.now()));
  }

  #meterOf(conversation: T): Meter {
    const known = this.#meters.get(conversation);
    if (known) return known;
    const meter = { connectedMs: 0, tokens: 0, countedUntil: undefined };
    this.#meters.set(conversation, meter);
    return meter;
  }

  /** Time passes by itself; tokens are told of. */
  #watch(): void {
    const { maxMinutes, dayMinutes } = this.#options.limits;
    const isNeeded =
      (maxMinutes > 0 || dayMinutes > 0) &&
      [...this.#meters.values()].some(
        ({ countedUntil }) => countedUntil !== undefined,
      );
    if (!isNeeded) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => this.enforce(), CHECK_EVERY_MS);
    }
  }
}
