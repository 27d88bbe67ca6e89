import type { RequestItem, ResponseSession } from "../protocol";
import { retryDelayMs } from "./backoff";
import {
  RESTING,
  stepRenewal,
  type RenewalEffect,
  type RenewalInput,
} from "./renewal-machine";
import type { ServiceSession } from "./service-session";

/** When a session is replaced by the next. */
export interface RenewalPolicy {
  /** Age at which a session is replaced whose end the service does not tell, ms. */
  readonly sessionMs: number;
  /** So long before its end the next one is opened, ms. */
  readonly marginMs: number;
}

/** The service ends sessions after an hour (protocol.md §14); ten minutes are spare for one that is told nothing. */
export const DEFAULT_RENEWAL: RenewalPolicy = {
  sessionMs: 50 * 60_000,
  marginMs: 120_000,
};

/** Time for the last words of memory to reach the successor, when no pause came. */
const LAST_MOMENT_MS = 5_000;
/** A first syllable may have been sent just before; by then it has been noticed, or it has been kept. */
const NOTICE_MS = 1_000;
/** A service's clock that is a day away from ours is not believed. */
const MAX_LIFE_MS = 24 * 3_600_000;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface RenewalOptions {
  readonly policy: RenewalPolicy;
  /** Opens the successor; its first word is `configured()` or `failed()`. */
  readonly open: () => ServiceSession;
  readonly isPause: () => boolean;
  /** What the successor has not been told; asked only when it is to take over soon. */
  readonly missing: (known: Set<string>) => readonly RequestItem[];
  readonly takeOver: (
    successor: ServiceSession,
    reason: "pause" | "limit",
  ) => void;
  /** A successor is coming, or no longer: what the user says from here on may have to be said twice. */
  readonly onChanging: (isChanging: boolean) => void;
  readonly random: () => number;
}

/** Replaces the session of a conversation in time, in a pause. Runs the effects of `stepRenewal`. */
export class Renewal {
  readonly #options: RenewalOptions;
  #machine = RESTING;
  #isChanging = false;
  #successor: ServiceSession | undefined;
  #due: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** A session has begun: plans its end. */
  plan(session: ResponseSession, ageMs: number): void {
    this.stop();
    const { dueMs, limitMs } = planOf(
      this.#options.policy,
      lifeOf(session, ageMs),
      this.#options.random(),
    );
    this.#due = after(dueMs - ageMs - NOTICE_MS, () => this.#announce());
    this.#limit = after(limitMs - ageMs, () => this.#step({ type: "limit" }));
  }

  /** Nothing is renewed any more. */
  stop(): void {
    clearTimeout(this.#due);
    clearTimeout(this.#limit);
    this.#step({ type: "stop" });
  }

  /** The successor has its settings. */
  configured(): void {
    const isPause = this.#options.isPause();
    this.#step({ type: "configured", isPause });
  }

  /** The successor is gone. */
  failed(): void {
    this.#step({ type: "failed" });
  }

  /** Something ended: is this the pause that is waited for? */
  look(): void {
    if (this.#machine.state.name === "standby" && this.#options.isPause())
      this.#step({ type: "pause" });
  }

  #announce(): void {
    this.#setChanging(true);
    this.#due = after(NOTICE_MS, () => this.#step({ type: "due" }));
  }

  #step(input: RenewalInput): void {
    const { machine, effects } = stepRenewal(this.#machine, input);
    this.#machine = machine;
    for (const effect of effects) this.#run(effect);
    // Last: what was kept for the successor is handed to it first.
    this.#setChanging(this.#machine.state.name !== "resting");
  }

  #setChanging(isChanging: boolean): void {
    if (isChanging === this.#isChanging) return;
    this.#isChanging = isChanging;
    this.#options.onChanging(isChanging);
  }

  #run(effect: RenewalEffect): void {
    switch (effect.type) {
      case "open":
        this.#successor = this.#options.open();
        return this.#successor.open();
      case "catchUp":
        return this.#catchUp();
      case "takeOver":
        return this.#takeOver(effect.reason);
      case "retry":
        this.#retry = setTimeout(
          () => this.#step({ type: "retryDue" }),
          retryDelayMs(effect.attempt, this.#options.random()),
        );
        return;
      case "drop":
        clearTimeout(this.#retry);
        this.#successor?.close();
        this.#successor = undefined;
    }
  }

  #catchUp(): void {
    const successor = this.#successor;
    successor?.restore(this.#options.missing(successor.knownIds), () => {
      if (successor !== this.#successor) return;
      this.#step({ type: "caughtUp", isPause: this.#options.isPause() });
    });
  }

  #takeOver(reason: "pause" | "limit"): void {
    const successor = this.#successor;
    this.#successor = undefined;
    if (successor) this.#options.takeOver(successor, reason);
  }
}

function after(ms: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
}

/** @returns ms from the start of the session to its end, or undefined when the service does not tell */
function lifeOf(
  { expires_at: expiresAt }: ResponseSession,
  ageMs: number,
): number | undefined {
  if (typeof expiresAt !== "number") return undefined;
  const lifeMs = expiresAt * 1_000 - Date.now() + ageMs;
  return lifeMs > 0 && lifeMs < MAX_LIFE_MS ? lifeMs : undefined;
}

/**
 * When the successor is opened, and when it takes over at the latest; ms from the session's start.
 * @param lifeMs - as the service says
 * @param random - uniform in [0, 1): conversations that began together do not renew together
 */
export function planOf(
  { sessionMs, marginMs }: RenewalPolicy,
  lifeMs: number | undefined,
  random: number,
): { readonly dueMs: number; readonly limitMs: number } {
  const endMs = lifeMs ?? sessionMs + marginMs;
  // A life that is shorter than the margin is half used.
  const margin = Math.min(marginMs, endMs / 2);
  const dueMs = endMs - margin * (1 + random / 2);
  return { dueMs, limitMs: Math.max(dueMs, endMs - LAST_MOMENT_MS) };
}
