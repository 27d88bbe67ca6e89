import assert from "node:assert/strict";
import * as FakeTimers from "@sinonjs/fake-timers";
import type { Behaviour, Script } from "../../lib/simulator";
import {
  type Message,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";
import { HOSTILE_CALLS, HOSTILE_TOOLS } from "../support/hostile-arguments";

const WEATHER: NodeConfig = {
  id: "weather",
  type: "voice-live-function",
  functionName: "get_weather",
  description: "The weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};
const LIGHT: NodeConfig = {
  id: "light",
  type: "voice-live-function",
  functionName: "set_light",
  description: "",
  parameters: "",
};
const OTHERS: readonly NodeConfig[] = [
  { id: "text", type: "voice-live-message" },
  { id: "result", type: "voice-live-function-result" },
  { id: "control", type: "voice-live-control" },
  { id: "transcript", type: "voice-live-transcript", who: "assistant" },
  {
    id: "event",
    type: "voice-live-event",
    kinds: ["ready", "updated", "error", "approval", "turn"],
  },
];

/** Calls get_weather with what the user typed as arguments. */
const CALLER: Script = [
  { when: { output: true }, do: [{ say: "Output: {{output}}" }] },
  {
    when: { text: "^Lisbon$" },
    do: [{ call: "get_weather", arguments: { city: "Lisbon" } }],
  },
  { when: { text: "^nothing$" }, do: [{ call: "get_weather", arguments: {} }] },
  { when: { text: "^unknown$" }, do: [{ call: "open_door" }] },
  {
    when: { text: "^prototype$" },
    do: [
      {
        call: "set_light",
        arguments: { constructor: { prototype: { evil: true } }, room: "hall" },
      },
    ],
  },
  {
    when: { text: "^both$" },
    do: [
      { call: "get_weather", arguments: { city: "Porto" } },
      { call: "set_light", arguments: { on: true } },
    ],
  },
];

/** After this a deploy is over and the session hears of its outcome. */
const SETTLED_MS = 50;

describe("voice-live-function", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    functions: readonly NodeConfig[] = [WEATHER],
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: CALLER });
    const flow = await nodeRed.deploy({
      simulator,
      session,
      nodes: [...functions, ...OTHERS],
    });
    await flow.message("event", "ready", ({ topic }) => topic === "ready");
    return flow;
  }

  describe("declares itself", () => {
    it("in the first settings of the session", async () => {
      const flow = await deploy();
      const [{ session }] = await flow.received("session.update");
      const { functionName: name, description, parameters } = WEATHER;
      assert.deepEqual(session.tools, [
        { type: "function", name, description, parameters },
      ]);
    });

    it("with an empty object of parameters, where it has none", async () => {
      const flow = await deploy([LIGHT]);
      const [{ session }] = await flow.received("session.update");
      assert.deepEqual(session.tools[0].parameters, {
        type: "object",
        properties: {},
      });
    });

    it("with parameters written as JSON", async () => {
      const flow = await deploy([
        { ...WEATHER, parameters: JSON.stringify(WEATHER["parameters"]) },
      ]);
      const [{ session }] = await flow.received("session.update");
      assert.deepEqual(session.tools[0].parameters, WEATHER["parameters"]);
    });

    it("beside the tools of the settings, and in place of one of the same name", async () => {
      const tools = [
        {
          type: "function",
          name: "get_weather",
          description: "from the settings",
          parameters: { type: "object", properties: {} },
        },
        {
          type: "function",
          name: "other",
          parameters: { type: "object", properties: {} },
        },
      ];
      const flow = await deploy([WEATHER], { settings: { tools } });
      const [{ session }] = await flow.received("session.update");
      assert.deepEqual(
        session.tools.map((tool: { name: string; description?: string }) => [
          tool.name,
          tool.description,
        ]),
        [
          ["other", undefined],
          ["get_weather", WEATHER["description"]],
        ],
      );
    });
  });

  describe("at a redeploy", () => {
    let clock: FakeTimers.Clock;
    beforeEach(() => {
      clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => clock.uninstall());

    async function updatesAfter(
      flow: TestFlow,
      nodes: readonly NodeConfig[],
    ): Promise<
      readonly {
        session: { tools?: readonly { name: string; description: string }[] };
      }[]
    > {
      const session = await flow.service();
      clock.tick(SETTLED_MS);
      await flow.redeploy(nodes);
      clock.tick(SETTLED_MS);
      clock.uninstall();
      await flow.accept("text", { payload: "Lisbon" });
      await flow.received("response.create");
      assert.equal(await flow.service(), session, "the session goes on");
      return flow.received("session.update");
    }

    it("tells the live session of a new function, once", async () => {
      const flow = await deploy([WEATHER]);
      const updates = await updatesAfter(flow, [WEATHER, LIGHT, ...OTHERS]);
      assert.equal(updates.length, 2);
      assert.deepEqual(
        updates[1]?.session.tools?.map(({ name }) => name),
        ["get_weather", "set_light"],
      );
      assert.deepEqual(Object.keys(updates[1]?.session ?? {}), ["tools"]);
    });

    it("tells it of a function that is gone", async () => {
      const flow = await deploy([WEATHER, LIGHT]);
      const updates = await updatesAfter(flow, [WEATHER, ...OTHERS]);
      assert.deepEqual(
        updates
          .slice(1)
          .map(({ session }) => session.tools?.map(({ name }) => name)),
        [["get_weather"]],
      );
    });

    it("tells it when the last one is gone", async () => {
      const flow = await deploy([LIGHT]);
      const updates = await updatesAfter(flow, OTHERS);
      assert.deepEqual(
        updates.slice(1).map(({ session }) => session.tools),
        [[]],
      );
    });

    it("tells it of a change, once, though the node goes and comes back", async () => {
      const flow = await deploy([WEATHER, LIGHT]);
      const updates = await updatesAfter(flow, [
        { ...WEATHER, description: "Sun or rain." },
        LIGHT,
        ...OTHERS,
      ]);
      assert.equal(updates.length, 2);
      assert.ok(
        updates[1]?.session.tools?.some(
          ({ description }) => description === "Sun or rain.",
        ),
      );
    });

    it("tells it nothing when nothing about the function has changed", async () => {
      const flow = await deploy([WEATHER, LIGHT]);
      const updates = await updatesAfter(flow, [
        { ...WEATHER, name: "another label", timeoutMs: 10_000 },
        LIGHT,
        ...OTHERS,
      ]);
      assert.equal(updates.length, 1);
    });
  });

  it("hands a call to the flow with its arguments parsed", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "Lisbon" });
    const { topic, payload, voice } = await flow.message("weather");
    assert.deepEqual([topic, payload], ["get_weather", { city: "Lisbon" }]);
    const call = (await flow.service()).items.findLast(
      ({ item }) => item.type === "function_call",
    )?.item as { id: string; call_id: string };
    assert.deepEqual(
      [voice.conversation, voice.callId, voice.itemId],
      ["default", call.call_id, call.id],
    );
    assert.match(voice.responseId, /^resp_/);
  });

  it("hands each of several calls to its own node", async () => {
    const flow = await deploy([WEATHER, LIGHT]);
    await flow.accept("text", { payload: "both" });
    assert.deepEqual((await flow.message("weather")).payload, {
      city: "Porto",
    });
    assert.deepEqual((await flow.message("light")).payload, { on: true });
    assert.equal(flow.from("weather").length + flow.from("light").length, 2);
  });

  it("keeps what a model could use to reach the prototype out of the arguments", async () => {
    const flow = await deploy([LIGHT]);
    await flow.accept("text", { payload: "prototype" });
    const { payload } = await flow.message("light");
    assert.deepEqual(payload, { room: "hall" });
    assert.ok(!Object.hasOwn(payload, "constructor"));
  });

  it("reports arguments that break the schema to Catch and to the model, not to the flow", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "nothing" });
    const { error, topic, voice } = await flow.fault("VOICE_LIVE_ARGUMENTS");
    assert.equal(error.source.id, "weather");
    assert.match(
      error.message,
      /arguments of get_weather break its schema.*'city'.*The model was told/,
    );
    assert.equal(topic, "get_weather");
    assert.match(voice.callId, /./);
    const { payload } = await flow.message(
      "transcript",
      "what the model heard",
    );
    assert.match(payload, /break its schema/);
    assert.deepEqual(flow.from("weather"), []);
  });

  it("reports a call of a function that nobody declares", async () => {
    const tools = [
      {
        type: "function",
        name: "open_door",
        parameters: { type: "object", properties: {} },
      },
    ];
    const flow = await deploy([WEATHER], { settings: { tools } });
    await flow.accept("text", { payload: "unknown" });
    const { error } = await flow.fault("VOICE_LIVE_TOOL");
    assert.match(
      error.message,
      /open_door, which no function node declares.*Add a function call node/,
    );
    assert.match(
      (await flow.message("transcript", "what the model heard")).payload,
      /open_door/,
    );
  });

  it("gives a call up after the node's time, tells the model, and refuses the late result", async () => {
    const flow = await deploy([{ ...WEATHER, timeoutMs: 100 }]);
    await flow.accept("text", { payload: "Lisbon" });
    const call = await flow.message("weather");
    const { error } = await flow.fault("VOICE_LIVE_CALL_TIMEOUT");
    assert.equal(error.source.id, "weather");
    assert.match(
      error.message,
      /no result within 0\.1 s.*function result node/,
    );
    assert.match(
      (await flow.message("transcript", "what the model heard")).payload,
      /no result/,
    );
    assert.equal(
      (await flow.refuse("result", { ...call, payload: "sunny" })).code,
      "VOICE_LIVE_CALL_LATE",
    );
  });

  it("lets the assistant say its text while the flow takes its time, and then the answer", async () => {
    const flow = await deploy([
      { ...WEATHER, sayText: "One moment.", sayAfterMs: 20 },
    ]);
    await flow.accept("text", { payload: "Lisbon" });
    const call = await flow.message("weather");
    const said = await flow.message("transcript", "the text");
    assert.equal(said.payload, "One moment.");
    await flow.accept("result", { ...call, payload: "sunny" });
    const answer = await flow.until(
      "the answer",
      () => flow.from("transcript")[1],
    );
    assert.equal(answer.payload, "Output: sunny");
    assert.equal((await flow.received("response.create")).length, 3);
  });

  it("says nothing while it waits when it has no text", async () => {
    const flow = await deploy([{ ...WEATHER, sayText: " ", sayAfterMs: 0 }]);
    await flow.accept("text", { payload: "Lisbon" });
    const call = await flow.message("weather");
    await flow.accept("result", { ...call, payload: "sunny" });
    const { payload } = await flow.message("transcript");
    assert.equal(payload, "Output: sunny");
  });

  describe("with late results that are spoken", () => {
    const speaking = { ...WEATHER, late: "speak", timeoutMs: 100 };
    /** @returns the call that was given up */
    async function giveUp(flow: TestFlow): Promise<Message> {
      await flow.accept("text", { payload: "Lisbon" });
      const call = await flow.message("weather");
      await flow.fault("VOICE_LIVE_CALL_TIMEOUT");
      await flow.message("transcript", "what the model heard");
      return call;
    }
    function notes(flow: TestFlow): Promise<string[]> {
      return flow
        .received("conversation.item.create")
        .then((events) =>
          events
            .filter(({ item }) => item.role === "system")
            .map(({ item }) => String(item.content[0].text)),
        );
    }

    it("tells the model of one after the call was given up, and asks for a response", async () => {
      const flow = await deploy([speaking]);
      const call = await giveUp(flow);
      const before = (await flow.received("response.create")).length;
      await flow.accept("result", { ...call, payload: { sky: "clear" } });
      await flow.received("response.create", before + 1);
      assert.deepEqual(await notes(flow), [
        'The result of the function get_weather, which was called earlier and given up, has come: {"sky":"clear"}',
      ]);
      const second = await flow.refuse("result", { ...call, payload: "x" });
      assert.equal(second.code, "VOICE_LIVE_CALL_ANSWERED");
    });

    it("refuses it where the conversation is not connected", async () => {
      const flow = await deploy([speaking]);
      const call = await giveUp(flow);
      await flow.accept("control", { action: "disconnect" });
      const fault = await flow.refuse("result", { ...call, payload: "x" });
      assert.equal(fault.code, "VOICE_LIVE_NOT_CONNECTED");
    });
  });

  describe("waits for approval where it is set to", () => {
    async function ask(): Promise<{ flow: TestFlow; approval: object }> {
      const flow = await deploy([{ ...WEATHER, confirm: true }]);
      await flow.accept("text", { payload: "Lisbon" });
      const approval = await flow.message(
        "event",
        "what waits for approval",
        ({ topic }) => topic === "approval",
      );
      const { payload, voice } = approval;
      assert.deepEqual(payload, {
        kind: "function",
        name: "get_weather",
        arguments: { city: "Lisbon" },
        callId: voice.callId,
      });
      assert.match(voice.callId, /./);
      assert.deepEqual(flow.from("weather"), []);
      return { flow, approval };
    }

    it("and hands the call to the flow once it has it", async () => {
      const { flow, approval } = await ask();
      await flow.accept("control", { ...approval, action: "approve" });
      const call = await flow.message("weather");
      assert.deepEqual(call.payload, { city: "Lisbon" });
      await flow.accept("result", { ...call, payload: "sunny" });
      const { payload } = await flow.message("transcript");
      assert.equal(payload, "Output: sunny");
    });

    it("and tells the model when it is denied", async () => {
      const { flow, approval } = await ask();
      await flow.accept("control", { ...approval, action: "deny" });
      const { payload } = await flow.message("transcript");
      assert.match(payload, /the call was not approved/);
      assert.deepEqual(flow.from("weather"), []);
    });

    it("and tells it why, and takes no second answer", async () => {
      const { flow, approval } = await ask();
      const answer = { ...approval, payload: "Not at night." };
      await flow.accept("control", { ...answer, action: "deny" });
      const { payload } = await flow.message("transcript");
      assert.match(payload, /Not at night/);
      const late = await flow.refuse("control", {
        ...answer,
        action: "approve",
      });
      assert.equal(late.code, "VOICE_LIVE_CALL_ANSWERED");
      assert.match(late.message, /had its answer.*one «approve» or «deny»/);
      assert.deepEqual(flow.from("weather"), []);
    });

    it("and refuses an answer that names no call", async () => {
      const { flow } = await ask();
      const fault = await flow.refuse("control", { action: "approve" });
      assert.match(
        fault.message,
        /no function call: msg\.voice\.callId is missing.*event node's «approval» message/,
      );
    });
  });

  describe("with a model that goes round in circles", () => {
    /** Calls as long as it may. */
    const caller: Behaviour = ({ tools, turn }) => {
      if (turn === 0) return undefined;
      return tools.length > 0
        ? [{ call: "get_weather", arguments: { city: "Lisbon" } }]
        : [{ say: "I give up." }];
    };

    for (const [limit, session, says] of [
      ["steps", { callSteps: 3 }, /3 responses in a row/],
      ["calls a minute", { callsPerMinute: 3 }, /3 functions .* a minute/],
    ] as const) {
      it(`stops after so many ${limit}, with one answer without functions`, async () => {
        const simulator = await nodeRed.simulator({ behaviours: [caller] });
        const flow = await nodeRed.deploy({
          simulator,
          session,
          nodes: [WEATHER, ...OTHERS],
        });
        await flow.looks("text", "green dot ready");
        await flow.accept("text", { payload: "Go" });
        for (let call = 0; call < 3; call++) {
          const message = await flow.until(
            `call ${call}`,
            () => flow.from("weather")[call],
          );
          await flow.accept("result", { ...message, payload: "rain" });
        }
        const { error } = await flow.fault("VOICE_LIVE_LIMIT");
        assert.match(error.message, says);
        assert.equal(error.source.id, "weather");
        assert.equal((await flow.message("transcript")).payload, "I give up.");
        const requests = await flow.received("response.create");
        assert.deepEqual(
          requests.map(({ response }) => response?.tool_choice),
          [undefined, undefined, undefined, undefined, "none"],
        );
        assert.equal(flow.from("weather").length, 3);
        assert.equal(flow.caught.length, 1);
        const { payload } = await flow.message(
          "event",
          "the refused call",
          (msg) => msg.topic === "turn" && msg.payload.calls_refused > 0,
        );
        assert.equal(payload.calls_refused, 1);
      });
    }
  });

  // The simulator writes a call in pieces of a few characters; long ones are for the test of the arguments alone.
  const attacks = HOSTILE_CALLS.filter(({ json }) => json.length < 1_000);

  it(`lets none of ${attacks.length} hostile arguments reach the flow`, async () => {
    const PER_TURN = 10;
    assert.ok(attacks.length >= 100);
    const attacker: Behaviour = ({ turn, outputs }) =>
      turn === 0 || outputs.length > 0
        ? [{ say: "Done." }]
        : attacks
            .slice((turn - 1) * PER_TURN, turn * PER_TURN)
            .map(({ tool, json }) => ({ call: tool, arguments: json }));
    const simulator = await nodeRed.simulator({ behaviours: [attacker] });
    const functions = Object.entries(HOSTILE_TOOLS).map(
      ([functionName, parameters]) => ({
        id: functionName,
        type: "voice-live-function",
        functionName,
        parameters,
      }),
    );
    const flow = await nodeRed.deploy({
      simulator,
      session: { callsPerMinute: 10_000 },
      nodes: [...functions, ...OTHERS],
    });
    await flow.looks("text", "green dot ready");
    for (let turn = 1; (turn - 1) * PER_TURN < attacks.length; turn++) {
      await flow.accept("text", { payload: "Go" });
      await flow.until(
        `the end of turn ${turn}`,
        () => flow.from("transcript").length >= turn,
      );
    }
    for (const { id } of functions) assert.deepEqual(flow.from(id), []);
    assert.equal(flow.caught.length, attacks.length);
    for (const { error } of flow.caught)
      assert.equal(error.code, "VOICE_LIVE_ARGUMENTS");
  });

  describe("says at the deploy that it cannot work", () => {
    const cases: Readonly<
      Record<string, readonly [bad: NodeConfig, says: RegExp]>
    > = {
      "with a bad name": [
        { ...LIGHT, functionName: "switch light!" },
        /«switch light!» is not allowed.*letters/,
      ],
      "without a name": [
        { ...LIGHT, functionName: "" },
        /has no name.*letters/,
      ],
      "with the name of another function": [
        { ...LIGHT, functionName: "get_weather" },
        /get_weather is declared twice.*Rename/,
      ],
      "with parameters that are not JSON": [
        { ...LIGHT, parameters: "{city" },
        /JSON.*Correct them/,
      ],
      "with parameters that are a list": [
        { ...LIGHT, parameters: "[]" },
        /JSON object.*Correct them/,
      ],
      "with parameters that are no schema": [
        { ...LIGHT, parameters: { type: "thing" } },
        /not a JSON schema.*Correct them/,
      ],
    };
    for (const [what, [bad, says]] of Object.entries(cases)) {
      it(what, async () => {
        const flow = await deploy([WEATHER, bad]);
        const { error } = await flow.fault("VOICE_LIVE_TOOL");
        assert.equal(error.source.id, "light");
        assert.match(error.message, says);
        assert.equal(flow.look("light"), "red ring fault.VOICE_LIVE_TOOL");
        assert.equal(flow.caught.length, 1);
        await flow.accept("text", { payload: "Lisbon" });
        assert.deepEqual((await flow.message("weather")).payload, {
          city: "Lisbon",
        });
        assert.deepEqual(flow.from("light"), []);
      });
    }
  });

  it("shows that it has no session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [{ ...WEATHER, session: "gone" }],
    });
    assert.equal(flow.look("weather"), "red ring noSession");
  });
});
