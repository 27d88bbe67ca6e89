import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import type { Behaviour } from "../../lib/simulator";
import { tone } from "../simulator/sounds";
import {
  type Message,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";
import { later } from "../support/later";

const NODES: readonly NodeConfig[] = [
  { id: "text", type: "voice-live-message" },
  { id: "in", type: "voice-live-audio-in" },
  { id: "control", type: "voice-live-control" },
  { id: "out", type: "voice-live-audio-out", chunkMs: 20 },
  {
    id: "event",
    type: "voice-live-event",
    kinds: ["ready", "usage", "turn", "warning", "closed"],
  },
];
const REPLY_MS = 300;
/** A caller, and what a message to it looks like. */
const from = (id: string, fields: object = {}): object => ({
  _session: { id },
  ...fields,
});
/** How long a device has to pause after a limit. */
const REST_MS = 10_000;
const SOUND = { payload: Buffer.alloc(1_920), rate: 24_000 };
const KEYED = { conversations: "keyed", connect: "input" };

const answer: Behaviour = () => [
  { play: { pcm: tone(REPLY_MS), sampleRate: 24_000 }, transcript: "words" },
];

/** How often the status of a day's limit is looked at again. */
const RECHECK_MS = 60_000;

describe("voice-live-session limits", () => {
  const nodeRed = useNodeRed();

  async function deploy(session: object): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ behaviours: [answer] });
    return nodeRed.deploy({ simulator, session, nodes: NODES });
  }

  const told = (
    flow: TestFlow,
    topic: string,
    caller = "default",
  ): Promise<Message> =>
    flow.message(
      "event",
      `${topic} of ${caller}`,
      (msg) => msg.topic === topic && msg.voice.conversation === caller,
    );

  function topics(flow: TestFlow, caller: string): readonly string[] {
    return flow
      .from("event")
      .filter(({ voice }) => voice.conversation === caller)
      .map(({ topic }) => topic);
  }

  it("let the reply be heard to its end, then close, with a warning that names the limit", async () => {
    const flow = await deploy({ maxTokens: 1 });
    await flow.looks("text", "green dot ready");
    await flow.accept("text", { payload: "Hello" });
    const { payload } = await told(flow, "closed");
    assert.deepEqual(payload, { reason: "limit" });
    const warning = await told(flow, "warning");
    assert.deepEqual(warning.payload, {
      code: "limit",
      message: "The limit of 1 tokens a conversation is reached",
      nextStep:
        "Begin another conversation, or raise the limit in the session node.",
      limit: "maxTokens",
      value: 1,
    });
    assert.deepEqual(topics(flow, "default"), [
      "ready",
      "usage",
      "turn",
      "warning",
      "closed",
    ]);
    const heardMs = flow
      .from("out")
      .reduce((sum, { voice }) => sum + Number(voice.durationMs), 0);
    assert.equal(Math.round(heardMs), REPLY_MS);
    assert.deepEqual(
      flow.from("out", 1).map((event) => event.payload),
      ["start", "end"],
    );
  });

  it("end one conversation, and the others go on", async () => {
    const flow = await deploy({ ...KEYED, maxTokens: 1 });
    await flow.accept("in", from("b", SOUND));
    await told(flow, "ready", "b");
    await flow.accept("text", from("a", { payload: "Hello" }));
    await told(flow, "closed", "a");
    assert.deepEqual(topics(flow, "b"), ["ready"]);
    await flow.accept("in", from("b", SOUND));
    assert.deepEqual(flow.caught, []);
  });

  it("keep a device that goes on sending from beginning anew, until the flow says so", async () => {
    const flow = await deploy({ ...KEYED, maxTokens: 1 });
    await flow.accept("text", from("a", { payload: "Hello" }));
    await told(flow, "closed", "a");
    const fault = await flow.refuse("in", from("a", SOUND));
    assert.equal(fault.code, "VOICE_LIVE_LIMIT");
    assert.match(fault.message, /ended by a limit.*Pause for 10 seconds or/);
    await flow.accept("control", from("a", { action: "connect" }));
    await flow.until(
      "the next session",
      () => topics(flow, "a").filter((topic) => topic === "ready").length === 2,
    );
    await flow.accept("in", from("a", SOUND));
  });

  for (const [connect, comesBack] of [
    ["deploy", true],
    ["input", true],
    ["command", false],
  ] as const)
    it(`${comesBack ? "let" : "do not let"} the one conversation of ${connect} come back after a pause`, async () => {
      const flow = await deploy({ connect, maxTokens: 1 });
      await flow.accept("control", { action: "connect" });
      await flow.looks("text", "green dot ready");
      await flow.accept("text", { payload: "Hello" });
      await told(flow, "closed");
      await flow.accept("control", { action: "unmute" });
      const fault = await flow.refuse("text", { payload: "Again" });
      if (comesBack)
        assert.match(fault.message, /ended by a limit.*10 seconds/);
      else assert.equal(fault.code, "VOICE_LIVE_NOT_CONNECTED");
      await later(REST_MS, async () => {
        if (comesBack) await flow.accept("text", { payload: "Again" });
        else await flow.refuse("text", { payload: "Again" });
      });
    });

  it("leave a conversation alone that the flow has disconnected", async () => {
    const flow = await deploy({ maxTokens: 1_000_000 });
    await flow.looks("text", "green dot ready");
    await flow.accept("control", { action: "disconnect" });
    const fault = await flow.refuse("text", { payload: "Again" });
    assert.equal(fault.code, "VOICE_LIVE_NOT_CONNECTED");
  });

  it("take no more from the user once they are reached", async () => {
    const flow = await deploy({ maxTokens: 1 });
    await flow.looks("text", "green dot ready");
    await flow.accept("text", { payload: "Hello" });
    await told(flow, "warning");
    const fault = await flow.refuse("text", { payload: "And then?" });
    assert.equal(fault.code, "VOICE_LIVE_LIMIT");
    assert.match(fault.message, /is ending.*closed event/);
    await told(flow, "closed");
  });

  describe("of a day", () => {
    const LIMITED = { ...KEYED, dayTokens: 1 };

    /** Two callers, one of whom uses up the day. */
    async function useUp(): Promise<TestFlow> {
      const flow = await deploy(LIMITED);
      await flow.accept("in", from("b", SOUND));
      await told(flow, "ready", "b");
      await flow.accept("text", from("a", { payload: "Hello" }));
      for (const caller of ["a", "b"]) {
        const { payload } = await told(flow, "warning", caller);
        assert.deepEqual(
          [payload.code, payload.limit, payload.value],
          ["limit", "dayTokens", 1],
        );
        assert.deepEqual((await told(flow, "closed", caller)).payload, {
          reason: "limit",
        });
      }
      return flow;
    }

    async function refuses(flow: TestFlow): Promise<void> {
      for (const [node, msg] of [
        ["text", from("c", { payload: "Hello" })],
        ["control", from("a", { action: "connect" })],
        ["control", from("d", { action: "connect" })],
      ] as const) {
        const fault = await flow.refuse(node, msg);
        assert.equal(fault.code, "VOICE_LIVE_LIMIT");
        assert.match(fault.message, /1 tokens a day.*after midnight, or raise/);
      }
    }

    it("end all conversations, and refuse new ones and those that come back", async () => {
      await refuses(await useUp());
    });

    it("are not given back by a redeploy of the session node", async () => {
      const flow = await useUp();
      await flow.redeploy(NODES, { ...LIMITED, greeting: { mode: "none" } });
      await refuses(flow);
    });

    it("can be raised by a redeploy", async () => {
      const flow = await useUp();
      await flow.redeploy(NODES, { ...LIMITED, dayTokens: 1_000_000 });
      await flow.accept("text", from("c", { payload: "Hello" }));
      const { payload } = await told(flow, "usage", "c");
      assert.equal(payload.conversation_tokens, payload.total_tokens);
      assert.ok(payload.day_tokens > payload.conversation_tokens);
    });

    it("show on the nodes, also after a redeploy, until they are raised", async () => {
      const flow = await deploy({ dayTokens: 1 });
      await flow.looks("text", "green dot ready");
      await flow.accept("text", { payload: "Hello" });
      await told(flow, "closed");
      await flow.looks("in", "red ring fault.VOICE_LIVE_LIMIT");
      await flow.redeploy(NODES, { dayTokens: 1, greeting: { mode: "none" } });
      await flow.looks("in", "red ring fault.VOICE_LIVE_LIMIT");
      await flow.redeploy(NODES, { dayTokens: 1_000_000 });
      await flow.looks("in", "green dot ready");
    });

    it("show no longer than the day lasts, though nothing happens at midnight", async () => {
      const flow = await deploy({ dayTokens: 1 });
      await flow.looks("text", "green dot ready");
      const clock = FakeTimers.install({
        now: Date.now(),
        toFake: ["Date", "setTimeout", "clearTimeout"],
        shouldAdvanceTime: true,
        shouldClearNativeTimers: true,
      });
      try {
        await flow.accept("text", { payload: "Hello" });
        await told(flow, "closed");
        await flow.looks("in", "red ring fault.VOICE_LIVE_LIMIT");
        clock.tick(RECHECK_MS);
        clock.setSystemTime(new Date().setHours(24, 0, 1));
        assert.equal(flow.look("in"), "red ring fault.VOICE_LIVE_LIMIT");
        clock.tick(RECHECK_MS);
        await flow.looks("in", "grey ring idle");
      } finally {
        clock.uninstall();
      }
    });

    it("are told to Catch where the flow itself would connect", async () => {
      const flow = await deploy({ dayTokens: 1 });
      await flow.looks("text", "green dot ready");
      await flow.accept("text", { payload: "Hello" });
      await told(flow, "closed");
      await flow.redeploy(NODES, { dayTokens: 1, greeting: { mode: "none" } });
      const { error } = await flow.fault("VOICE_LIVE_LIMIT");
      assert.match(error.message, /1 tokens a day/);
    });
  });

  for (const [limit, value] of [
    ["maxMinutes", "five"],
    ["maxTokens", -1],
    ["dayMinutes", Infinity],
    ["dayTokens", {}],
  ] as const) {
    it(`refuse to run with ${limit} that cannot be read`, async () => {
      const flow = await deploy({ [limit]: value });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(
        error.message,
        new RegExp(`«${limit}» of the session node is .*a number from 0 up`),
      );
    });
  }

  for (const name of ["conversations", "connect", "target", "echo"])
    it(`are not run by a session whose ${name} is mistyped`, async () => {
      const flow = await deploy({ [name]: "banana" });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(
        error.message,
        new RegExp(`«${name}» of the session node is "banana"`),
      );
    });

  for (const value of ["", "0", 0, undefined, "1e6"]) {
    it(`run with ${JSON.stringify(value)}`, async () => {
      const flow = await deploy({ maxTokens: value, dayMinutes: value });
      await flow.looks("text", "green dot ready");
    });
  }
});
