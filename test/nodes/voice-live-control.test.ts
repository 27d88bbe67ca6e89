import assert from "node:assert/strict";
import { heardTurn, sha1 } from "../support/audio";
import { type TestFlow, useNodeRed } from "../support/flow";
import { tone } from "../simulator/sounds";

const PCM = tone(400);

describe("voice-live-control", () => {
  const nodeRed = useNodeRed();

  async function deploy(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: "echo" });
    return nodeRed.deploy({
      simulator,
      session: { settings: { turn_detection: null }, ...session },
      nodes: [
        { id: "in", type: "voice-live-audio-in" },
        { id: "text", type: "voice-live-message", respond: false },
        { id: "control", type: "voice-live-control", ...config },
        { id: "transcript", type: "voice-live-transcript" },
        { id: "event", type: "voice-live-event", raw: true },
      ],
    });
  }

  async function ready(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    const flow = await deploy(config, session);
    await flow.looks("control", "green dot ready");
    return flow;
  }

  it("connects, when the session waits for a command", async () => {
    const flow = await deploy({}, { connect: "command" });
    assert.equal(flow.look("control"), "grey ring idle");
    await flow.accept("control", { action: "connect" });
    await flow.looks("control", "green dot ready");
  });

  it("connecting twice is connecting once", async () => {
    const flow = await ready();
    const before = await flow.service();
    await flow.accept("control", { action: "connect" });
    await flow.accept("control", {
      action: "send",
      payload: { type: "input_audio_buffer.clear" },
    });
    await flow.message(
      "event",
      "an answer",
      ({ payload }) => payload.type === "input_audio_buffer.cleared",
    );
    assert.equal(await flow.service(), before);
  });

  it("disconnects and connects again", async () => {
    const flow = await ready();
    const first = await flow.service();
    await flow.accept("control", { action: "disconnect" });
    await flow.looks("control", "grey ring idle");
    const closed = await flow.message(
      "event",
      "closed",
      ({ topic }) => topic === "closed",
    );
    assert.deepEqual(closed.payload, { reason: "disconnected" });
    await flow.until("the service to see it", () => first.received.length > 0);
    await flow.accept("control", { action: "connect" });
    await flow.looks("control", "green dot ready");
    await flow.until(
      "a session of its own",
      async () => (await flow.service()) !== first,
    );
  });

  for (const [setting, settings, says] of [
    [
      "voice, once the assistant has spoken",
      { voice: "verse" },
      /voice cannot change after.*session\.voice.*disconnect/,
    ],
    ["model", { model: "gpt-4o" }, /session\.model.*correct the setting/],
  ] as const)
    it(`tells that the service keeps its ${setting}, by name`, async () => {
      const flow = await ready();
      await flow.accept("text", { payload: "Hello.", respond: true });
      await flow.message("event", "a turn", ({ topic }) => topic === "turn");
      await flow.accept("control", { action: "update", payload: settings });
      const { error } = await flow.fault("VOICE_LIVE_SERVICE");
      assert.match(error.message, says);
      await flow.accept("text", { payload: "Hello.", respond: true });
      await flow.until(
        "the next turn",
        () =>
          flow.from("event").filter(({ topic }) => topic === "turn").length ===
          2,
      );
    });

  it("updates settings of the live session and of those after it", async () => {
    const flow = await ready();
    await flow.accept("control", {
      action: "update",
      payload: { instructions: "Be brief." },
    });
    const [, update] = await flow.received("session.update", 2);
    assert.deepEqual(update.session, { instructions: "Be brief." });
    const updated = await flow.message(
      "event",
      "updated",
      ({ topic }) => topic === "updated",
    );
    assert.equal(updated.payload.session.instructions, "Be brief.");
    const first = await flow.service();
    first.drop();
    await flow.until(
      "the next session",
      () =>
        flow.from("event").filter(({ topic }) => topic === "ready").length ===
        2,
    );
    assert.equal((await flow.service()).settings.instructions, "Be brief.");
  });

  it("commits the audio so far, without a response", async () => {
    const flow = await ready();
    await flow.accept("in", { payload: PCM });
    await flow.accept("control", { action: "commit" });
    assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    assert.ok(
      !(await flow.service()).received.some(
        ({ type }) => type === "response.create",
      ),
    );
  });

  it("reports what the service says about a commit of nothing, and goes on", async () => {
    const flow = await ready();
    await flow.accept("control", { action: "commit" });
    const { error } = await flow.fault("VOICE_LIVE_SERVICE");
    assert.match(error.message, /input_audio_buffer_commit_empty/);
    await flow.accept("in", { payload: PCM });
    await flow.accept("control", { action: "commit" });
    await heardTurn(flow);
  });

  it("clears the audio so far", async () => {
    const flow = await ready();
    await flow.accept("in", { payload: tone(1_000, 24_000, 0.7) });
    await flow.accept("control", { action: "clear" });
    await flow.received("input_audio_buffer.clear");
    await flow.accept("in", { payload: PCM });
    await flow.accept("control", { action: "commit" });
    assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
  });

  describe("asks for a response", () => {
    const cases: Readonly<
      Record<string, readonly [payload: unknown, response: unknown]>
    > = {
      "with nothing besides": [undefined, undefined],
      "with a text as its instructions": [
        "Greet the user.",
        { instructions: "Greet the user." },
      ],
      "with parameters": [
        { modalities: ["text"], temperature: 0.7 },
        { modalities: ["text"], temperature: 0.7 },
      ],
      "whatever time an inject node says it is": [1_700_000_000_000, undefined],
      "with an empty text as with none": ["", undefined],
      "with an empty object as with none": [{}, undefined],
    };
    for (const [what, [payload, response]] of Object.entries(cases)) {
      it(what, async () => {
        const flow = await ready();
        await flow.accept("control", { action: "respond", payload });
        const [create] = await flow.received("response.create");
        assert.deepEqual(create.response, response);
      });
    }
  });

  it("mutes the microphone and opens it again", async () => {
    const flow = await ready();
    await flow.accept("control", { action: "mute" });
    await flow.looks("in", "grey dot muted");
    await flow.accept("in", { payload: tone(1_000, 24_000, 0.7) });
    await flow.accept("control", { action: "unmute" });
    await flow.looks("in", "green dot ready");
    await flow.accept("in", { payload: PCM });
    await flow.accept("control", { action: "commit" });
    assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
  });

  it("sends any event as it is, also one that this package does not know", async () => {
    const flow = await ready();
    await flow.accept("control", {
      action: "send",
      payload: { type: "input_audio_buffer.clear", event_id: "event_mine" },
    });
    const [clear] = await flow.received("input_audio_buffer.clear");
    assert.deepEqual(clear, {
      type: "input_audio_buffer.clear",
      event_id: "event_mine",
    });
    await flow.accept("control", {
      action: "send",
      payload: { type: "future.event", detail: { of: "tomorrow" } },
    });
    await flow.fault("VOICE_LIVE_SERVICE");
  });

  it("lets a response.create of the flow's own wait for its turn", async () => {
    const flow = await ready();
    await flow.accept("control", { action: "respond" });
    await flow.accept("control", {
      action: "send",
      payload: {
        type: "response.create",
        response: { instructions: "Second." },
        additional_instructions: "Be brief.",
      },
    });
    const [, second] = await flow.received("response.create", 2);
    assert.deepEqual(
      [second.response, second.additional_instructions],
      [{ instructions: "Second." }, "Be brief."],
    );
    await flow.until(
      "both turns to end",
      () =>
        flow.from("event").filter(({ topic }) => topic === "turn").length === 2,
    );
    assert.deepEqual(flow.caught, []);
  });

  it("does what the node says, whatever the message says", async () => {
    const flow = await ready({ action: "mute" });
    await flow.accept("control", { action: "disconnect" });
    await flow.looks("control", "grey dot muted");
    await flow.service();
  });

  describe("refuses", () => {
    const cases: Readonly<
      Record<string, readonly [msg: object, code: string, says: RegExp]>
    > = {
      "an unknown action": [
        { action: "dance" },
        "ACTION",
        /action is "dance".*connect, disconnect, update, commit, clear, respond, history-clear, history-export, history-import, mute, unmute, approve, deny, avatar-connect, send/,
      ],
      "no action": [
        { payload: "connect" },
        "ACTION",
        /msg\.action is missing.*choose an action in the node/,
      ],
      "an action that is no text": [
        { action: { name: "connect" } },
        "ACTION",
        /action is \{"name":"connect"\}/,
      ],
      "an action from the prototype": [
        { action: "constructor" },
        "ACTION",
        /action is "constructor"/,
      ],
      "an update with a text": [
        { action: "update", payload: "Be brief." },
        "PAYLOAD",
        /«update» is no object.*partial session object/,
      ],
      "an update with a list": [
        { action: "update", payload: [] },
        "PAYLOAD",
        /«update» is no object/,
      ],
      "an update with nothing": [
        { action: "update" },
        "PAYLOAD",
        /«update» is no object/,
      ],
      "an event without a type": [
        { action: "send", payload: { session: {} } },
        "PAYLOAD",
        /no type.*response\.cancel/,
      ],
      "an event with an empty type": [
        { action: "send", payload: { type: "" } },
        "PAYLOAD",
        /no type/,
      ],
      "an event that is a text": [
        { action: "send", payload: "response.cancel" },
        "PAYLOAD",
        /«send» is no object.*client event with a type/,
      ],
    };
    for (const [what, [msg, code, says]] of Object.entries(cases)) {
      it(`${what} and goes on`, async () => {
        const flow = await ready();
        const before = await flow.service();
        const error = await flow.refuse("control", msg);
        assert.equal(error.code, `VOICE_LIVE_${code}`);
        assert.match(error.message, says);
        await flow.accept("control", { action: "clear" });
        await flow.received("input_audio_buffer.clear");
        await flow.looks("control", "green dot ready");
        assert.equal(await flow.service(), before);
      });
    }

    for (const [action, payload] of [
      ["send", { type: "input_audio_buffer.clear" }],
      ["respond", undefined],
    ] as const) {
      it(`«${action}» without a connection`, async () => {
        const flow = await deploy({}, { connect: "command" });
        const error = await flow.refuse("control", { action, payload });
        assert.equal(error.code, "VOICE_LIVE_NOT_CONNECTED");
        await flow.accept("control", { action: "connect" });
        await flow.looks("control", "green dot ready");
      });
    }

    it("everything without a session", async () => {
      const flow = await nodeRed.deploy({
        nodes: [{ id: "control", type: "voice-live-control", session: "gone" }],
      });
      assert.equal(flow.look("control"), "red ring noSession");
      assert.equal(
        (await flow.refuse("control", { action: "connect" })).code,
        "VOICE_LIVE_NO_SESSION",
      );
    });
  });

  it("ignores disconnect and clear for a conversation that is not there", async () => {
    const flow = await deploy({}, { conversations: "keyed", key: "caller" });
    for (const action of ["disconnect", "clear"])
      await flow.accept("control", { action, caller: "nobody" });
    assert.equal(flow.look("control"), "grey ring idle");
    assert.equal(
      (await flow.refuse("control", { action: "disconnect" })).code,
      "VOICE_LIVE_KEY",
    );
  });

  it("exports what was said, forgets it and takes it back", async () => {
    const flow = await ready({}, { settings: { modalities: ["text"] } });
    await flow.accept("text", { payload: "My name is Ada." });
    const exportOf = async (items: number) => {
      await flow.accept("control", { action: "history-export" });
      return flow.message(
        "event",
        `a history of ${items} items`,
        ({ topic, payload }) =>
          topic === "history" && payload.items.length === items,
      );
    };
    await flow.message(
      "event",
      "the service to have it",
      ({ payload }) => payload.type === "conversation.item.created",
    );
    const { payload } = await exportOf(1);
    assert.deepEqual(payload.items, [
      { role: "user", text: "My name is Ada." },
    ]);

    await flow.accept("control", { action: "history-clear" });
    await flow.message(
      "event",
      "the service to forget",
      (msg) => msg.payload.type === "conversation.item.deleted",
    );
    await exportOf(0);
    const service = await flow.service();
    assert.deepEqual(service.items, []);

    await flow.accept("control", { action: "history-import", payload });
    await flow.until("the service to know it again", () => service.items[0]);
    assert.deepEqual((await exportOf(1)).payload.items, payload.items);
  });

  it("refuses to import what is no export", async () => {
    const flow = await ready();
    const fault = await flow.refuse("control", {
      action: "history-import",
      payload: [{ role: "user" }],
    });
    assert.equal(fault.code, "VOICE_LIVE_PAYLOAD");
  });
});
