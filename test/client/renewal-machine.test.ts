import assert from "node:assert/strict";
import {
  RESTING,
  stepRenewal,
  type RenewalInput,
  type RenewalMachine,
} from "../../lib/client/renewal-machine";

const STATES: Readonly<Record<string, RenewalMachine>> = {
  resting: RESTING,
  opening: { state: { name: "opening", isLate: false }, failures: 0 },
  lateOpening: { state: { name: "opening", isLate: true }, failures: 0 },
  waiting: { state: { name: "waiting" }, failures: 1 },
  standby: { state: { name: "standby" }, failures: 0 },
  catchingUp: { state: { name: "catchingUp", isLate: false }, failures: 0 },
  lateCatchingUp: { state: { name: "catchingUp", isLate: true }, failures: 0 },
};

const INPUTS: Readonly<Record<string, RenewalInput>> = {
  due: { type: "due" },
  configuredInPause: { type: "configured", isPause: true },
  configuredInTalk: { type: "configured", isPause: false },
  pause: { type: "pause" },
  caughtUpInPause: { type: "caughtUp", isPause: true },
  caughtUpInTalk: { type: "caughtUp", isPause: false },
  failed: { type: "failed" },
  retryDue: { type: "retryDue" },
  limit: { type: "limit" },
  stop: { type: "stop" },
};

/** Next state and effects; what is not listed changes nothing. */
const STEPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  resting: { due: "opening: open" },
  opening: {
    configuredInPause: "catchingUp: catchUp",
    configuredInTalk: "standby: ",
    failed: "waiting: drop retry",
    limit: "late opening: ",
    stop: "resting: drop",
  },
  lateOpening: {
    configuredInPause: "late catchingUp: catchUp",
    configuredInTalk: "late catchingUp: catchUp",
    failed: "waiting: drop retry",
    stop: "resting: drop",
  },
  waiting: { retryDue: "opening: open", stop: "resting: drop" },
  standby: {
    pause: "catchingUp: catchUp",
    failed: "waiting: drop retry",
    limit: "late catchingUp: catchUp",
    stop: "resting: drop",
  },
  catchingUp: {
    caughtUpInPause: "resting: takeOver(pause)",
    caughtUpInTalk: "standby: ",
    failed: "waiting: drop retry",
    limit: "late catchingUp: ",
    stop: "resting: drop",
  },
  lateCatchingUp: {
    caughtUpInPause: "resting: takeOver(pause)",
    caughtUpInTalk: "resting: takeOver(limit)",
    failed: "waiting: drop retry",
    stop: "resting: drop",
  },
};

describe("stepRenewal", () => {
  for (const [from, machine] of Object.entries(STATES))
    for (const [name, input] of Object.entries(INPUTS)) {
      const expected = STEPS[from]?.[name] ?? `${told(machine)}: `;
      it(`goes from ${from} by ${name} to ${expected}`, () => {
        const { machine: next, effects } = stepRenewal(machine, input);
        const names = effects.map((effect) =>
          effect.type === "takeOver"
            ? `takeOver(${effect.reason})`
            : effect.type,
        );
        assert.equal(`${told(next)}: ${names.join(" ")}`, expected);
      });
    }

  it("counts the successors that could not be opened, until one takes over", () => {
    const failing = stepRenewal(STATES["standby"]!, { type: "failed" });
    assert.equal(failing.machine.failures, 1);
    const done = stepRenewal(
      { ...STATES["catchingUp"]!, failures: 3 },
      { type: "caughtUp", isPause: true },
    );
    assert.equal(done.machine.failures, 0);
  });
});

function told({ state }: RenewalMachine): string {
  return "isLate" in state && state.isLate ? `late ${state.name}` : state.name;
}
