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
  /** Without the present session. */
  connectedMs: number;
  tokens: number;
  /** Since when there is a session, on the monotonic clock. */
  readySince: number | undefined;
}

/** Fine enough for limits in minutes. */
const CHECK_EVERY_MS = 1_000;

/** Watches what the conversations of one session node use, each and together per day, and tells when a limit is reached. */
export class CostGuard<T> {
  readonly #options: CostGuardOptions<T>;
  readonly #meters = new Map<T, Meter>();
  /** Meters that run; each adds to the day's sum. */
  #running = 0;
  /** Until when the day's sum has been counted. */
  #countedUntil = performance.now();
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
    const { maxMinutes, maxTokens } = this.#options.limits;
    if (!ofDay && maxMinutes <= 0 && maxTokens <= 0) return;
    for (const conversation of this.#options.conversations()) {
      const reached = ofDay ?? this.#reachedBy(conversation);
      if (reached) this.#options.onReached(conversation, reached);
    }
  }

  forget(conversation: T): void {
    this.#setRunning(this.#meters.get(conversation), false);
    this.#meters.delete(conversation);
    this.#watch();
  }

  close(): void {
    this.#count();
    this.#meters.clear();
    this.#running = 0;
    this.#watch();
  }

  #connected(conversation: T, isReady: boolean): void {
    this.#setRunning(this.#meterOf(conversation), isReady);
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

  #setRunning(meter: Meter | undefined, isRunning: boolean): void {
    this.#count();
    if (!meter || isRunning === (meter.readySince !== undefined)) return;
    meter.connectedMs = connectedMs(meter, this.#countedUntil);
    meter.readySince = isRunning ? this.#countedUntil : undefined;
    this.#running += isRunning ? 1 : -1;
  }

  /** Adds to the day what has passed since this was last done; all that run have run since then. */
  #count(): void {
    const now = performance.now();
    const ms = now - this.#countedUntil;
    this.#countedUntil = now;
    if (this.#running > 0)
      this.#options.day.addConnected(ms, Date.now(), this.#running);
  }

  #reachedBy(conversation: T): ReachedLimit | undefined {
    const meter = this.#meters.get(conversation);
    return (
      meter &&
      reachedByConversation(this.#options.limits, {
        tokens: meter.tokens,
        connectedMs: connectedMs(meter, this.#countedUntil),
      })
    );
  }

  #reachedByDay(): ReachedLimit | undefined {
    const { limits, day } = this.#options;
    return reachedByDay(limits, day.at(Date.now()));
  }

  #meterOf(conversation: T): Meter {
    const known = this.#meters.get(conversation);
    if (known) return known;
    const meter = { connectedMs: 0, tokens: 0, readySince: undefined };
    this.#meters.set(conversation, meter);
    return meter;
  }

  /** Time passes by itself; tokens are told of. */
  #watch(): void {
    const { maxMinutes, dayMinutes } = this.#options.limits;
    const isNeeded = (maxMinutes > 0 || dayMinutes > 0) && this.#running > 0;
    if (!isNeeded) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => this.enforce(), CHECK_EVERY_MS);
    }
  }
}

function connectedMs(meter: Meter, now: number): number {
  const { readySince = now } = meter;
  return meter.connectedMs + now - readySince;
}
