import assert from "node:assert/strict";
import type { Script } from "../../lib/simulator";
import {
  type Message,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";

const SCRIPT: Script = [
  { when: { output: true }, do: [{ say: "Thank you." }] },
  { when: { text: "both" }, do: [{ call: "first" }, { call: "second" }] },
  { when: { text: "drop" }, do: [{ drop: true }] },
  { when: {}, do: [{ call: "first" }] },
];
const NODES: readonly NodeConfig[] = [
  { id: "text", type: "voice-live-message" },
  { id: "first", type: "voice-live-function", functionName: "first" },
  { id: "second", type: "voice-live-function", functionName: "second" },
  { id: "result", type: "voice-live-function-result" },
  { id: "transcript", type: "voice-live-transcript", who: "assistant" },
  { id: "event", type: "voice-live-event", raw: true },
  { id: "control", type: "voice-live-control" },
];

describe("voice-live-function-result", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    session: object = {},
    config: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: SCRIPT });
    return nodeRed.deploy({
      simulator,
      session,
      nodes: NODES.map((node) =>
        node.id === "result" ? { ...node, ...config } : node,
      ),
    });
  }

  /** A flow in which the model has called a function. */
  async function called(
    config: object = {},
  ): Promise<{ flow: TestFlow; call: Message }> {
    const flow = await deploy({}, config);
    await flow.accept("text", { payload: "Go." });
    return { flow, call: await flow.message("first") };
  }

  /** What the service was given as results. */
  async function outputs(
    flow: TestFlow,
    count = 1,
  ): Promise<readonly { call_id: string; output: string }[]> {
    await flow.until(
      `${count} results`,
      () =>
        flow
          .from("event")
          .filter(
            ({ payload }) =>
              payload.type === "conversation.item.created" &&
              payload.item.type === "function_call_output",
          ).length >= count,
    );
    const created = await flow.received("conversation.item.create");
    return created
      .map(({ item }) => item)
      .filter(({ type }) => type === "function_call_output");
  }

  describe("gives back", () => {
    const cases: Readonly<
      Record<string, readonly [payload: unknown, output: string]>
    > = {
      "a text as it is": ["sunny, 21 °C", "sunny, 21 °C"],
      "an empty text as it is": ["", ""],
      "an object as JSON": [
        { sky: "sunny", temperature: 21 },
        '{"sky":"sunny","temperature":21}',
      ],
      "a list as JSON": [[1, "two"], '[1,"two"]'],
      "a number as JSON": [21.5, "21.5"],
      "false as JSON": [false, "false"],
      "null as JSON": [null, "null"],
      "nothing as null": [undefined, "null"],
    };
    for (const [what, [payload, output]] of Object.entries(cases)) {
      it(what, async () => {
        const { flow, call } = await called();
        await flow.accept("result", { ...call, payload });
        const [given] = await outputs(flow);
        assert.deepEqual(
          [given?.call_id, given?.output],
          [call.voice.callId, output],
        );
        assert.equal(
          (await flow.message("transcript", "the reply")).payload,
          "Thank you.",
        );
      });
    }
  });

  it("asks for one reply once all calls of a response are answered, whatever the order", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "both" });
    const [first, second] = [
      await flow.message("first"),
      await flow.message("second"),
    ];
    await flow.accept("result", { ...second, payload: "2" });
    await outputs(flow, 1);
    assert.equal((await flow.received("response.create")).length, 1);
    await flow.accept("result", { ...first, payload: "1" });
    await flow.message("transcript", "the reply");
    assert.equal((await flow.received("response.create")).length, 2);
    assert.deepEqual(
      (await outputs(flow, 2)).map(({ output }) => output),
      ["2", "1"],
    );
  });

  for (const [how, config, msg] of [
    ["the message", {}, { respond: false }],
    ["the node", { respond: false }, {}],
  ] as const) {
    it(`holds the reply, when ${how} says so`, async () => {
      const { flow, call } = await called(config);
      await flow.accept("result", { ...call, payload: "done", ...msg });
      await outputs(flow);
      assert.equal((await flow.received("response.create")).length, 1);
      assert.deepEqual(flow.from("transcript"), []);
    });
  }

  it("asks for the reply after all, when the message overrules the node", async () => {
    const { flow, call } = await called({ respond: false });
    await flow.accept("result", { ...call, payload: "done", respond: true });
    await flow.message("transcript", "the reply");
  });

  it("finds the conversation by msg.voice alone, where many are served", async () => {
    const simulator = await nodeRed.simulator({ script: SCRIPT });
    const flow = await nodeRed.deploy({
      simulator,
      session: { conversations: "keyed", key: "caller" },
      nodes: NODES,
    });
    await flow.accept("text", { payload: "Go.", caller: "anna" });
    await flow.accept("text", { payload: "Go.", caller: "bert" });
    const anna = await flow.message(
      "first",
      "anna's call",
      ({ voice }) => voice.conversation === "anna",
    );
    const bert = await flow.message(
      "first",
      "bert's call",
      ({ voice }) => voice.conversation === "bert",
    );
    await flow.accept("result", { voice: bert.voice, payload: "for bert" });
    await flow.accept("result", { voice: anna.voice, payload: "for anna" });
    await flow.until(
      "both replies",
      () => flow.from("transcript").length === 2,
    );
    const given = simulator.sessions.map(({ id, received }) => [
      id,
      received.flatMap(({ item }) =>
        (item as { output?: string })?.output
          ? [(item as { output: string }).output]
          : [],
      ),
    ]);
    assert.deepEqual(
      new Map(given as [string, string[]][]),
      new Map([
        [anna.voice.sessionId, ["for anna"]],
        [bert.voice.sessionId, ["for bert"]],
      ]),
    );
  });

  describe("refuses", () => {
    it("a result for an unknown call", async () => {
      const { flow, call } = await called();
      const error = await flow.refuse("result", {
        voice: { ...call.voice, callId: "call_of_nobody" },
        payload: "?",
      });
      assert.equal(error.code, "VOICE_LIVE_CALL_UNKNOWN");
      assert.match(
        error.message,
        /call_of_nobody is not known.*Keep msg\.voice/,
      );
      await flow.accept("result", { ...call, payload: "sunny" });
      await flow.message("transcript", "the reply");
    });

    it("a second result for the same call", async () => {
      const { flow, call } = await called();
      await flow.accept("result", { ...call, payload: "sunny" });
      const error = await flow.refuse("result", { ...call, payload: "rainy" });
      assert.equal(error.code, "VOICE_LIVE_CALL_ANSWERED");
      assert.match(
        error.message,
        /has had its result.*one result for each call/,
      );
      assert.deepEqual(
        (await outputs(flow)).map(({ output }) => output),
        ["sunny"],
      );
    });

    it("a wish for an answer that is neither yes nor no, and takes the result afterwards", async () => {
      const { flow, call } = await called();
      const result = { ...call, payload: "sunny" };
      const error = await flow.refuse("result", { ...result, respond: "no" });
      assert.match(error.message, /msg\.respond is "no".*true or false/);
      await flow.accept("result", { ...result, respond: "true" });
      await flow.message("transcript", "the reply");
    });

    it("a message whose call id is a number", async () => {
      const { flow } = await called();
      const error = await flow.refuse("result", { voice: { callId: 7 } });
      assert.match(error.message, /msg\.voice\.callId is no text/);
    });

    it("a result for a session that has ended", async () => {
      const { flow, call } = await called();
      const lost = await flow.service();
      lost.drop();
      await flow.until(
        "the next session",
        () =>
          flow.from("event").filter(({ topic }) => topic === "ready").length ===
          2,
      );
      const error = await flow.refuse("result", { ...call, payload: "sunny" });
      assert.equal(error.code, "VOICE_LIVE_CALL_LATE");
      assert.match(error.message, /session that has ended/);
    });

    const keyed = { conversations: "keyed", key: "caller" };

    it("a result for a conversation that has ended", async () => {
      const flow = await deploy(keyed);
      await flow.accept("text", { payload: "Go.", caller: "anna" });
      const call = await flow.message("first");
      await flow.accept("control", { action: "disconnect", caller: "anna" });
      const error = await flow.refuse("result", { ...call, payload: "sunny" });
      assert.equal(error.code, "VOICE_LIVE_CALL_UNKNOWN");
      assert.equal(
        error.message,
        "The conversation that made this call has ended. Nothing needs to be done: nobody waits for it any more.",
      );
    });

    it("a result for a call that nobody made, where there is no conversation", async () => {
      const flow = await deploy(keyed);
      const error = await flow.refuse("result", {
        voice: { conversation: "anna", callId: "call_1" },
        payload: "sunny",
      });
      assert.equal(error.code, "VOICE_LIVE_CALL_UNKNOWN");
      assert.equal(
        error.message,
        'No call is known by the id "call_1". Keep msg.voice as the function call node sent it. Where the flow was deployed meanwhile, nothing needs to be done.',
      );
    });

    for (const [what, voice] of Object.entries({
      "no voice": undefined,
      "no call id": { conversation: "default" },
      "an empty call id": { callId: "" },
      "a voice that is a text": "call_1",
    })) {
      it(`a message with ${what}`, async () => {
        const { flow, call } = await called();
        const error = await flow.refuse("result", { voice, payload: "sunny" });
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        assert.match(
          error.message,
          /msg\.voice\.callId is missing.*Keep msg\.voice/,
        );
        await flow.accept("result", { ...call, payload: "sunny" });
      });
    }

    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    for (const [what, payload, says] of [
      ["a circle", circular, /cannot be written as JSON.*without circles/],
      ["a BigInt", 1n, /cannot be written as JSON/],
      ["a Buffer", Buffer.from("sunny"), /is a Buffer.*Send text/],
    ] as const) {
      it(`${what}, and takes a better result for the same call`, async () => {
        const { flow, call } = await called();
        const error = await flow.refuse("result", { ...call, payload });
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        assert.match(error.message, says);
        await flow.accept("result", { ...call, payload: "sunny" });
        await flow.message("transcript", "the reply");
      });
    }

    it("everything without a session", async () => {
      const flow = await nodeRed.deploy({
        nodes: [
          { id: "result", type: "voice-live-function-result", session: "gone" },
        ],
      });
      assert.equal(flow.look("result"), "red ring noSession");
      assert.equal(
        (await flow.refuse("result", { voice: { callId: "call_1" } })).code,
        "VOICE_LIVE_NO_SESSION",
      );
    });
  });
});
