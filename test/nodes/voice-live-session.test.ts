import assert from "node:assert/strict";
import * as FakeTimers from "@sinonjs/fake-timers";
import type { Simulator } from "../../lib/simulator";
import { sha1 } from "../support/audio";
import {
  type FlowOptions,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";
import { tone } from "../simulator/sounds";

const END = { payload: Buffer.alloc(0) };
const NODES: readonly NodeConfig[] = [
  { id: "in", type: "voice-live-audio-in", atEnd: "respond" },
  { id: "text", type: "voice-live-message" },
  { id: "transcript", type: "voice-live-transcript", who: "assistant" },
  { id: "control", type: "voice-live-control" },
  { id: "event", type: "voice-live-event", kinds: ["ready", "turn", "closed"] },
];

/** Without an output nothing has to be heard, and replies are over at once. */
const SPEAKER = { id: "out", type: "voice-live-audio-out", mode: "reply" };

describe("voice-live-session", () => {
  const nodeRed = useNodeRed();
  let simulator: Simulator;

  async function deploy(
    session: object = {},
    options: Partial<FlowOptions> = {},
  ): Promise<TestFlow> {
    simulator =
      options.simulator ?? (await nodeRed.simulator({ script: "echo" }));
    return nodeRed.deploy({ session, nodes: NODES, ...options, simulator });
  }

  function readyCount(flow: TestFlow): number {
    return flow.from("event").filter(({ topic }) => topic === "ready").length;
  }

  describe("with one conversation", () => {
    it("connects at the deploy, with the settings as they are", async () => {
      const settings = {
        instructions: "Be brief.",
        turn_detection: null,
        temperature: 0.7,
      };
      const flow = await deploy({ settings });
      await flow.looks("text", "green dot ready");
      const [update] = await flow.received("session.update");
      assert.deepEqual(update.session, settings);
      assert.equal((await flow.service()).request.model, "gpt-realtime");
    });

    it("takes its settings as JSON text, too", async () => {
      const flow = await deploy({ settings: '{"instructions": "Be brief."}' });
      const [update] = await flow.received("session.update");
      assert.deepEqual(update.session, { instructions: "Be brief." });
    });

    it("connects with the first message, when it is set to", async () => {
      const flow = await deploy({ connect: "input" });
      assert.equal(flow.look("text"), "grey ring idle");
      assert.equal(simulator.sessions.length, 0);
      await flow.accept("text", { payload: "Hello." });
      assert.equal((await flow.message("transcript")).payload, "Hello.");
    });

    it("connects at a command only, when it is set to", async () => {
      const flow = await deploy({
        connect: "command",
        settings: { turn_detection: null },
      });
      await flow.accept("in", { payload: tone(200) });
      await flow.accept("control", { action: "connect" });
      await flow.looks("in", "green dot ready");
    });

    it("needs no key, and calls it default", async () => {
      const flow = await deploy();
      await flow.accept("text", {
        payload: "Hello.",
        voice: { conversation: "ignored" },
      });
      assert.equal(
        (await flow.message("transcript")).voice.conversation,
        "default",
      );
    });

    it("talks to an agent", async () => {
      const flow = await deploy({
        target: "agent",
        agent: { name: "clerk", project: "shop", version: "3" },
      });
      await flow.looks("text", "green dot ready");
      const { agentName, url } = (await flow.service()).request;
      assert.equal(agentName, "clerk");
      assert.match(url, /agent-project-name=shop.*agent-version=3/);
    });
  });

  describe("with many conversations", () => {
    it("keeps each caller's voice apart and carries it home to its socket", async () => {
      const flow = await deploy(
        { conversations: "keyed", settings: { turn_detection: null } },
        { nodes: [...NODES, SPEAKER] },
      );
      const callers = ["anna", "bert", "cleo"].map((id, index) => ({
        _session: { type: "websocket", id },
        pcm: tone(200 + index * 100, 24_000, 0.2 + index / 10),
      }));
      for (const { _session, pcm } of callers)
        await flow.accept("in", { payload: pcm, _session });
      for (const { _session } of callers)
        await flow.accept("in", { ...END, _session });
      await flow.until("all replies", () => flow.from("out").length === 3);
      assert.equal(simulator.sessions.length, 3);
      for (const { _session, pcm } of callers) {
        const reply = await flow.message(
          "out",
          `${_session.id}'s reply`,
          ({ voice }) => voice.conversation === _session.id,
        );
        assert.deepEqual(reply["_session"], _session);
        assert.equal(sha1(reply.payload), sha1(pcm));
      }
      await flow.looks("in", "green dot conversations");
    });

    it("names a conversation by the property it is told, a number as well", async () => {
      const flow = await deploy({ conversations: "keyed", key: "caller.line" });
      await flow.accept("text", { payload: "Hello.", caller: { line: 7 } });
      assert.equal((await flow.message("transcript")).voice.conversation, "7");
    });

    it("lets msg.voice name it first", async () => {
      const flow = await deploy({ conversations: "keyed", key: "caller" });
      await flow.accept("text", {
        payload: "Hello.",
        caller: "anna",
        voice: { conversation: "bert" },
      });
      assert.equal(
        (await flow.message("transcript")).voice.conversation,
        "bert",
      );
    });

    it("carries other properties home, also deep ones, and only those that are there", async () => {
      const flow = await deploy({
        conversations: "keyed",
        key: "caller",
        carry: ["caller", "room.name", "missing", "missing.too"],
      });
      await flow.accept("text", {
        payload: "Hello.",
        caller: "anna",
        room: { name: "kitchen", size: 12 },
        _session: { id: "x" },
      });
      const reply = await flow.message("transcript");
      assert.deepEqual(
        [
          reply["caller"],
          reply["room"],
          "missing" in reply,
          "_session" in reply,
        ],
        ["anna", { name: "kitchen" }, false, false],
      );
    });

    it("connects each with its first message", async () => {
      const flow = await deploy({ conversations: "keyed", key: "caller" });
      assert.equal(flow.look("text"), "grey ring idle");
      await flow.accept("text", { payload: "Hello.", caller: "anna" });
      await flow.message("transcript");
      assert.equal(simulator.sessions.length, 1);
    });

    it("connects none without a command, when it is set to", async () => {
      const flow = await deploy({
        conversations: "keyed",
        key: "caller",
        connect: "command",
      });
      assert.equal(
        (await flow.refuse("text", { payload: "Hello.", caller: "anna" })).code,
        "VOICE_LIVE_NOT_CONNECTED",
      );
      await flow.accept("control", { action: "connect", caller: "anna" });
      await flow.message(
        "event",
        "ready",
        ({ topic, voice }) =>
          topic === "ready" && voice.conversation === "anna",
      );
    });

    for (const [what, msg, says] of [
      ["no key", {}, /msg\._session\.id is missing/],
      ["an empty key", { _session: { id: "" } }, /msg\._session\.id is empty/],
      [
        "a key that is too long",
        { _session: { id: "k".repeat(257) } },
        /too long/,
      ],
      ["a key that is an object", { _session: { id: {} } }, /of type object/],
      [
        "a voice that names none",
        { voice: { conversation: "" }, _session: { id: "anna" } },
        /empty/,
      ],
    ] as const) {
      it(`refuses a message with ${what}, and goes on`, async () => {
        const flow = await deploy({ conversations: "keyed" });
        const error = await flow.refuse("text", { payload: "Hello.", ...msg });
        assert.equal(error.code, "VOICE_LIVE_KEY");
        assert.match(error.message, says);
        assert.match(
          error.message,
          /set another conversation key in the session node/,
        );
        assert.equal(simulator.sessions.length, 0);
        await flow.accept("text", {
          payload: "Hello.",
          _session: { id: "anna" },
        });
        await flow.message("transcript");
      });
    }

    it("refuses more than it may have, until one ends", async () => {
      const flow = await deploy({
        conversations: "keyed",
        key: "caller",
        maxConversations: "2",
      });
      for (const caller of ["anna", "bert"])
        await flow.accept("text", { payload: "Hello.", caller });
      const error = await flow.refuse("text", {
        payload: "Hello.",
        caller: "cleo",
      });
      assert.equal(error.code, "VOICE_LIVE_LIMIT");
      assert.match(
        error.message,
        /has 2 conversations already.*Disconnect some/,
      );
      await flow.accept("control", { action: "disconnect", caller: "anna" });
      await flow.accept("text", { payload: "Hello.", caller: "cleo" });
      await flow.message(
        "transcript",
        "cleo's words",
        ({ voice }) => voice.conversation === "cleo",
      );
    });

    it("ends one that has been idle for its time, and begins it anew", async () => {
      const clock = FakeTimers.install({
        toFake: ["setInterval", "clearInterval", "performance"],
      });
      try {
        const flow = await deploy({
          conversations: "keyed",
          key: "caller",
          idleMinutes: 0.1,
        });
        await flow.accept("text", { payload: "Hello.", caller: "anna" });
        await flow.message(
          "event",
          "the end of the turn",
          ({ topic }) => topic === "turn",
        );
        clock.tick(10_000);
        const closed = await flow.message(
          "event",
          "closed",
          ({ topic }) => topic === "closed",
        );
        assert.deepEqual(closed.payload, { reason: "idle" });
        await flow.looks("text", "grey ring idle");
        await flow.until(
          "the service to see it",
          () => simulator.sessions.length === 0,
        );
        await flow.accept("text", { payload: "Hello again.", caller: "anna" });
        await flow.message(
          "transcript",
          "the words",
          ({ payload }) => payload === "Hello again.",
        );
      } finally {
        clock.uninstall();
      }
    });
  });

  describe("greets", () => {
    it("with exactly its words, once, also when the connection is lost", async () => {
      const flow = await deploy({
        greeting: { mode: "exact", text: "Welcome to the shop." },
      });
      assert.equal(
        (await flow.message("transcript")).payload,
        "Welcome to the shop.",
      );
      (await flow.service()).drop();
      await flow.until("the next session", () => readyCount(flow) === 2);
      await flow.accept("text", { payload: "Hello." });
      await flow.message(
        "transcript",
        "an answer",
        ({ payload }) => payload === "Hello.",
      );
      assert.deepEqual(
        flow.from("transcript").map(({ payload }) => payload),
        ["Welcome to the shop.", "Hello."],
      );
    });

    it("with words of its own by the instruction it has", async () => {
      const flow = await deploy({
        greeting: { mode: "generated", text: "Greet the caller." },
      });
      const [create] = await flow.received("response.create");
      assert.deepEqual(create.response, { instructions: "Greet the caller." });
      await flow.message("transcript");
    });

    it("each caller", async () => {
      const flow = await deploy({
        conversations: "keyed",
        key: "caller",
        greeting: { mode: "exact", text: "Welcome." },
      });
      for (const caller of ["anna", "bert"])
        await flow.accept("control", { action: "connect", caller });
      await flow.until(
        "two greetings",
        () => flow.from("transcript").length === 2,
      );
      assert.deepEqual(
        new Set(flow.from("transcript").map(({ voice }) => voice.conversation)),
        new Set(["anna", "bert"]),
      );
    });

    for (const greeting of [
      undefined,
      { mode: "none", text: "Hello." },
      { mode: "exact", text: " " },
      "Hello.",
    ]) {
      it(`nobody with ${JSON.stringify(greeting)}`, async () => {
        const flow = await deploy({ greeting });
        await flow.accept("text", { payload: "First." });
        assert.equal((await flow.message("transcript")).payload, "First.");
        assert.equal((await flow.received("response.create")).length, 1);
      });
    }
  });

  describe("tells Catch once, the status of all its nodes and every message", () => {
    const cases: Readonly<
      Record<string, readonly [session: object, says: RegExp]>
    > = {
      "that its settings are not JSON": [
        { settings: '{"instructions": ' },
        /settings to be JSON.*Correct it in the session node/,
      ],
      "that its settings are a list": [
        { settings: [] },
        /settings to be a JSON object.*Correct it in the session node/,
      ],
      "that its agent is not JSON": [
        { target: "agent", agent: "clerk" },
        /agent to be JSON.*session node/,
      ],
      "that it has no resource": [
        { resource: "" },
        /no resource.*Choose or add one in the session node/,
      ],
      "that it is renewed before it begins": [
        { sessionMinutes: 1, renewMarginSeconds: 60 },
        /renewed 60 s before its end, but lasts only 60 s.*smaller margin/,
      ],
      "that Node-RED has no such context store": [
        { historyStore: "cloud" },
        /no context store «cloud».*Choose another/,
      ],
      "that its resource is gone": [{ resource: "gone" }, /no resource/],
      "that its resource is none": [{ resource: "text" }, /no resource/],
    };
    for (const [what, [session, says]] of Object.entries(cases)) {
      it(what, async () => {
        const flow = await deploy(session);
        const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
        assert.match(error.message, says);
        assert.equal(flow.caught.length, 1);
        for (const { id } of NODES)
          assert.equal(
            flow.look(id),
            "red ring fault.VOICE_LIVE_CONFIGURATION",
          );
        assert.match(
          (await flow.refuse("text", { payload: "Hello." })).message,
          says,
        );
      });
    }
  });

  it("names the variable that a setting is taken from, however deep, when it is not set", async () => {
    const flow = await deploy({
      settings: { voice: { type: "azure-standard", name: "${NO_SUCH_VOICE}" } },
    });
    const { error } = await flow.fault("VOICE_LIVE_ENVIRONMENT");
    assert.match(
      error.message,
      /settings\.voice\.name is taken from the environment variable NO_SUCH_VOICE, which is not set.*Set NO_SUCH_VOICE/,
    );
  });

  it("reads the value of a variable by the type of its setting", async () => {
    process.env["TEST_THRESHOLD"] = "0.7";
    try {
      const flow = await deploy({
        settings: {
          turn_detection: {
            type: "server_vad",
            threshold: "${TEST_THRESHOLD}",
          },
        },
      });
      const [update] = await flow.received("session.update");
      assert.equal(update.session.turn_detection.threshold, 0.7);
    } finally {
      delete process.env["TEST_THRESHOLD"];
    }
  });

  describe("stops and says why at Catch and on the status, when", () => {
    const cases: Readonly<
      Record<string, readonly [session: object, code: string, says: RegExp]>
    > = {
      "there is no model": [
        { model: "" },
        "CONFIGURATION",
        /model is empty.*session node/,
      ],
      "the model's variable is not set": [
        { model: "${VOICE_MODEL}" },
        "ENVIRONMENT",
        /model is taken from the environment variable VOICE_MODEL, which is not set.*Set VOICE_MODEL/,
      ],
      "the agent has no project": [
        { target: "agent", agent: { name: "clerk" } },
        "CONFIGURATION",
        /project is empty.*session node/,
      ],
      "the service refuses a setting": [
        { settings: { temperature: "hot" } },
        "SETTINGS",
        /refuses the session's settings.*temperature.*Correct them in the session node/,
      ],
    };
    for (const [what, [session, code, says]] of Object.entries(cases)) {
      it(what, async () => {
        const flow = await deploy(session);
        const { error, voice } = await flow.fault(`VOICE_LIVE_${code}`);
        assert.match(error.message, says);
        assert.equal(voice.conversation, "default");
        await flow.looks("text", `red ring fault.VOICE_LIVE_${code}`);
        assert.equal(flow.caught.length, 1);
      });
    }
  });

  it("shows what goes on: thinking, speaking, ready again", async () => {
    const flow = await deploy(
      {},
      {
        nodes: [...NODES, SPEAKER],
        simulator: await nodeRed.simulator({
          script: [{ when: {}, do: [{ stall: 20 }, { say: "Yes." }] }],
        }),
      },
    );
    await flow.looks("text", "green dot ready");
    const from = flow.statuses.length;
    await flow.accept("text", { payload: "Hello." });
    await flow.message("out");
    await flow.looks("text", "green dot ready");
    const shown = flow.statuses
      .slice(from)
      .filter(({ id }) => id === "text")
      .map(
        ({ fill, shape, text }) => `${fill} ${shape} ${text.split(".").at(-1)}`,
      );
    assert.deepEqual(shown, [
      "blue ring thinking",
      "blue dot speaking",
      "green dot ready",
    ]);
  });

  it("shows that it connects, and that it connects again", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    (await flow.service()).drop();
    await flow.looks("text", "yellow ring reconnecting");
    await flow.looks("text", "green dot ready");
    assert.ok(flow.statuses.some(({ text }) => text.endsWith(".connecting")));
    assert.equal(
      (await flow.fault("VOICE_LIVE_NETWORK"))["error"].code,
      "VOICE_LIVE_NETWORK",
    );
  });

  it("closes its sockets in order when the flow stops", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    const service = await flow.service();
    const closed = new Promise<number>((resolve) =>
      service.once("close", resolve),
    );
    await flow.unload();
    assert.equal(await closed, 1000);
  });

  it("remembers as much as the node says", async () => {
    const service = await nodeRed.simulator();
    const flow = await deploy({ historyItems: 1 }, { simulator: service });
    await flow.looks("text", "green dot ready");
    await flow.accept("text", { payload: "One." });
    await flow.message("transcript", "the answer", ({ voice }) => voice.final);
    const [first] = service.sessions;
    first?.drop();
    const [note, ...rest] = await flow.until("the next session to know", () => {
      const next = service.sessions.find((session) => session !== first);
      const items = next?.items ?? [];
      return items.length > 1 && items.map(({ item }) => item);
    });
    assert.match(JSON.stringify(note), /conversation so far/);
    assert.equal(rest.length, 1);
  });

  it("goes on through a deploy that concerns other nodes", async () => {
    const flow = await deploy();
    await flow.looks("text", "green dot ready");
    const service = await flow.service();
    await flow.redeploy(
      NODES.map((node) =>
        node.id === "transcript" ? { ...node, partial: true } : node,
      ),
    );
    await flow.accept("text", { payload: "Hello." });
    await flow.message(
      "transcript",
      "a piece",
      ({ voice }) => voice.final === false,
    );
    assert.equal(await flow.service(), service);
    await flow.looks("transcript", "green dot ready");
  });
});
