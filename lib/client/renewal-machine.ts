/**
 * The change from one session to the next, while the first still lives.
 *
 *     resting ─due─▶ opening ─configured─▶ standby ◀─────────── talk goes on ─┐
 *        ▲              │ failed              │ pause, or the limit           │
 *        │              ▼                     ▼                               │
 *        │           waiting              catchingUp ─────────caughtUp────────┤
 *        └──────────────────────────────────── take over, if it is still quiet ┘
 */
export type RenewalState =
  | { readonly name: "resting" }
  | { readonly name: "opening"; readonly isLate: boolean }
  | { readonly name: "waiting" }
  | { readonly name: "standby" }
  | { readonly name: "catchingUp"; readonly isLate: boolean };

export interface RenewalMachine {
  readonly state: RenewalState;
  /** Successors in a row that could not be opened. */
  readonly failures: number;
}

export type RenewalInput =
  | { readonly type: "due" }
  /** The successor has its settings. */
  | { readonly type: "configured"; readonly isPause: boolean }
  /** Nobody speaks and nothing is under way. */
  | { readonly type: "pause" }
  /** The successor knows all that was said when it was told. */
  | { readonly type: "caughtUp"; readonly isPause: boolean }
  | { readonly type: "failed" }
  | { readonly type: "retryDue" }
  /** The present session ends in a moment, pause or not. */
  | { readonly type: "limit" }
  | { readonly type: "stop" };

export type RenewalEffect =
  | { readonly type: "open" }
  | { readonly type: "catchUp" }
  | { readonly type: "takeOver"; readonly reason: "pause" | "limit" }
  | { readonly type: "retry"; readonly attempt: number }
  | { readonly type: "drop" };

export interface RenewalStep {
  readonly machine: RenewalMachine;
  readonly effects: readonly RenewalEffect[];
}

export const RESTING: RenewalMachine = {
  state: { name: "resting" },
  failures: 0,
};

/** One step; an input that means nothing in the present state changes nothing. */
export function stepRenewal(
  machine: RenewalMachine,
  input: RenewalInput,
): RenewalStep {
  const { state } = machine;
  switch (input.type) {
    case "due":
      return state.name === "resting" ? open(machine, false) : stay(machine);
    case "configured":
      return state.name === "opening"
        ? configured(machine, state.isLate, input.isPause)
        : stay(machine);
    case "pause":
      return state.name === "standby" ? catchUp(machine, false) : stay(machine);
    case "caughtUp":
      return state.name === "catchingUp"
        ? caughtUp(machine, state.isLate, input.isPause)
        : stay(machine);
    case "failed":
      return failed(machine);
    case "retryDue":
      return state.name === "waiting" ? open(machine, false) : stay(machine);
    case "limit":
      return onLimit(machine);
    case "stop":
      return state.name === "resting"
        ? { machine: RESTING, effects: [] }
        : { machine: RESTING, effects: [{ type: "drop" }] };
  }
}

function open(machine: RenewalMachine, isLate: boolean): RenewalStep {
  return to(machine, { name: "opening", isLate }, [{ type: "open" }]);
}

function configured(
  machine: RenewalMachine,
  isLate: boolean,
  isPause: boolean,
): RenewalStep {
  return isLate || isPause
    ? catchUp(machine, isLate)
    : to(machine, { name: "standby" }, []);
}

function catchUp(machine: RenewalMachine, isLate: boolean): RenewalStep {
  return to(machine, { name: "catchingUp", isLate }, [{ type: "catchUp" }]);
}

function caughtUp(
  machine: RenewalMachine,
  isLate: boolean,
  isPause: boolean,
): RenewalStep {
  if (!isLate && !isPause) return to(machine, { name: "standby" }, []);
  const reason = isPause ? "pause" : "limit";
  return { machine: RESTING, effects: [{ type: "takeOver", reason }] };
}

function failed(machine: RenewalMachine): RenewalStep {
  const { name } = machine.state;
  if (name === "resting" || name === "waiting") return stay(machine);
  const failures = machine.failures + 1;
  return to({ ...machine, failures }, { name: "waiting" }, [
    { type: "drop" },
    { type: "retry", attempt: failures },
  ]);
}

/** A successor that is not open yet goes on being opened: the present session may outlive its limit by a moment. */
function onLimit(machine: RenewalMachine): RenewalStep {
  const { state } = machine;
  if (state.name === "standby") return catchUp(machine, true);
  if (state.name === "opening" || state.name === "catchingUp")
    return to(machine, { ...state, isLate: true }, []);
  return stay(machine);
}

function to(
  machine: RenewalMachine,
  state: RenewalState,
  effects: readonly RenewalEffect[],
): RenewalStep {
  return { machine: { ...machine, state }, effects };
}

function stay(machine: RenewalMachine): RenewalStep {
  return { machine, effects: [] };
}
