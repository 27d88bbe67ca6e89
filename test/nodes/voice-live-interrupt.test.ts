import assert from "node:assert/strict";
import { type TestFlow, useNodeRed } from "../support/flow";
import { spoken } from "../simulator/sounds";

describe("voice-live-interrupt", () => {
  const nodeRed = useNodeRed();

  /** A flow in the middle of a long reply. */
  async function story(session: object = {}): Promise<TestFlow> {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      session,
      nodes: [
        { id: "in", type: "voice-live-audio-in" },
        { id: "text", type: "voice-live-message" },
        { id: "out", type: "voice-live-audio-out" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", kinds: ["error"], raw: true },
      ],
    });
    await flow.accept("text", { payload: "Tell me a story." });
    await flow.message(
      "event",
      "response.done",
      ({ payload }) => payload.type === "response.done",
    );
    // The first chunks of the lead leave together; this one shows that time has passed.
    await flow.until(
      "some of the story to be heard",
      () => flow.from("out").length > 8,
    );
    return flow;
  }

  it("stops the assistant and tells how much of it was heard", async () => {
    const flow = await story();
    await flow.accept("interrupt", { payload: "anything" });
    const { payload, voice } = await flow.message("interrupt");
    assert.equal(payload.by, "flow");
    assert.ok(Number.isInteger(payload.heardMs) && payload.heardMs > 0);
    assert.ok(
      "Once upon a time, a small radio stood on a window sill.".startsWith(
        payload.heardText,
      ),
    );
    assert.equal(voice.generation, 1);
    assert.match(voice.responseId, /^resp_/);
    assert.match(voice.itemId, /^item_|^msg_/);
  });

  it("has the service forget what was not heard", async () => {
    const flow = await story();
    await flow.accept("interrupt");
    const { payload, voice } = await flow.message("interrupt");
    const [truncate] = await flow.received("conversation.item.truncate");
    assert.deepEqual(
      [truncate.item_id, truncate.audio_end_ms],
      [voice.itemId, payload.heardMs],
    );
    await flow.message(
      "event",
      "the confirmation",
      (msg) => msg.payload.type === "conversation.item.truncated",
    );
    assert.deepEqual(
      flow.from("event").filter(({ topic }) => topic === "error"),
      [],
    );
  });

  it("tells of an interruption by voice", async () => {
    const flow = await story();
    await flow.accept("in", { payload: spoken("question-hello.wav") });
    const { payload, voice } = await flow.message("interrupt");
    assert.equal(payload.by, "user");
    assert.ok(payload.heardMs > 0);
    assert.equal(voice.generation, 1);
  });

  it("leaves truncating to a service that does it by itself", async () => {
    const flow = await story({
      settings: { turn_detection: { type: "server_vad", auto_truncate: true } },
    });
    await flow.accept("in", { payload: spoken("question-hello.wav") });
    await flow.message("interrupt");
    await flow.message(
      "event",
      "the next reply",
      ({ payload }) =>
        payload.type === "response.done" &&
        payload.response.id !== flow.from("out")[0]?.voice.responseId,
    );
    assert.ok(
      !(await flow.service()).received.some(
        ({ type }) =>
          type === "conversation.item.truncate" || type === "response.cancel",
      ),
    );
  });

  it("cancels a response that the service is still working on", async () => {
    const simulator = await nodeRed.simulator({
      script: [{ when: {}, do: [{ stall: 60_000 }] }],
    });
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", kinds: ["turn"], raw: true },
      ],
    });
    await flow.accept("text", { payload: "Think about it." });
    const created = await flow.message(
      "event",
      "response.created",
      ({ payload }) => payload.type === "response.created",
    );
    await flow.looks("interrupt", "blue ring thinking");
    await flow.accept("interrupt");
    const [cancel] = await flow.received("response.cancel");
    assert.equal(cancel.response_id, created.payload.response.id);
    assert.deepEqual((await flow.message("interrupt")).payload, {
      by: "flow",
      heardMs: 0,
      heardText: "",
    });
    await flow.message(
      "event",
      "a cancelled turn",
      ({ topic, payload }) =>
        topic === "turn" && payload.status === "cancelled",
    );
    await flow.looks("interrupt", "green dot ready");
  });

  it("says nothing when there is nothing to interrupt", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", kinds: ["turn"] },
      ],
    });
    await flow.looks("interrupt", "green dot ready");
    await flow.accept("interrupt");
    await flow.accept("text", { payload: "Hello." });
    await flow.message("event", "a turn");
    assert.deepEqual(flow.from("interrupt"), []);
    assert.ok(
      !(await flow.service()).received.some(
        ({ type }) => type === "response.cancel",
      ),
    );
  });

  it("needs a conversation key where many are served, and ignores conversations that are not there", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      session: { conversations: "keyed", key: "caller" },
      nodes: [{ id: "interrupt", type: "voice-live-interrupt" }],
    });
    assert.equal((await flow.refuse("interrupt")).code, "VOICE_LIVE_KEY");
    await flow.accept("interrupt", { caller: "nobody" });
    assert.equal(simulator.sessions.length, 0);
    assert.equal(flow.look("interrupt"), "grey ring idle");
  });

  it("refuses everything without a session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [
        { id: "interrupt", type: "voice-live-interrupt", session: "gone" },
      ],
    });
    assert.equal(flow.look("interrupt"), "red ring noSession");
    assert.equal(
      (await flow.refuse("interrupt")).code,
      "VOICE_LIVE_NO_SESSION",
    );
  });
});
