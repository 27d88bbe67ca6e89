import assert from "node:assert/strict";
import {
  INITIAL,
  stepConnection,
  type ConnectionInput,
  type ConnectionMachine,
  type ConnectionState,
} from "../../lib/client/connection-machine";
import { VoiceLiveError } from "../../lib/client/errors";

const BLIP = new VoiceLiveError("VOICE_LIVE_NETWORK", "blip", {
  severity: "retry",
});
const FINAL = new VoiceLiveError("VOICE_LIVE_UNAUTHORIZED", "no", {
  severity: "stop",
});

const STATES = {
  idle: { name: "idle" },
  connecting: { name: "connecting" },
  configuring: { name: "configuring" },
  ready: { name: "ready", settled: false },
  settled: { name: "ready", settled: true },
  waiting: { name: "waiting", fault: BLIP },
  stopped: { name: "stopped", fault: FINAL },
} as const satisfies Record<string, ConnectionState>;
type StateName = keyof typeof STATES;

const INPUTS = {
  connect: { type: "connect" },
  disconnect: { type: "disconnect" },
  opened: { type: "opened" },
  configured: { type: "configured" },
  settled: { type: "settled" },
  blip: { type: "lost", fault: BLIP },
  refused: { type: "lost", fault: FINAL },
  retryDue: { type: "retryDue" },
  reachable: { type: "reachable" },
} as const satisfies Record<string, ConnectionInput>;
type InputName = keyof typeof INPUTS;

const OPEN = "connecting: cancelTimers open";
const END = "idle: cancelTimers close";
const WAIT = "waiting: cancelTimers close retry";
const STOP = "stopped: cancelTimers close retrySlowly";

/** What each input leads to; what is missing changes nothing. */
const TABLE: Record<StateName, Partial<Record<InputName, string>>> = {
  idle: { connect: OPEN, disconnect: END },
  connecting: {
    disconnect: END,
    opened: "configuring: ",
    blip: WAIT,
    refused: STOP,
    reachable: "connecting: close open",
  },
  configuring: {
    disconnect: END,
    configured: "ready: startSettling",
    blip: WAIT,
    refused: STOP,
  },
  ready: { disconnect: END, settled: "settled: ", blip: WAIT, refused: STOP },
  settled: { disconnect: END, settled: "settled: ", blip: WAIT, refused: STOP },
  waiting: {
    connect: OPEN,
    disconnect: END,
    retryDue: "connecting: open",
    reachable: OPEN,
  },
  stopped: { connect: OPEN, disconnect: END, retryDue: "connecting: open" },
};

function nameOf(state: ConnectionState): string {
  return state.name === "ready" && state.settled ? "settled" : state.name;
}

function run(...inputs: readonly InputName[]): ConnectionMachine {
  return inputs.reduce(
    (machine, input) => stepConnection(machine, INPUTS[input]).machine,
    INITIAL,
  );
}

const SHORT_SESSION: readonly InputName[] = ["opened", "configured", "blip"];

describe("stepConnection", () => {
  for (const from of Object.keys(STATES) as StateName[]) {
    for (const input of Object.keys(INPUTS) as InputName[]) {
      const expected = TABLE[from][input];
      it(`goes from ${from} by ${input} to ${expected ?? "itself"}`, () => {
        const machine = { ...INITIAL, state: STATES[from] };
        const step = stepConnection(machine, INPUTS[input]);
        if (expected === undefined) {
          assert.equal(step.machine, machine);
          assert.deepEqual(step.effects, []);
        } else {
          const effects = step.effects.map(({ type }) => type).join(" ");
          assert.equal(`${nameOf(step.machine.state)}: ${effects}`, expected);
        }
      });
    }
  }

  it("counts the attempts that failed, and names the fault", () => {
    let machine = run("connect");
    for (const attempt of [1, 2, 3, 4, 5]) {
      const { machine: lost, effects } = stepConnection(machine, INPUTS.blip);
      assert.deepEqual(effects.at(-1), {
        type: "retry",
        attempt,
        atLeastMs: 0,
      });
      assert.deepEqual(lost.state, { name: "waiting", fault: BLIP });
      machine = stepConnection(lost, INPUTS.retryDue).machine;
    }
  });

  it("forgets all failures when a session settles", () => {
    const machine = run(
      "connect",
      ...SHORT_SESSION,
      "retryDue",
      "opened",
      "configured",
      "settled",
    );
    assert.deepEqual([machine.failures, machine.shortSessions], [0, 0]);
  });

  it("forgets all failures when the flow asks to connect or disconnect", () => {
    for (const input of ["connect", "disconnect"] as const) {
      const machine = run("connect", "blip", input);
      assert.deepEqual([machine.failures, machine.shortSessions], [0, 0]);
    }
  });

  for (const [kind, short] of [
    ["were ready", SHORT_SESSION],
    ["never became ready", ["opened", "blip"]],
  ] as const) {
    it(`stops after three short sessions that ${kind}, and says so`, () => {
      const two = run("connect", ...short, "retryDue", ...short, "retryDue");
      const three = (short as readonly InputName[]).reduce(
        (machine, input) => stepConnection(machine, INPUTS[input]).machine,
        two,
      );
      assert.equal(two.state.name, "connecting");
      assert.ok(three.state.name === "stopped");
      assert.equal(three.state.fault.code, "VOICE_LIVE_SHORT_SESSIONS");
      assert.equal(
        three.state.fault.message,
        "Three sessions in a row ended at once (the last: blip). It is tried once a minute.",
      );
      assert.equal(three.state.fault.cause, BLIP);
    });
  }

  it("stops again after one more short session", () => {
    const machine = run(
      "connect",
      ...SHORT_SESSION,
      "retryDue",
      ...SHORT_SESSION,
      "retryDue",
      ...SHORT_SESSION,
      "retryDue",
      ...SHORT_SESSION,
    );
    assert.equal(machine.state.name, "stopped");
  });

  it("does not take handshakes that failed for short sessions", () => {
    const machine = run(
      "connect",
      "blip",
      "retryDue",
      "blip",
      "retryDue",
      "blip",
      "retryDue",
      "blip",
    );
    assert.equal(machine.state.name, "waiting");
  });
});
