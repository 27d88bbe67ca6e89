import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import { exchange, fakeTime, pass } from "../flows/fake-time";
import { tone } from "../simulator/sounds";
import { useNodeRed, type Message, type TestFlow } from "../support/flow";

const CHUNK_MS = 40;
/** How far the device of these tests is behind the estimate. */
const LAG_MS = 500;
const NODES = [
  { id: "text", type: "voice-live-message" },
  {
    id: "out",
    type: "voice-live-audio-out",
    chunkMs: CHUNK_MS,
    leadMs: 200,
  },
  { id: "interrupt", type: "voice-live-interrupt" },
  { id: "event", type: "voice-live-event", kinds: ["error"], raw: true },
];

describe("voice-live-played", () => {
  const nodeRed = useNodeRed();
  let clock: Clock;

  beforeEach(() => (clock = fakeTime()));
  afterEach(() => clock.uninstall());

  /** A flow whose assistant answers every text with a tone of as many milliseconds. */
  async function deploy(
    config: object = {},
    session: object = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({
      behaviours: [
        ({ text }) => [
          {
            play: { pcm: tone(Number(text)), sampleRate: 24_000 },
            transcript: "one two three four five",
          },
        ],
      ],
    });
    return nodeRed.deploy({
      simulator,
      session: { settings: { turn_detection: null }, ...session },
      nodes: [...NODES, { id: "played", type: "voice-live-played", ...config }],
    });
  }

  /** Has the assistant speak; when this resolves, the reply begins to sound and all of it has come. */
  async function speak(flow: TestFlow, ms: number): Promise<Message> {
    const isDone = ({ payload }: Message): boolean =>
      payload.type === "response.done";
    const before = flow.from("event").filter(isDone).length;
    await flow.accept("text", { payload: String(ms) });
    await flow.until(
      "the reply",
      () => flow.from("event").filter(isDone).length > before,
    );
    return flow.from("out").at(-1)!; // the first pieces leave at once
  }

  /** Interrupts the assistant. @returns what was heard, as the flow and as the service are told */
  async function heard(flow: TestFlow): Promise<number> {
    const before = flow.from("interrupt").length;
    await flow.accept("interrupt");
    const { payload, voice } = await flow.until(
      "the interruption",
      () => flow.from("interrupt")[before],
    );
    const truncates = await flow.received(
      "conversation.item.truncate",
      before + 1,
    );
    const { item_id: itemId, audio_end_ms: audioEndMs } = truncates.at(-1)!; // there is one
    assert.deepEqual([itemId, audioEndMs], [voice.itemId, payload.heardMs]);
    await flow.message(
      "event",
      "the confirmation",
      (msg) =>
        msg.payload.type === "conversation.item.truncated" &&
        msg.payload.item_id === itemId,
    );
    assert.deepEqual(
      flow.from("event").filter(({ topic }) => topic === "error"),
      [],
    );
    return payload.heardMs;
  }

  function sentMs(flow: TestFlow): number {
    return flow
      .from("out")
      .reduce((sum, { voice }) => sum + voice.durationMs, 0);
  }

  describe("moves what was heard to where the device is, counted in", () => {
    const cases: Readonly<
      Record<string, [config: object, report: (ms: number) => object]>
    > = {
      milliseconds: [{}, (payload) => ({ payload })],
      "milliseconds as a text": [{}, (ms) => ({ payload: ` ${ms} ` })],
      "samples at the node's rate": [
        { unit: "samples", rate: 16_000 },
        (ms) => ({ payload: ms * 16 }),
      ],
      "samples at the message's rate": [
        { unit: "samples", rate: 16_000 },
        (ms) => ({ payload: ms * 8, rate: "8000" }),
      ],
      "samples at 24 kHz, when nothing says the rate": [
        { unit: "samples" },
        (ms) => ({ payload: ms * 24, bits: 8, channels: 2 }),
      ],
      "bytes of 16-bit mono samples": [
        { unit: "bytes" },
        (ms) => ({ payload: ms * 48 }),
      ],
      "bytes of the samples that the message describes": [
        { unit: "bytes", rate: 24_000 },
        (ms) => ({ payload: ms * 192, rate: 48_000, bits: 8, channels: 4 }),
      ],
    };
    for (const [unit, [config, report]] of Object.entries(cases)) {
      it(unit, async () => {
        const flow = await deploy(config);
        await speak(flow, 6_000);
        for (let elapsedMs = 0; elapsedMs < 3_000; elapsedMs += 100) {
          await flow.accept("played", report(Math.max(0, elapsedMs - LAG_MS)));
          await pass(clock, 100);
        }
        const heardMs = await heard(flow);
        assert.ok(
          Math.abs(heardMs - (3_000 - LAG_MS)) <= CHUNK_MS,
          `${heardMs} ms`,
        );
      });
    }
  });

  it("leaves the estimate alone without a report", async () => {
    const flow = await deploy();
    await speak(flow, 6_000);
    await pass(clock, 3_000);
    assert.equal(await heard(flow), 3_000);
  });

  it("takes a position inside the item that the message names", async () => {
    const flow = await deploy();
    const { voice } = await speak(flow, 6_000);
    await pass(clock, 3_000);
    const { itemId } = voice;
    await flow.accept("played", { payload: 2_200, voice: { itemId } });
    await pass(clock, 100);
    assert.equal(await heard(flow), 2_300);
  });

  it("moves the end of the reply", async () => {
    const flow = await deploy();
    await speak(flow, 2_000);
    await pass(clock, 1_000);
    await flow.accept("played", { payload: 1_000 - LAG_MS });
    await pass(clock, 1_000 + LAG_MS - 40);
    assert.deepEqual(
      flow.from("out", 1).map(({ payload }) => payload),
      ["start"],
    );
    await pass(clock, 80);
    const { voice } = await flow.message(
      "out",
      "end",
      ({ payload }) => payload === "end",
      1,
    );
    assert.equal(voice.playedMs, 2_000);
  });

  it("ignores an item that is over", async () => {
    const flow = await deploy();
    const first = await speak(flow, 1_000);
    await pass(clock, 400);
    await speak(flow, 4_000);
    await pass(clock, 1_600);
    const { itemId } = first.voice;
    await flow.accept("played", { payload: 300, voice: { itemId } });
    assert.equal(await heard(flow), 1_000);
  });

  it("ignores an item that nobody knows", async () => {
    const flow = await deploy();
    await speak(flow, 4_000);
    await pass(clock, 2_000);
    await flow.accept("played", {
      payload: 300,
      voice: { itemId: "item_of_nobody" },
    });
    assert.equal(await heard(flow), 2_000);
  });

  it("counts a report from the future as all that was sent", async () => {
    const flow = await deploy();
    await speak(flow, 6_000);
    await pass(clock, 1_000);
    await flow.accept("played", { payload: 60_000 });
    const heardMs = await heard(flow);
    assert.equal(heardMs, sentMs(flow));
    assert.ok(heardMs >= 1_160 && heardMs <= 1_200, `${heardMs} ms`);
  });

  it("ignores a report about audio that was flushed", async () => {
    const flow = await deploy();
    const { voice: old } = await speak(flow, 6_000);
    await pass(clock, 2_000);
    await heard(flow);
    await speak(flow, 6_000);
    await pass(clock, 1_000);
    const { generation } = old;
    await flow.accept("played", { payload: 400, voice: { generation } });
    assert.equal(await heard(flow), 1_000);
  });

  it("takes a report of the present generation", async () => {
    const flow = await deploy();
    const { voice } = await speak(flow, 6_000);
    await pass(clock, 1_000);
    const { generation } = voice;
    await flow.accept("played", { payload: 400, voice: { generation } });
    assert.equal(await heard(flow), 400);
  });

  it("changes nothing when nothing sounds", async () => {
    const flow = await deploy();
    await flow.accept("played", { payload: 700 });
    await flow.looks("played", "green dot ready");
    await flow.accept("played", { payload: 700 });
    await speak(flow, 2_000);
    await pass(clock, 1_000);
    assert.equal(await heard(flow), 1_000);
  });

  it("corrects one of many conversations, and begins none", async () => {
    const flow = await deploy(
      {},
      {
        conversations: "keyed",
        key: "caller",
        connect: "input",
        maxConversations: 2,
      },
    );
    for (const caller of ["anna", "bert"])
      await flow.accept("text", { payload: "6000", caller });
    await flow.until(
      "both to hear something",
      () =>
        new Set(flow.from("out").map(({ voice }) => voice.conversation))
          .size === 2,
    );
    await exchange();
    await pass(clock, 2_000);
    await flow.accept("played", { payload: 1_500, caller: "anna" });
    await flow.accept("played", {
      payload: 1_700,
      voice: { conversation: "bert" },
    });
    await flow.accept("played", { payload: 1_900, caller: "nobody" });
    for (const caller of ["anna", "bert"])
      await flow.accept("interrupt", { caller });
    await flow.until(
      "both interruptions",
      () => flow.from("interrupt").length === 2,
    );
    assert.deepEqual(
      flow
        .from("interrupt")
        .map(({ payload, voice }) => [voice.conversation, payload.heardMs]),
      [
        ["anna", 1_500],
        ["bert", 1_700],
      ],
    );
  });

  describe("refuses", () => {
    const positions: Readonly<Record<string, unknown>> = {
      "a negative number": -1,
      "not a number": NaN,
      infinity: Infinity,
      "the text of infinity": "Infinity",
      "an empty text": "",
      "a text with a unit": "300 ms",
      nothing: undefined,
      null: null,
      "a truth value": true,
      "a Buffer": Buffer.from("300"),
      "a list": [300],
      "an object": { ms: 300 },
    };
    for (const [what, payload] of Object.entries(positions)) {
      it(`${what} as a position`, async () => {
        const flow = await deploy();
        const error = await flow.refuse("played", { payload });
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        assert.match(error.message, /no played position.*Send a number of ms/);
        await flow.accept("played", { payload: 300 });
        assert.doesNotMatch(flow.look("played"), /fault/);
      });
    }

    const descriptions: Readonly<Record<string, object>> = {
      "a rate of 0": { rate: 0 },
      "a rate that is a word": { rate: "fast" },
      "more channels than there are": { channels: 64 },
      "samples of no bits": { bits: 0 },
    };
    for (const [what, description] of Object.entries(descriptions)) {
      it(what, async () => {
        const flow = await deploy({ unit: "bytes" });
        const error = await flow.refuse("played", {
          payload: 300,
          ...description,
        });
        assert.equal(error.code, "VOICE_LIVE_PAYLOAD");
        const [property] = Object.keys(description);
        assert.match(error.message, new RegExp(`msg\\.${property} is .*Use`));
      });
    }

    it("a message without a conversation key, where many are served", async () => {
      const flow = await deploy(
        {},
        { conversations: "keyed", key: "caller", connect: "input" },
      );
      const error = await flow.refuse("played", { payload: 300 });
      assert.equal(error.code, "VOICE_LIVE_KEY");
    });

    it("everything without a session", async () => {
      const flow = await nodeRed.deploy({
        nodes: [{ id: "played", type: "voice-live-played", session: "gone" }],
      });
      assert.equal(flow.look("played"), "red ring noSession");
      const error = await flow.refuse("played", { payload: 300 });
      assert.equal(error.code, "VOICE_LIVE_NO_SESSION");
    });
  });
});
