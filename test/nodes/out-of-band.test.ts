import assert from "node:assert/strict";
import type { ResponseContext, Script } from "../../lib/simulator";
import { type Message, type TestFlow, useNodeRed } from "../support/flow";

const LONG =
  "Once upon a time, a small radio stood on a window sill. Every evening it told the street what it had heard.";

describe("An out-of-band response", () => {
  const nodeRed = useNodeRed();
  const contexts: ResponseContext[] = [];
  beforeEach(() => contexts.splice(0));

  async function deploy(
    script: Script = [
      { when: { text: "classify" }, do: [{ say: "It is a question." }] },
      { when: { text: "story" }, do: [{ say: LONG }] },
      { when: {}, do: [{ say: "Yes." }] },
    ],
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({
      script,
      behaviours: [(context) => void contexts.push(context)],
    });
    return nodeRed.deploy({
      simulator,
      session,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "control", type: "voice-live-control" },
        { id: "transcript", type: "voice-live-transcript", who: "assistant" },
        { id: "audio", type: "voice-live-audio-out", mode: "received" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", raw: true },
      ],
    });
  }

  const ASIDE = { conversation: "none", metadata: { purpose: "label" } };
  const aside = (flow: TestFlow, more: object = {}): Promise<void> =>
    flow.accept("text", {
      payload: "Classify this.",
      response: { ...ASIDE, ...more },
    });
  const isAside = ({ voice }: Message): boolean => voice.outOfBand === true;

  it("comes out of transcript and audio out, marked with its metadata", async () => {
    const flow = await deploy();
    await aside(flow);
    const said = await flow.message("transcript", "the answer", isAside);
    assert.equal(said.payload, "It is a question.");
    assert.deepEqual(said.voice.metadata, { purpose: "label" });
    const sound = await flow.message("audio", "its sound", isAside);
    assert.equal(sound.voice.responseId, said.voice.responseId);
    assert.deepEqual(sound.voice.metadata, { purpose: "label" });
  });

  it("sees its own input after the conversation, which never knows of it", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "Hello." });
    await flow.message("transcript", "the answer");
    await aside(flow, { modalities: ["text"] });
    await flow.message("transcript", "the aside", isAside);
    assert.match(contexts.at(-1)?.text ?? "", /Classify this/);
    const { items } = await flow.service();
    assert.equal(items.length, 2, "one question and one answer");
  });

  it("sees nothing else when the conversation is hidden from it", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "Hello." });
    await flow.message("transcript", "the answer");
    await aside(flow, { input_items: [] });
    await flow.message("transcript", "the aside", isAside);
    assert.equal(contexts.at(-1)?.turn, 1);
  });

  it("needs no input of its own", async () => {
    const flow = await deploy();
    await flow.accept("text", {
      payload: "",
      response: { conversation: "none", instructions: "Sum up." },
    });
    await flow.message("transcript", "the aside", isAside);
    const [{ response }] = await flow.received("response.create");
    assert.equal("append_input_items" in response, false);
  });

  it("is asked by the control node as well", async () => {
    const flow = await deploy();
    await flow.looks("control", "green dot ready");
    await flow.accept("control", { action: "respond", payload: ASIDE });
    await flow.message("transcript", "the aside", isAside);
  });

  it("neither waits for an answer that is being given nor ends it", async () => {
    const flow = await deploy([
      { when: { text: "classify" }, do: [{ say: "It is a question." }] },
      { when: {}, do: [{ say: "One." }, { stall: 1e8 }] },
    ]);
    await flow.accept("text", { payload: "Hello." });
    await flow.message(
      "event",
      "the answer to begin",
      ({ payload }) => payload.type === "response.output_item.added",
    );
    await aside(flow, { modalities: ["text"] });
    const said = await flow.message("transcript", "the aside", isAside);
    assert.equal(said.payload, "It is a question.");
    assert.equal(
      flow.from("event").some(({ topic }) => topic === "turn"),
      false,
      "the answer goes on",
    );
    assert.equal(
      flow.from("event").filter(({ topic }) => topic === "usage").length,
      1,
    );
  });

  it("is heard after the answer whose sound came first", async () => {
    const flow = await deploy([
      { when: { text: "classify" }, do: [{ say: "It is a question." }] },
      { when: {}, do: [{ say: LONG }, { stall: 300 }, { say: "The end." }] },
    ]);
    await flow.accept("text", { payload: "Hello." });
    await flow.message("audio", "the answer to sound");
    await aside(flow);
    await flow.message("audio", "the aside", isAside);
    const order = flow
      .from("audio")
      .map((msg) => isAside(msg))
      .filter((mark, index, all) => mark !== all[index - 1]);
    assert.deepEqual(order, [false, true]);
  });

  it("is not truncated or deleted by an interruption, and its words come nevertheless", async () => {
    const flow = await deploy([
      { when: {}, do: [{ say: LONG }, { stall: 200 }, { say: "The end." }] },
    ]);
    await aside(flow);
    await flow.message("audio", "the aside to sound", isAside);
    await flow.accept("interrupt", {});
    await flow.message(
      "event",
      "its end",
      ({ payload }) => payload.type === "response.done",
    );
    const told = (await flow.service()).received.map(({ type }) => type);
    assert.deepEqual(
      told.filter((type) => /truncate|delete|cancel/.test(type)),
      [],
    );
    assert.ok(
      flow
        .from("transcript")
        .some(({ payload }) => String(payload).includes("The end.")),
    );
  });

  it("calls no function, and says so", async () => {
    const flow = await deploy([{ when: {}, do: [{ call: "get_weather" }] }], {
      settings: { tools: [{ type: "function", name: "get_weather" }] },
    });
    await aside(flow);
    const { payload } = await flow.message(
      "event",
      "a warning",
      ({ topic }) => topic === "warning",
    );
    assert.equal(payload.code, "out_of_band_call");
    assert.deepEqual(payload.functions, ["get_weather"]);
  });

  it("that the service refuses is an error, and the next one works", async () => {
    const flow = await deploy();
    await aside(flow, { modalities: ["smell"] });
    const { error } = await flow.fault("VOICE_LIVE_SERVICE");
    assert.match(error.message, /modalities/);
    await aside(flow);
    await flow.message("transcript", "the aside", isAside);
  });

  it("asked before the session is ready comes when it is", async () => {
    const flow = await deploy();
    await Promise.all([aside(flow), aside(flow)]);
    await flow.until(
      "both",
      () => flow.from("transcript").filter(isAside).length === 2,
    );
  });

  it("without an answer is asked again in the next session", async () => {
    const simulator = await nodeRed.simulator();
    simulator.once("session", (first) =>
      first.on("client", ({ type }) => {
        if (type === "response.create") first.drop();
      }),
    );
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "transcript", type: "voice-live-transcript", who: "assistant" },
      ],
    });
    await aside(flow);
    await flow.message("transcript", "the aside", isAside);
  });
});
