import { faultOf } from "./diagnosis";
import type { VoiceLiveError } from "./errors";

/**
 * States of one conversation's connection over any number of sockets.
 *
 *     idle ─connect─▶ connecting ─opened─▶ configuring ─configured─▶ ready ─5 s─▶ (settled)
 *      ▲                  │ failed              │ lost                 │ lost
 *      │                  ▼                     ▼                      ▼
 *      └──disconnect── waiting (backoff) ◀──────┴──────────────────────┘
 *                         │ severity «stop», or three short sessions
 *                         ▼
 *                      stopped (names the cause; one try a minute)
 */
export type ConnectionState =
  | { readonly name: "idle" }
  | { readonly name: "connecting" }
  | { readonly name: "configuring" }
  | { readonly name: "ready"; readonly settled: boolean }
  | { readonly name: "waiting"; readonly fault: VoiceLiveError }
  | { readonly name: "stopped"; readonly fault: VoiceLiveError };

/** State and the counters that outlive it. */
export interface ConnectionMachine {
  readonly state: ConnectionState;
  /** Attempts that failed since the last settled session. */
  readonly failures: number;
  /** Sessions in a row that ended before they settled. */
  readonly shortSessions: number;
}

export type ConnectionInput =
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  | { readonly type: "opened" }
  /** The service has the settings, and knows what was said before. */
  | { readonly type: "configured" }
  | { readonly type: "settled" }
  | { readonly type: "lost"; readonly fault: VoiceLiveError }
  | { readonly type: "retryDue" }
  /** The host was out of reach, and is not any longer. */
  | { readonly type: "reachable" };

export type ConnectionEffect =
  | { readonly type: "open" }
  | { readonly type: "startSettling" }
  /** Waits longer than the service asks for, so that those who were told the same do not come at once. */
  | {
      readonly type: "retry";
      readonly attempt: number;
      readonly atLeastMs: number;
    }
  | { readonly type: "retrySlowly" }
  | { readonly type: "cancelTimers" }
  | { readonly type: "close" };

export interface ConnectionStep {
  readonly machine: ConnectionMachine;
  readonly effects: readonly ConnectionEffect[];
}

/** A session this short never worked; three in a row will not be mended by a fourth. */
export const SHORT_SESSION_MS = 5_000;
const MAX_SHORT_SESSIONS = 3;

export const INITIAL: ConnectionMachine = {
  state: { name: "idle" },
  failures: 0,
  shortSessions: 0,
};

/** Between two tries; the state says why. */
export function isPausing(
  state: ConnectionState,
): state is Extract<ConnectionState, { fault: VoiceLiveError }> {
  return state.name === "waiting" || state.name === "stopped";
}

/** One step; an input that means nothing in the present state changes nothing. */
export function stepConnection(
  machine: ConnectionMachine,
  input: ConnectionInput,
): ConnectionStep {
  switch (input.type) {
    case "connect":
      return onConnect(machine);
    case "disconnect":
      return {
        machine: INITIAL,
        effects: [{ type: "cancelTimers" }, { type: "close" }],
      };
    case "opened":
      return machine.state.name === "connecting"
        ? to(machine, { name: "configuring" }, [])
        : stay(machine);
    case "configured":
      return machine.state.name === "configuring"
        ? to(machine, { name: "ready", settled: false }, [
            { type: "startSettling" },
          ])
        : stay(machine);
    case "settled":
      return machine.state.name === "ready"
        ? to(
            { ...machine, failures: 0, shortSessions: 0 },
            { name: "ready", settled: true },
            [],
          )
        : stay(machine);
    case "lost":
      return onLost(machine, input.fault);
    case "retryDue":
      return isPausing(machine.state)
        ? to(machine, { name: "connecting" }, [{ type: "open" }])
        : stay(machine);
    case "reachable":
      return onReachable(machine);
  }
}

/** An attempt that began during the outage may hang on it for long; a fresh one gets through. */
function onReachable(machine: ConnectionMachine): ConnectionStep {
  const { name } = machine.state;
  if (name === "waiting")
    return to(machine, { name: "connecting" }, [
      { type: "cancelTimers" },
      { type: "open" },
    ]);
  if (name !== "connecting") return stay(machine);
  return to(machine, { name: "connecting" }, [
    { type: "close" },
    { type: "open" },
  ]);
}

/** Asking while waiting or stopped means: try at once. */
function onConnect(machine: ConnectionMachine): ConnectionStep {
  if (machine.state.name !== "idle" && !isPausing(machine.state))
    return stay(machine);
  return {
    machine: { ...INITIAL, state: { name: "connecting" } },
    effects: [{ type: "cancelTimers" }, { type: "open" }],
  };
}

function onLost(
  machine: ConnectionMachine,
  fault: VoiceLiveError,
): ConnectionStep {
  if (machine.state.name === "idle" || isPausing(machine.state))
    return stay(machine);
  const failures = machine.failures + 1;
  const { state } = machine;
  const wasShort =
    (state.name === "configuring" && fault.code !== "VOICE_LIVE_TIMEOUT") ||
    (state.name === "ready" && !state.settled);
  const shortSessions = wasShort
    ? machine.shortSessions + 1
    : machine.shortSessions;
  const counted = { ...machine, failures, shortSessions };
  const isHopeless = wasShort && shortSessions >= MAX_SHORT_SESSIONS;
  if (fault.severity === "stop" || isHopeless) {
    const cause = fault.severity === "stop" ? fault : tooShort(fault);
    return to(counted, { name: "stopped", fault: cause }, [
      { type: "cancelTimers" },
      { type: "close" },
      { type: "retrySlowly" },
    ]);
  }
  return to(counted, { name: "waiting", fault }, [
    { type: "cancelTimers" },
    { type: "close" },
    { type: "retry", attempt: failures, atLeastMs: fault.retryAfterMs ?? 0 },
  ]);
}

function tooShort(last: VoiceLiveError): VoiceLiveError {
  const { message, nextStep = "" } = last;
  const reason = message.slice(0, message.length - nextStep.length);
  return faultOf("short-sessions", {
    said: `the last: ${reason.replace(/[.\s]+$/, "")}`,
    cause: last,
  });
}

function to(
  machine: ConnectionMachine,
  state: ConnectionState,
  effects: readonly ConnectionEffect[],
): ConnectionStep {
  return { machine: { ...machine, state }, effects };
}

function stay(machine: ConnectionMachine): ConnectionStep {
  return { machine, effects: [] };
}
