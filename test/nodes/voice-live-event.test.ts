import assert from "node:assert/strict";
import type { SimulatorOptions } from "../../lib/simulator";
import { type Message, type TestFlow, useNodeRed } from "../support/flow";
import { spoken } from "../simulator/sounds";

function isTopic(topic: string): (msg: Message) => boolean {
  return (msg) => msg.topic === topic;
}

describe("voice-live-event", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    config: object = {},
    session: object = {},
    options: SimulatorOptions = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator(options);
    return nodeRed.deploy({
      simulator,
      session,
      nodes: [
        { id: "event", type: "voice-live-event", ...config },
        { id: "in", type: "voice-live-audio-in" },
        { id: "text", type: "voice-live-message" },
        { id: "control", type: "voice-live-control" },
        { id: "out", type: "voice-live-audio-out", mode: "received" },
      ],
    });
  }

  it("tells the life of a conversation in its order", async () => {
    const flow = await deploy();
    await flow.looks("event", "green dot ready");
    await flow.accept("text", { payload: "Hello." });
    await flow.message("event", "turn", isTopic("turn"));
    await flow.accept("control", { action: "disconnect" });
    await flow.message("event", "closed", isTopic("closed"));
    assert.deepEqual(
      flow.from("event").map(({ topic }) => topic),
      ["connected", "ready", "usage", "turn", "closed"],
    );
  });

  it("tells when the socket is open, and to whom", async () => {
    const flow = await deploy();
    const { payload, voice } = await flow.message(
      "event",
      "connected",
      isTopic("connected"),
    );
    assert.deepEqual(payload, {
      target: { target: "model", model: "gpt-realtime" },
    });
    assert.equal(voice.conversation, "default");
  });

  it("tells the settings that the service has really applied", async () => {
    const flow = await deploy(
      {},
      {
        settings: {
          instructions: "Be brief.",
          voice: { type: "azure-standard", name: "en-US-AvaNeural" },
        },
      },
    );
    const { payload, voice } = await flow.message(
      "event",
      "ready",
      isTopic("ready"),
    );
    assert.equal(payload.session.id, voice.sessionId);
    assert.equal(payload.session.instructions, "Be brief.");
    assert.equal(payload.session.voice.name, "en-US-AvaNeural");
    assert.equal(payload.asked.instructions, "Be brief.");
    assert.deepEqual(payload.notApplied, []);
    assert.deepEqual(payload.difference, []);
    assert.ok(payload.connect_ms >= 0);
    assert.ok(!flow.from("event").some(isTopic("warning")));
  });

  it("names the settings that were not applied, in ready and in one warning", async () => {
    const simulator = await nodeRed.simulator();
    simulator.on("session", (session) => {
      const send = session.send.bind(session);
      session.send = (event) =>
        send(
          event.type === "session.updated"
            ? {
                ...event,
                session: {
                  ...(event as { session: object }).session,
                  instructions: "Other.",
                  temperature: 1,
                },
              }
            : event,
        );
    });
    const flow = await nodeRed.deploy({
      simulator,
      session: {
        settings: {
          instructions: "Be brief.",
          temperature: 0.5,
          modalities: ["text", "audio"],
        },
      },
      nodes: [{ id: "event", type: "voice-live-event" }],
    });
    const { payload } = await flow.message("event", "ready", isTopic("ready"));
    assert.deepEqual(payload.notApplied, ["instructions", "temperature"]);
    assert.deepEqual(payload.difference, [
      { setting: "instructions", asked: "Be brief.", applied: "Other." },
      { setting: "temperature", asked: 0.5, applied: 1 },
    ]);
    const warning = await flow.message(
      "event",
      "a warning",
      isTopic("warning"),
    );
    assert.deepEqual(warning.payload, {
      code: "settings",
      message: "The service did not apply: instructions, temperature",
      settings: ["instructions", "temperature"],
    });
    await flow.looks("event", "green dot ready");
    assert.equal(flow.from("event").filter(isTopic("warning")).length, 1);
  });

  it("tells of settings that change", async () => {
    const flow = await deploy();
    await flow.looks("event", "green dot ready");
    await flow.accept("control", {
      action: "update",
      payload: { instructions: "Be brief." },
    });
    const { payload } = await flow.message(
      "event",
      "updated",
      isTopic("updated"),
    );
    assert.equal(payload.session.instructions, "Be brief.");
  });

  it("tells how long the user waited for a turn", async () => {
    const flow = await deploy();
    await flow.accept("in", { payload: spoken("question-hello.wav") });
    const { payload, voice } = await flow.message(
      "event",
      "turn",
      isTopic("turn"),
    );
    assert.equal(payload.status, "completed");
    assert.equal(payload.responseId, voice.responseId);
    assert.ok(
      Number.isInteger(payload.eot_to_first_delta_ms) &&
        payload.eot_to_first_delta_ms >= 0,
    );
    assert.ok(
      Number.isInteger(payload.eot_to_first_out_ms) &&
        payload.eot_to_first_out_ms >= payload.eot_to_first_delta_ms,
    );
    assert.equal(payload.interrupt_to_flush_ms, null);
  });

  it("tells what a turn cost", async () => {
    const flow = await deploy();
    await flow.accept("text", { payload: "Hello." });
    const { payload, voice } = await flow.message(
      "event",
      "usage",
      isTopic("usage"),
    );
    assert.equal(payload.responseId, voice.responseId);
    assert.equal(
      payload.total_tokens,
      payload.input_tokens + payload.output_tokens,
    );
    assert.ok(payload.output_token_details.audio_tokens > 0);
  });

  it("tells of faults with code, message and next step", async () => {
    const flow = await deploy({ kinds: ["error"] });
    await flow.looks("event", "green dot ready");
    await flow.accept("control", {
      action: "send",
      payload: {
        type: "conversation.item.delete",
        item_id: "item_nowhere",
        event_id: "event_mine",
      },
    });
    const { payload } = await flow.message(
      "event",
      "an error",
      isTopic("error"),
    );
    assert.equal(payload.code, "VOICE_LIVE_SERVICE");
    assert.match(payload.message, /item_nowhere/);
    assert.equal(payload.severity, "report");
    assert.equal(payload.retryable, false);
    assert.equal(payload.service.eventId, "event_mine");
    assert.ok("nextStep" in payload);
  });

  it("passes on what the service warns of", async () => {
    const flow = await deploy({ kinds: ["warning"] });
    await flow.looks("event", "green dot ready");
    (await flow.service()).send({
      type: "warning",
      warning: { code: "soon", message: "Maintenance\nsoon." },
    });
    assert.deepEqual((await flow.message("event")).payload, {
      code: "soon",
      message: "Maintenance soon.",
    });
  });

  it("tells that a session was lost, and the next one", async () => {
    const flow = await deploy({ kinds: ["ready", "closed"] });
    await flow.looks("event", "green dot ready");
    (await flow.service()).drop();
    await flow.until("the next session", () => flow.from("event").length === 3);
    const [first, closed, next] = flow.from("event");
    assert.deepEqual(closed?.payload, { reason: "lost" });
    assert.notEqual(first?.voice.sessionId, next?.voice.sessionId);
    assert.equal(next?.topic, "ready");
  });

  it("tells only the kinds that are chosen", async () => {
    const flow = await deploy({ kinds: ["usage"] });
    await flow.accept("text", { payload: "Hello." });
    await flow.message("event");
    assert.deepEqual(
      flow.from("event").map(({ topic }) => topic),
      ["usage"],
    );
  });

  it("passes on the service's own events, when it is set to", async () => {
    const flow = await deploy({ kinds: [], raw: "true" });
    await flow.looks("event", "green dot ready");
    (await flow.service()).send({
      type: "future.event",
      detail: { of: "tomorrow" },
    });
    const { payload } = await flow.message(
      "event",
      "the unknown event",
      (msg) => msg.payload.type === "future.event",
    );
    assert.deepEqual(payload.detail, { of: "tomorrow" });
    assert.deepEqual(
      flow.from("event").map((msg) => [msg.topic, msg.payload.type]),
      [
        ["raw", "session.created"],
        ["raw", "session.updated"],
        ["raw", "future.event"],
      ],
    );
  });

  it("shows that it has no session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [{ id: "event", type: "voice-live-event", session: "gone" }],
    });
    assert.equal(flow.look("event"), "red ring noSession");
  });
});
