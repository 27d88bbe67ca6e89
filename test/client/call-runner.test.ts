import assert from "node:assert/strict";
import { CallRunner } from "../../lib/client/call-runner";
import { VoiceLiveError } from "../../lib/client/errors";
import type { FunctionCall } from "../../lib/client/tool-calls";
import { ToolBox } from "../../lib/client/tools";
import { stopClock, type StoppedClock } from "./clock";
import { faultOf } from "./faults";

function callOf(
  callId: string,
  json = '{"city":"Kiel"}',
  name = "weather",
): FunctionCall {
  return { callId, itemId: "i", responseId: "r", name, arguments: json };
}

describe("CallRunner", () => {
  let clock: StoppedClock;
  let log: string[];
  let isFull: boolean;
  let runner: CallRunner;

  beforeEach(() => {
    clock = stopClock();
    log = [];
    isFull = false;
    const tools = new ToolBox();
    tools.declare({
      name: "weather",
      description: "",
      parameters: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
      timeoutMs: 30_000,
    });
    runner = new CallRunner({
      tools,
      onCall: ({ callId }, args) =>
        log.push(`call ${callId} ${JSON.stringify(args)}`),
      onFault: (fault, { callId }) => log.push(`${fault.code} ${callId}`),
      sendOutput: ({ callId }, output) => {
        if (isFull) throw new VoiceLiveError("VOICE_LIVE_LIMIT", "full");
        log.push(`output ${callId} ${output}`);
        return `item_${callId}`;
      },
      requestFollowUp: (itemId) => log.push(`follow-up ${itemId}`),
    });
  });
  afterEach(() => clock.uninstall());

  it("hands checked arguments to the flow and its result back", () => {
    runner.run("r", [callOf("a")]);
    runner.answer("a", "sunny", true);
    assert.deepEqual(log, [
      'call a {"city":"Kiel"}',
      "output a sunny",
      "follow-up item_a",
    ]);
    assert.equal(clock.countTimers(), 0);
  });

  it("asks for one follow-up after results out of order", () => {
    runner.run("r", [callOf("a"), callOf("b"), callOf("c")]);
    log.length = 0;
    for (const callId of ["c", "a", "b"]) runner.answer(callId, "x", true);
    assert.deepEqual(log, [
      "output c x",
      "output a x",
      "output b x",
      "follow-up item_b",
    ]);
  });

  it("holds the follow-up when no result wants it", () => {
    runner.run("r", [callOf("a"), callOf("b")]);
    log.length = 0;
    runner.answer("a", "x", false);
    runner.answer("b", "x", false);
    assert.deepEqual(log, ["output a x", "output b x"]);
  });

  it("refuses a second result", () => {
    runner.run("r", [callOf("a")]);
    runner.answer("a", "x", true);
    log.length = 0;
    faultOf("VOICE_LIVE_CALL_ANSWERED", () => runner.answer("a", "y", true));
    assert.deepEqual(log, []);
  });

  it("tells the model and the flow when no result came in time, and refuses it later", () => {
    runner.run("r", [callOf("a"), callOf("b")]);
    runner.answer("b", "x", true);
    log.length = 0;
    clock.tick(29_999);
    assert.deepEqual(log, []);
    clock.tick(1);
    assert.deepEqual(log, [
      'output a {"error":"no result within 30 s"}',
      "follow-up item_a",
      "VOICE_LIVE_CALL_TIMEOUT a",
    ]);
    faultOf("VOICE_LIVE_CALL_LATE", () => runner.answer("a", "x", true));
  });

  for (const [what, call, code] of [
    ["arguments that are no JSON", callOf("a", "{"), "VOICE_LIVE_ARGUMENTS"],
    [
      "arguments that break the schema",
      callOf("a", "{}"),
      "VOICE_LIVE_ARGUMENTS",
    ],
    ["a function nobody declared", callOf("a", "{}", "x"), "VOICE_LIVE_TOOL"],
  ] as const) {
    it(`tells the model about ${what}, and the flow once`, () => {
      runner.run("r", [call]);
      assert.match(log[0] ?? "", /^output a \{"error":"The /);
      assert.deepEqual(log.slice(1), ["follow-up item_a", `${code} a`]);
      assert.equal(clock.countTimers(), 0);
      faultOf("VOICE_LIVE_CALL_ANSWERED", () => runner.answer("a", "x", true));
    });
  }

  it("runs the good calls beside a bad one, and follows up after all", () => {
    runner.run("r", [callOf("bad", "{}"), callOf("good")]);
    assert.deepEqual(
      log.map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["output bad", "VOICE_LIVE_ARGUMENTS bad", "call good"],
    );
    runner.answer("good", "x", false);
    assert.equal(log.at(-1), "follow-up item_good");
  });

  it("lets a flow answer at once", () => {
    const tools = new ToolBox();
    tools.declare({
      name: "weather",
      description: "",
      parameters: {},
      timeoutMs: 1_000,
    });
    const quick: CallRunner = new CallRunner({
      tools,
      onCall: ({ callId }) => quick.answer(callId, "now", true),
      onFault: (fault) => log.push(fault.code),
      sendOutput: (_call, output) => `${log.push(output)}`,
      requestFollowUp: () => log.push("follow-up"),
    });
    quick.run("r", [callOf("a")]);
    clock.tick(60_000);
    assert.deepEqual(log, ["now", "follow-up"]);
  });

  it("reports a result that cannot be sent, and throws from no timer and no event", () => {
    isFull = true;
    runner.run("r", [callOf("bad", "{}"), callOf("slow")]);
    assert.deepEqual(log, [
      "VOICE_LIVE_LIMIT bad",
      "VOICE_LIVE_ARGUMENTS bad",
      'call slow {"city":"Kiel"}',
    ]);
    clock.tick(30_000);
    assert.deepEqual(log.slice(3), [
      "VOICE_LIVE_LIMIT slow",
      "VOICE_LIVE_CALL_TIMEOUT slow",
    ]);
  });

  it("knows no call of an earlier session, and no timer of it", () => {
    runner.run("r", [callOf("a")]);
    log.length = 0;
    runner.sessionLost();
    clock.tick(60_000);
    assert.deepEqual(log, []);
    faultOf("VOICE_LIVE_CALL_LATE", () => runner.answer("a", "x", true));
  });

  it("leaves no timer behind when it is closed", () => {
    runner.run("r", [callOf("a"), callOf("b")]);
    assert.equal(clock.countTimers(), 2);
    runner.close();
    assert.equal(clock.countTimers(), 0);
  });
});
