import assert from "node:assert/strict";
import { decodeMulaw, parseWav, writeSample } from "../../lib/audio";
import { correlation, heardTurn, sha1 } from "../support/audio";
import {
  type Message,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";
import { at, recording, tone } from "../simulator/sounds";

const END = { payload: Buffer.alloc(0) };
/** More than the lead of paced output, so that pacing shows; a whole number of chunks. */
const MS = 400;
const PCM = tone(MS);

function isEvent(event: string): (msg: Message) => boolean {
  return ({ payload }) => payload === event;
}

function joined(messages: readonly Message[]): Buffer {
  return Buffer.concat(messages.map(({ payload }) => payload));
}

describe("voice-live-audio-out", () => {
  const nodeRed = useNodeRed();

  /** A flow that says back what it hears, and has said it when this resolves. */
  async function echo(
    config: object,
    {
      payload,
      rate,
      more = [],
    }: { payload?: Buffer; rate?: number; more?: readonly NodeConfig[] } = {},
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: "echo" });
    const flow = await nodeRed.deploy({
      simulator,
      session: { settings: { turn_detection: null } },
      nodes: [
        { id: "in", type: "voice-live-audio-in", atEnd: "respond" },
        { id: "out", type: "voice-live-audio-out", ...config },
        { id: "event", type: "voice-live-event", kinds: [], raw: true },
        ...more,
      ],
    });
    await flow.accept("in", { payload: payload ?? PCM, rate: rate ?? 24_000 });
    await flow.accept("in", END);
    await flow.message("out", "end", isEvent("end"), 1);
    return flow;
  }

  /** A flow in the middle of a long reply. */
  async function story(
    config: object,
    more: readonly NodeConfig[] = [],
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      nodes: [
        { id: "text", type: "voice-live-message" },
        { id: "out", type: "voice-live-audio-out", ...config },
        { id: "interrupt", type: "voice-live-interrupt" },
        { id: "event", type: "voice-live-event", kinds: [], raw: true },
        ...more,
      ],
    });
    await flow.accept("text", { payload: "Tell me a story." });
    await flow.message(
      "event",
      "response.done",
      ({ payload }) => payload.type === "response.done",
    );
    await flow.message("out");
    return flow;
  }

  /** Where in the order of all messages the service's last word about the reply came. */
  function doneAt(flow: TestFlow): number {
    return flow.sent.findIndex(
      ({ id, msg }) => id === "event" && msg.payload.type === "response.done",
    );
  }

  describe("paced", () => {
    it("hands out the reply bit by bit in chunks of 40 ms, at the speed at which it sounds", async () => {
      const flow = await echo({});
      const chunks = flow.from("out");
      assert.equal(sha1(joined(chunks)), sha1(PCM));
      assert.ok(chunks.every(({ payload }) => payload.length === 40 * 48));
      const lastAt = flow.sent.findLastIndex(
        ({ id, port }) => id === "out" && port === 0,
      );
      assert.ok(
        lastAt > doneAt(flow),
        "the service is done before the last chunk leaves",
      );
    });

    it("says of each chunk what it is and where in the reply it belongs", async () => {
      const flow = await echo({});
      let endMs = 0;
      for (const {
        rate,
        channels,
        bits,
        encoding,
        format,
        payload,
        voice,
      } of flow.from("out")) {
        assert.deepEqual(
          { rate, channels, bits, encoding, format },
          {
            rate: 24_000,
            channels: 1,
            bits: 16,
            encoding: "signed-integer",
            format: "raw",
          },
        );
        assert.equal(voice.startMs, endMs);
        assert.equal(voice.durationMs, payload.length / 48);
        endMs = voice.startMs + voice.durationMs;
      }
      assert.equal(endMs, MS);
    });

    it("says whose voice it is", async () => {
      const flow = await echo({});
      const service = await flow.service();
      const [chunk] = flow.from("out");
      const item = service.items.at(-1)?.item.id;
      assert.deepEqual(
        { ...chunk?.voice, responseId: "" },
        {
          conversation: "default",
          sessionId: service.id,
          generation: 0,
          responseId: "",
          itemId: item,
          startMs: 0,
          durationMs: 40,
        },
      );
      assert.match(chunk?.voice.responseId, /^resp_/);
    });

    it("tells start before the first chunk and end after the last", async () => {
      const flow = await echo({});
      const order = flow.sent
        .filter(({ id }) => id === "out")
        .map(({ port, msg }) => (port === 1 ? msg.payload : "audio"));
      assert.deepEqual([order[0], order.at(-1)], ["start", "end"]);
      assert.deepEqual(order.slice(1, -1), Array(10).fill("audio"));
      assert.deepEqual(
        flow.from("out", 1).map(({ voice }) => voice.playedMs),
        [0, MS],
      );
    });

    it("has chunks of the length that the node says", async () => {
      const flow = await echo({ chunkMs: 100, leadMs: "50" });
      assert.deepEqual(
        flow.from("out").map(({ voice }) => voice.durationMs),
        Array(4).fill(100),
      );
    });

    it("stops at an interruption: flush once with what was played, and nothing of the old reply after it", async () => {
      const flow = await story({});
      await flow.accept("interrupt");
      const flush = await flow.message("out", "flush", isEvent("flush"), 1);
      assert.equal(flush.voice.generation, 1);
      assert.ok(Number.isInteger(flush.voice.playedMs));
      const leftMs = flow
        .from("out")
        .reduce((sum, { voice }) => sum + voice.durationMs, 0);
      assert.ok(flush.voice.playedMs <= leftMs);
      // A whole next reply comes, so whatever the first one still had would have come as well.
      await flow.accept("text", { payload: "Hello." });
      await flow.message("out", "end", isEvent("end"), 1);
      assert.deepEqual(
        flow.from("out", 1).map(({ payload }) => payload),
        ["start", "flush", "start", "end"],
      );
      const afterFlush = flow.sent
        .slice(flow.sent.findIndex(({ msg }) => msg === flush))
        .filter(({ id, port }) => id === "out" && port === 0);
      assert.ok(afterFlush.length > 0);
      assert.ok(
        afterFlush.every(
          ({ msg }) =>
            msg.voice.generation === 1 &&
            msg.voice.responseId !== flush.voice.responseId,
        ),
      );
    });
  });

  it("as received hands out everything before the service is done", async () => {
    const flow = await echo({ mode: "received" });
    const lastAt = flow.sent.findLastIndex(
      ({ id, port }) => id === "out" && port === 0,
    );
    assert.ok(lastAt < doneAt(flow));
    assert.equal(sha1(joined(flow.from("out"))), sha1(PCM));
    assert.deepEqual(
      flow
        .from("out", 1)
        .map(({ payload, voice }) => [payload, voice.playedMs]),
      [
        ["start", 0],
        ["end", MS],
      ],
    );
  });

  it("as a whole reply hands out one Buffer", async () => {
    const flow = await echo({ mode: "reply" });
    const [reply, ...others] = flow.from("out");
    assert.equal(others.length, 0);
    assert.equal(sha1(reply?.payload), sha1(PCM));
    assert.deepEqual([reply?.voice.startMs, reply?.voice.durationMs], [0, MS]);
  });

  it("as a whole reply of several items hands out one Buffer too", async () => {
    const flow = await story({ mode: "reply" });
    const reply = await flow.message("out");
    assert.equal(reply["format"], "raw");
    assert.equal(flow.from("out").length, 1);
    const said = (await flow.service()).items.flatMap(({ item, sound }) =>
      item.type === "message" && item.role === "assistant" && sound
        ? [sound.pcm]
        : [],
    );
    assert.equal(sha1(reply.payload), sha1(Buffer.concat(said)));
  });

  it("writes a WAV", async () => {
    const flow = await echo({ mode: "reply", format: "wav" });
    const [reply] = flow.from("out");
    const { data, ...format } = parseWav(reply?.payload);
    assert.equal(reply?.["format"], "wav");
    assert.deepEqual(
      {
        rate: format.sampleRate,
        channels: format.channels,
        bits: format.bits,
        encoding: format.encoding,
      },
      { rate: 24_000, channels: 1, bits: 16, encoding: "signed-integer" },
    );
    assert.equal(sha1(data), sha1(PCM));
  });

  it("writes base64", async () => {
    const flow = await echo({ mode: "received", as: "base64" });
    assert.equal(
      sha1(
        Buffer.concat(
          flow.from("out").map(({ payload }) => Buffer.from(payload, "base64")),
        ),
      ),
      sha1(PCM),
    );
  });

  it("writes a data URL that a browser plays", async () => {
    const flow = await echo({ mode: "reply", format: "wav", as: "data-url" });
    const url: string = flow.from("out")[0]?.payload;
    const start = "data:audio/wav;base64,";
    assert.ok(url.startsWith(start));
    assert.equal(
      sha1(parseWav(Buffer.from(url.slice(start.length), "base64")).data),
      sha1(PCM),
    );
  });

  describe("converts to", () => {
    it("μ-law at 8 kHz", async () => {
      const flow = await echo({
        mode: "reply",
        rate: 8_000,
        encoding: "mu-law",
      });
      const [reply] = flow.from("out");
      assert.deepEqual(
        [reply?.["rate"], reply?.["bits"], reply?.["encoding"]],
        [8_000, 8, "mu-law"],
      );
      assert.equal(reply?.payload.length, MS * 8);
      assert.ok(
        correlation(decodeMulaw(reply?.payload), tone(MS, 8_000)) > 0.99,
      );
    });

    it("floating point at 48 kHz", async () => {
      const flow = await echo({
        mode: "reply",
        rate: "48000",
        encoding: "floating-point",
      });
      const [reply] = flow.from("out");
      assert.deepEqual(
        [reply?.["rate"], reply?.["bits"], reply?.["encoding"]],
        [48_000, 32, "floating-point"],
      );
      const samples = Buffer.alloc(reply?.payload.length / 2);
      for (let i = 0; i * 4 < reply?.payload.length; i++)
        writeSample(samples, i, reply?.payload.readFloatLE(i * 4) * 32_768);
      assert.equal(samples.length, MS * 96);
      assert.ok(correlation(samples, tone(MS, 48_000)) > 0.99);
    });

    it("A-law", async () => {
      const flow = await echo({ mode: "reply", encoding: "a-law" });
      const [reply] = flow.from("out");
      assert.deepEqual(
        [reply?.["bits"], reply?.["encoding"], reply?.payload.length],
        [8, "a-law", MS * 24],
      );
    });

    for (const rate of [16_000, 22_050, 44_100]) {
      it(`${rate} Hz in paced chunks that leave no gap`, async () => {
        const flow = await echo({ rate });
        const chunks = flow.from("out");
        assert.ok(
          Math.abs(joined(chunks).length / 2 - (rate * MS) / 1_000) <= 1,
        );
        assert.ok(correlation(joined(chunks), tone(MS, rate)) > 0.99);
        let endMs = 0;
        for (const { voice } of chunks) {
          assert.ok(Math.abs(voice.startMs - endMs) < 0.001);
          endMs = voice.startMs + voice.durationMs;
        }
      });
    }
  });

  describe("with a device for its format", () => {
    it("sends a telephone messages of 20 ms, at the speed at which they sound", async () => {
      const flow = await echo({ format: "telephone-a-law", chunkMs: 100 });
      const chunks = flow.from("out");
      assert.equal(chunks.length, MS / 20);
      assert.ok(
        chunks.every(
          ({ payload, encoding, rate }) =>
            payload.length === 160 && encoding === "a-law" && rate === 8_000,
        ),
      );
    });

    it("sends a browser each reply as one data URL", async () => {
      const flow = await echo({ format: "dashboard-2", mode: "paced" });
      const [reply, ...others] = flow.from("out");
      assert.equal(others.length, 0);
      const wav = Buffer.from(reply?.payload.split(",")[1], "base64");
      assert.equal(sha1(parseWav(wav).data), sha1(PCM));
    });

    it("sends speakerpi each reply as a WAV in msg.speech", async () => {
      const flow = await echo({ format: "speakerpi" });
      const [reply, ...others] = flow.from("out");
      assert.equal(others.length, 0);
      assert.deepEqual(
        [reply?.["samplerate"], reply?.["bitdepth"]],
        [22_050, 16],
      );
      const { data } = parseWav(reply?.["speech"]);
      assert.ok(correlation(data, tone(MS, 22_050)) > 0.99);
    });
  });

  it("writes 24 bits on two channels", async () => {
    const flow = await echo({ encoding: "signed-integer-24", channels: "2" });
    const data = joined(flow.from("out"));
    const [chunk] = flow.from("out");
    assert.deepEqual([chunk?.["bits"], chunk?.["channels"]], [24, 2]);
    assert.equal(data.length, PCM.length * 3);
    for (let i = 0; i * 2 < PCM.length; i++) {
      const [left, right] = [
        data.readIntLE(i * 6, 3),
        data.readIntLE(i * 6 + 3, 3),
      ];
      assert.deepEqual(
        [left, right],
        Array(2).fill(PCM.readInt16LE(i * 2) * 256),
      );
    }
  });

  it("gives back a recorded voice that came in at another rate", async () => {
    const voice = recording("question-hello.wav");
    const flow = await echo(
      { mode: "received" },
      { payload: at(voice, 48_000), rate: 48_000 },
    );
    assert.ok(correlation(joined(flow.from("out")), voice) >= 0.99);
  });

  for (const mode of ["paced", "received", "reply"]) {
    it(`gives each ${mode} message memory of its own, also where two nodes hear the same reply`, async () => {
      const flow = await echo(
        { mode },
        { more: [{ id: "other", type: "voice-live-audio-out", mode }] },
      );
      await flow.message("other", "end", isEvent("end"), 1);
      const [first, ...rest] = [...flow.from("out"), ...flow.from("other")].map(
        ({ payload }): Buffer => payload,
      );
      assert.ok(first);
      const before = rest.map(sha1);
      first.fill(0x55);
      assert.deepEqual(rest.map(sha1), before);
      assert.notEqual(sha1((await heardTurn(flow)).pcm), sha1(first));
    });
  }

  it("does not write into the memory of messages that have left, whatever comes later", async () => {
    const flow = await echo({ mode: "received" });
    const early = flow
      .from("out")
      .map(({ payload }) => [payload, sha1(payload)] as const);
    await flow.accept("in", { payload: tone(300, 24_000, 0.5) });
    await flow.accept("in", END);
    await flow.until(
      "the second reply to end",
      () => flow.from("out", 1).length === 4,
    );
    for (const [payload, hash] of early) assert.equal(sha1(payload), hash);
  });

  it("says nothing any more once the flow is closed in the middle of a reply", async () => {
    // What leaves after close is found by the check that follows each test.
    const flow = await story({});
    assert.equal(flow.look("out"), "blue dot speaking");
  });

  it("shows that it has no session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [{ id: "out", type: "voice-live-audio-out", session: "gone" }],
    });
    assert.equal(flow.look("out"), "red ring noSession");
  });
});
