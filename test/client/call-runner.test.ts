import assert from "node:assert/strict";
import { DEFAULT_CALL_LIMITS } from "../../lib/client/call-limits";
import { CallRunner } from "../../lib/client/call-runner";
import { VoiceLiveError } from "../../lib/client/errors";
import type { FunctionCall } from "../../lib/client/tool-calls";
import { ToolBox } from "../../lib/client/tools";
import { stopClock, type StoppedClock } from "./clock";
import { faultOf } from "./faults";
import { silentWords } from "./silent-words";

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
  let faults: VoiceLiveError[];
  let isFull: boolean;
  let runner: CallRunner;
  /** Takes the function that asks for approval away. */
  let withdraw: () => void;

  beforeEach(() => {
    clock = stopClock();
    log = [];
    faults = [];
    isFull = false;
    const tools = new ToolBox();
    for (const [name, confirm] of [
      ["weather", false],
      ["open_door", true],
    ] as const)
      withdraw = tools.declare({
        name,
        description: "",
        parameters: {
          type: "object",
          properties: { city: { type: "string" } },
          required: ["city"],
        },
        timeoutMs: 30_000,
        confirm,
        late: confirm ? "speak" : "report",
      });
    runner = new CallRunner({
      tools,
      limits: { callsPerMinute: 5, callSteps: 3 },
      onCall: ({ callId }, args) =>
        log.push(`call ${callId} ${JSON.stringify(args)}`),
      onFault: (fault, { callId }) => {
        faults.push(fault);
        log.push(`${fault.code} ${callId}`);
      },
      sendOutput: ({ callId }, output) => {
        if (isFull) throw new VoiceLiveError("VOICE_LIVE_LIMIT", "full");
        log.push(`output ${callId} ${output}`);
        return `item_${callId}`;
      },
      requestFollowUp: (itemId, isLast) =>
        log.push(`${isLast ? "last" : "follow-up"} ${itemId}`),
      onApproval: ({ callId }, args) =>
        log.push(`approval ${callId} ${JSON.stringify(args)}`),
      sendLate: ({ callId, name }, output) => {
        if (isFull) throw new VoiceLiveError("VOICE_LIVE_LIMIT", "full");
        log.push(`late ${callId} ${name} ${output}`);
        return `late_${callId}`;
      },
      words: silentWords(),
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
      limits: DEFAULT_CALL_LIMITS,
      onApproval: () => assert.fail("approval is not wanted"),
      sendLate: () => assert.fail("no result is late"),
      words: silentWords(),
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

  it("leaves a call open whose result is too long or cannot be sent", () => {
    runner.run("r", [callOf("a")]);
    log.length = 0;
    const long = "x".repeat(1_000_001);
    const fault = faultOf("VOICE_LIVE_PAYLOAD", () =>
      runner.answer("a", long, true),
    );
    assert.match(
      fault.message,
      /weather is longer than 1000000.*Send the part/,
    );
    isFull = true;
    faultOf("VOICE_LIVE_LIMIT", () => runner.answer("a", "x", true));
    isFull = false;
    runner.answer("a", "x", true);
    assert.deepEqual(log, ["output a x", "follow-up item_a"]);
    assert.equal(clock.countTimers(), 0);
  });

  it("knows no call of an earlier session, and no timer of it", () => {
    runner.run("r", [callOf("a")]);
    log.length = 0;
    runner.sessionLost();
    clock.tick(60_000);
    assert.deepEqual(log, []);
    faultOf("VOICE_LIVE_CALL_LATE", () => runner.answer("a", "x", true));
  });

  describe("with a function whose late results are spoken", () => {
    const open = (): void => {
      runner.run("r", [callOf("d", undefined, "open_door")]);
      runner.approve("d");
    };

    it("adds the result of a call that was given up, once, and asks for a response", () => {
      open();
      clock.tick(30_000);
      log.length = 0;
      runner.answer("d", "open", true);
      assert.deepEqual(log, ["late d open_door open", "follow-up late_d"]);
      faultOf("VOICE_LIVE_CALL_ANSWERED", () =>
        runner.answer("d", "open", true),
      );
    });

    it("adds one of an earlier session, without a response where none is wanted", () => {
      open();
      runner.sessionLost();
      log.length = 0;
      runner.answer("d", "open", false);
      assert.deepEqual(log, ["late d open_door open"]);
    });

    it("takes the result again that could not be sent, and none that is too long", () => {
      open();
      runner.sessionLost();
      log.length = 0;
      isFull = true;
      faultOf("VOICE_LIVE_LIMIT", () => runner.answer("d", "open", true));
      isFull = false;
      faultOf("VOICE_LIVE_PAYLOAD", () =>
        runner.answer("d", "x".repeat(1_000_001), true),
      );
      runner.answer("d", "open", true);
      assert.deepEqual(log, ["late d open_door open", "follow-up late_d"]);
    });

    it("reports the result of a function that a deploy has taken away", () => {
      open();
      clock.tick(30_000);
      withdraw();
      faultOf("VOICE_LIVE_CALL_LATE", () => runner.answer("d", "open", true));
    });
  });

  it("leaves no timer behind when it is closed", () => {
    runner.run("r", [callOf("a"), callOf("b")]);
    assert.equal(clock.countTimers(), 2);
    runner.close();
    assert.equal(clock.countTimers(), 0);
  });

  describe("asks for approval", () => {
    beforeEach(() => {
      runner.run("r", [callOf("d", undefined, "open_door")]);
      assert.deepEqual(log.splice(0), ['approval d {"city":"Kiel"}']);
    });

    it("and runs the call once it is given, with its whole time", () => {
      clock.tick(29_999);
      runner.approve("d");
      clock.tick(29_999);
      assert.deepEqual(log, ['call d {"city":"Kiel"}']);
      runner.answer("d", "open", true);
      assert.deepEqual(log.slice(1), ["output d open", "follow-up item_d"]);
      assert.equal(clock.countTimers(), 0);
    });

    it("and tells the model when it is denied, and why", () => {
      runner.deny("d", "it is night");
      assert.deepEqual(log, [
        'output d {"error":"it is night"}',
        "follow-up item_d",
      ]);
      assert.equal(clock.countTimers(), 0);
      faultOf("VOICE_LIVE_CALL_ANSWERED", () => runner.approve("d"));
    });

    it("and denies by itself when nobody answers in time", () => {
      clock.tick(30_000);
      assert.deepEqual(log, [
        'output d {"error":"not approved within 30 s"}',
        "follow-up item_d",
        "VOICE_LIVE_CALL_TIMEOUT d",
      ]);
      assert.match(
        faults[0]?.message ?? "",
        /open_door was not approved within 30 s.*control node with «approve» or «deny»/,
      );
      faultOf("VOICE_LIVE_CALL_LATE", () => runner.approve("d"));
    });

    it("and runs no function that a deploy has taken away meanwhile", () => {
      withdraw();
      runner.approve("d");
      assert.match(
        log.join(),
        /^output d .*no function node.*,VOICE_LIVE_TOOL d/,
      );
      assert.equal(clock.countTimers(), 0);
    });

    it("once", () => {
      runner.approve("d");
      faultOf("VOICE_LIVE_CALL_UNKNOWN", () => runner.approve("d"));
      faultOf("VOICE_LIVE_CALL_UNKNOWN", () => runner.deny("d", "no"));
      assert.equal(log.length, 1);
    });

    it("for nothing that nobody asked about", () => {
      runner.run("r2", [callOf("a")]);
      for (const [callId, code] of [
        ["a", "VOICE_LIVE_CALL_UNKNOWN"],
        ["x", "VOICE_LIVE_CALL_UNKNOWN"],
        ["__proto__", "VOICE_LIVE_CALL_UNKNOWN"],
      ] as const)
        faultOf(code, () => runner.approve(callId));
    });

    it("and runs nothing of an earlier session", () => {
      runner.sessionLost();
      faultOf("VOICE_LIVE_CALL_LATE", () => runner.approve("d"));
      faultOf("VOICE_LIVE_CALL_LATE", () => runner.deny("d", "no"));
      clock.tick(60_000);
      assert.deepEqual(log, []);
    });

    it("never for arguments that break the schema", () => {
      runner.run("r2", [callOf("e", "{}", "open_door")]);
      assert.match(log.join(), /^output e .*follow-up item_e,VOICE_LIVE_ARG/);
    });
  });

  describe("ends a model that goes round in circles", () => {
    /** One response that calls one function, which the flow answers. */
    function step(callId: string): readonly string[] {
      log.length = 0;
      runner.run(`r_${callId}`, [callOf(callId)]);
      if (log[0]?.startsWith("call ")) runner.answer(callId, "x", true);
      return log;
    }

    const refusal = (callId: string, why: string): RegExp =>
      new RegExp(`^output ${callId} .*not called: ${why}`);

    it("by the number of responses in a row, with one last answer", () => {
      for (const callId of ["a", "b", "c"])
        assert.equal(step(callId).at(-1), `follow-up item_${callId}`);
      const [output, ...rest] = step("d");
      assert.match(output ?? "", refusal("d", "3 responses in a row"));
      assert.deepEqual(rest, ["last item_d", "VOICE_LIVE_LIMIT d"]);
    });

    it("and asks for nothing more when it calls again in its last answer", () => {
      for (const callId of ["a", "b", "c", "d"]) step(callId);
      const after = step("e");
      assert.equal(after.length, 1);
      assert.match(after[0] ?? "", refusal("e", "3 responses in a row"));
      assert.equal(runner.refused, 2);
    });

    it("until the user says something", () => {
      for (const callId of ["a", "b", "c", "d"]) step(callId);
      runner.userTurn();
      assert.equal(step("e").at(-1), "follow-up item_e");
    });

    it("by the number of calls in any minute, all of a response together", () => {
      runner.run(
        "r",
        ["a", "b", "c", "d", "e", "f", "g"].map((id) => callOf(id)),
      );
      assert.deepEqual(
        log.filter((line) => !line.startsWith("output")),
        [
          ...["a", "b", "c", "d", "e"].map(
            (id) => `call ${id} {"city":"Kiel"}`,
          ),
          "VOICE_LIVE_LIMIT f",
        ],
      );
      log.length = 0;
      for (const id of ["a", "b", "c", "d", "e"]) runner.answer(id, "x", true);
      assert.equal(log.at(-1), "last item_e");
      assert.equal(log.filter((line) => /^(last|follow)/.test(line)).length, 1);
    });

    it("and lets it go on as the minute passes", () => {
      for (let call = 0; call < 5; call++) {
        runner.userTurn();
        step(`early${call}`);
        clock.tick(10_000);
      }
      runner.userTurn();
      assert.match(step("f")[0] ?? "", refusal("f", "5 functions .* a minute"));
      clock.tick(10_000);
      runner.userTurn();
      assert.equal(step("g").at(-1), "follow-up item_g");
    });

    it("when it calls and calls and the flow never answers", () => {
      const tools = new ToolBox();
      const declaration = { description: "", parameters: {}, timeoutMs: 0 };
      tools.declare({ ...declaration, name: "weather" });
      const patient = new CallRunner({
        tools,
        limits: { callsPerMinute: 10_000, callSteps: 1_000 },
        onCall: ({ callId }) => log.push(`call ${callId}`),
        onApproval: () => assert.fail("approval is not wanted"),
        sendLate: () => assert.fail("no result is late"),
        words: silentWords(),
        onFault: (fault) => log.push(fault.code),
        sendOutput: () => "item",
        requestFollowUp: () => undefined,
      });
      for (let call = 0; call < 300; call++)
        patient.run(`r${call}`, [callOf(`c${call}`)]);
      assert.equal(log.filter((line) => line.startsWith("call")).length, 100);
      assert.equal(patient.refused, 200);
      assert.equal(log.at(-1), "VOICE_LIVE_LIMIT");
    });
  });
});
