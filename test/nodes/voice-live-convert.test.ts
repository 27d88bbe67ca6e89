import assert from "node:assert/strict";
import {
  Converter,
  encodeMulaw,
  interleave,
  parseWav,
  SAMPLE_FORMATS,
  silence,
  writeWav,
  type AudioFormat,
  type TargetFormat,
} from "../../lib/audio";
import { cutAnywhere, noise, randomFrom } from "../audio/signals";
import { sha1 } from "../support/audio";
import { type Message, type TestFlow, useNodeRed } from "../support/flow";
import { tone } from "../simulator/sounds";

const END = { payload: Buffer.alloc(0) };
const PCM16 = { encoding: "signed-integer", sampleRate: 16_000 } as const;

function converted(data: Buffer, from: AudioFormat, to: TargetFormat): Buffer {
  const converter = new Converter({ from, to });
  return Buffer.concat([converter.push(data), converter.flush()]);
}

function joined(messages: readonly Message[]): Buffer {
  return Buffer.concat(messages.map(({ payload }): Buffer => payload));
}

describe("voice-live-convert", () => {
  const nodeRed = useNodeRed();

  function deploy(config: object = {}): Promise<TestFlow> {
    return nodeRed.deploy({
      nodes: [{ id: "convert", type: "voice-live-convert", ...config }],
    });
  }

  it("gives for any cutting what it gives for the whole", async () => {
    const data = noise(40_000, randomFrom(1));
    const flow = await deploy({
      fromFormat: "raw",
      fromRate: "16000",
      fromChannels: 2,
      fromEncoding: "signed-integer-24",
      rate: 48_000,
      encoding: "floating-point",
    });
    const chunks = cutAnywhere(data, 3_000, randomFrom(2));
    for (const payload of chunks.filter(({ length }) => length > 0))
      await flow.accept("convert", { payload });
    await flow.accept("convert", END);
    const expected = converted(
      data,
      {
        ...SAMPLE_FORMATS["signed-integer-24"],
        sampleRate: 16_000,
        channels: 2,
      },
      { encoding: "floating-point", sampleRate: 48_000 },
    );
    assert.equal(sha1(joined(flow.from("convert"))), sha1(expected));
    assert.deepEqual(flow.from("convert").at(-1)?.payload, Buffer.alloc(0));
  });

  it("describes what it gives", async () => {
    const flow = await deploy({ rate: 8_000, encoding: "mu-law" });
    await flow.accept("convert", { payload: tone(400), topic: "kept" });
    const { rate, channels, bits, encoding, format, topic } =
      await flow.message("convert");
    assert.deepEqual(
      { rate, channels, bits, encoding, format, topic },
      {
        rate: 8_000,
        channels: 1,
        bits: 8,
        encoding: "mu-law",
        format: "raw",
        topic: "kept",
      },
    );
  });

  it("keeps one stream for each conversation", async () => {
    const flow = await deploy({ rate: 24_000 });
    const [one, other] = [
      noise(8_000, randomFrom(3)),
      noise(8_000, randomFrom(4)),
    ];
    const say = (payload: Buffer, conversation: string): Promise<void> =>
      flow.accept("convert", {
        payload,
        rate: 16_000,
        voice: { conversation },
      });
    for (let at = 0; at < 8_000; at += 801) {
      await say(one.subarray(at, at + 801), "one");
      await say(other.subarray(at, at + 801), "other");
    }
    await say(Buffer.alloc(0), "one");
    await say(Buffer.alloc(0), "other");
    for (const [key, data] of [
      ["one", one],
      ["other", other],
    ] as const) {
      const own = flow
        .from("convert")
        .filter(({ voice }) => voice.conversation === key);
      assert.equal(
        sha1(joined(own)),
        sha1(
          converted(
            data,
            { ...PCM16, channels: 1 },
            { ...PCM16, sampleRate: 24_000 },
          ),
        ),
        key,
      );
    }
  });

  it("cuts into messages of equal length and gives the rest at the end", async () => {
    const flow = await deploy({ chunkMs: 20, rate: 16_000 });
    const data = noise(2 * 16 * 50, randomFrom(5));
    const voice = { conversation: "a", startMs: 0, durationMs: 50 };
    await flow.accept("convert", { payload: data, rate: 16_000, voice });
    await flow.accept("convert", { event: "end", voice });
    const messages = flow.from("convert");
    assert.deepEqual(
      messages.map(({ payload }) => payload.length),
      [640, 640, 320, 0],
    );
    assert.equal(sha1(joined(messages)), sha1(data));
    assert.deepEqual(
      messages.map(({ event }) => event),
      [undefined, undefined, undefined, "end"],
    );
    assert.deepEqual(messages[0]?.voice, { conversation: "a" });
    assert.notEqual(messages[0]?.voice, messages[1]?.voice);
  });

  it("gives one message for each whole recording, its end included", async () => {
    const flow = await deploy({ each: "whole", format: "wav", as: "data-url" });
    const data = noise(16_000, randomFrom(6));
    const file = writeWav(data, { sampleRate: 16_000 });
    await flow.accept("convert", { payload: file });
    await flow.accept("convert", { payload: file });
    const messages = flow.from("convert");
    assert.equal(messages.length, 2);
    for (const { payload, format } of messages) {
      assert.equal(format, "wav");
      const wav = parseWav(Buffer.from(payload.split(",")[1], "base64"));
      assert.equal(wav.sampleRate, 24_000);
      assert.equal(
        sha1(wav.data),
        sha1(
          converted(
            data,
            { ...PCM16, channels: 1 },
            { ...PCM16, sampleRate: 24_000 },
          ),
        ),
      );
    }
  });

  it("goes on without a gap over headers in front of every message", async () => {
    const flow = await deploy();
    const data = noise(9_600, randomFrom(7));
    for (let at = 0; at < data.length; at += 640)
      await flow.accept("convert", {
        payload: writeWav(data.subarray(at, at + 640), { sampleRate: 16_000 }),
      });
    await flow.accept("convert", END);
    assert.equal(
      sha1(joined(flow.from("convert"))),
      sha1(
        converted(
          data,
          { ...PCM16, channels: 1 },
          { ...PCM16, sampleRate: 24_000 },
        ),
      ),
    );
  });

  it("takes a change of the format for the beginning of other audio", async () => {
    const flow = await deploy({ rate: 16_000 });
    const stereo = interleave(tone(100, 16_000), tone(100, 16_000));
    await flow.accept("convert", { payload: tone(100, 8_000), rate: 8_000 });
    await flow.accept("convert", {
      payload: stereo,
      rate: 16_000,
      channels: 2,
    });
    await flow.accept("convert", END);
    const expected = Buffer.concat([
      converted(
        tone(100, 8_000),
        { ...PCM16, sampleRate: 8_000, channels: 1 },
        PCM16,
      ),
      tone(100, 16_000),
    ]);
    assert.equal(sha1(joined(flow.from("convert"))), sha1(expected));
  });

  it("keeps both channels, takes one, or doubles one", async () => {
    const left = tone(100, 16_000);
    const right = silence(100, 16_000);
    const cases = [
      [{ channels: 0 }, interleave(left, right), 2],
      [{ channels: 2, mix: "left" }, interleave(left, right), 2],
      [{ channels: 1, mix: "left" }, left, 1],
      [{ channels: 1, mix: "right" }, right, 1],
    ] as const;
    const flow = await nodeRed.deploy({
      nodes: cases.map(([config], index) => ({
        id: `c${index}`,
        type: "voice-live-convert",
        rate: 16_000,
        ...config,
      })),
    });
    for (const [index, [config, expected, channels]] of cases.entries()) {
      const payload = interleave(left, right);
      await flow.accept(`c${index}`, { payload, rate: 16_000, channels: 2 });
      const [msg] = flow.from(`c${index}`);
      assert.equal(sha1(msg?.payload), sha1(expected), JSON.stringify(config));
      assert.equal(msg?.["channels"], channels);
    }
  });

  it("makes telephone messages of 20 ms", async () => {
    const flow = await deploy({ format: "telephone-mu-law" });
    const payload = tone(100, 8_000);
    await flow.accept("convert", { payload, rate: 8_000 });
    const messages = flow.from("convert");
    assert.ok(messages.every((msg) => msg.payload.length === 160));
    assert.equal(sha1(joined(messages)), sha1(encodeMulaw(payload)));
  });

  it("says which unusual way samples are written", async () => {
    const flow = await deploy({ encoding: "signed-integer-24-in-32" });
    await flow.accept("convert", { payload: tone(100) });
    const { bits, containerBits, payload } = await flow.message("convert");
    assert.deepEqual([bits, containerBits], [24, 32]);
    assert.equal(payload.length, tone(100).length * 2);
  });

  it("warns once in a stream of values that are no numbers, and goes on", async () => {
    const flow = await deploy();
    const payload = Float32Array.of(0.5, NaN, Infinity, -Infinity);
    await flow.accept("convert", { payload });
    await flow.accept("convert", { payload });
    assert.equal(
      flow.from("convert")[0]?.payload.toString("hex"),
      "00400000ff7f0080",
    );
    assert.equal(flow.warnings("convert").length, 2);
    assert.match(
      flow.warnings("convert")[0]!,
      /no number \(1 in this message\)/,
    );
    assert.match(flow.warnings("convert")[1]!, /infinite values \(2 in/);
  });

  it("warns of bytes that make no whole sample when the stream ends", async () => {
    const flow = await deploy();
    await flow.accept("convert", { payload: Buffer.alloc(101) });
    await flow.accept("convert", END);
    assert.deepEqual(flow.warnings("convert").length, 1);
    assert.match(flow.warnings("convert")[0]!, /inside a sample: 1 bytes/);
  });

  it("leaves the Buffers it is given as they were", async () => {
    const flow = await deploy({ encoding: "signed-integer-16-be" });
    const payload = tone(100);
    await flow.accept("convert", { payload });
    const sent = flow.from("convert")[0]?.payload as Buffer;
    sent.fill(0);
    assert.equal(sha1(payload), sha1(tone(100)));
  });

  for (const [what, msg, code, says] of [
    [
      "MP3",
      { payload: Buffer.from("ID3\x04\0\0\0\0\x01\x76", "latin1") },
      "AUDIO",
      /MP3 data.*Decode/,
    ],
    ["text", { payload: "Hello!" }, "PAYLOAD", /not base64/],
    [
      "rates without a filter",
      { payload: tone(100), rate: 44_099 },
      "AUDIO",
      /common divisor.*Use a standard rate/,
    ],
    [
      "50 MB",
      { payload: Buffer.alloc(50_000_000) },
      "PAYLOAD",
      /48 MiB.*at most 16 MiB/,
    ],
    [
      "half an hour of telephone in one message",
      {
        payload: Buffer.alloc(8_000 * 1_800, 0xff),
        rate: 8_000,
        encoding: "mu-law",
      },
      "PAYLOAD",
      /30 minutes of audio.*at most 10 minutes/,
    ],
    [
      "a long text before it looks for audio in it",
      { payload: " ".repeat(30_000_000) },
      "PAYLOAD",
      /21 MiB.*at most 16 MiB/,
    ],
    [
      "50 MB of base64",
      { payload: "A".repeat(67_000_000) },
      "PAYLOAD",
      /at most 16 MiB/,
    ],
  ] as const) {
    it(`refuses ${what} and goes on`, async () => {
      const flow = await deploy();
      const error = await flow.refuse("convert", msg);
      assert.equal(error.code, `VOICE_LIVE_${code}`);
      assert.match(error.message, says);
      await flow.accept("convert", { payload: tone(100) });
      assert.equal(sha1(flow.from("convert")[0]?.payload), sha1(tone(100)));
      assert.equal(flow.look("convert"), "grey ring idle");
    });
  }
});
