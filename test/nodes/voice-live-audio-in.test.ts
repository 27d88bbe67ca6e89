import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { mock } from "node:test";
import {
  encodeMulaw,
  interleave,
  silence,
  wavHeader,
  writeWav,
} from "../../lib/audio";
import { ShortWay } from "../../lib/client/short-way";
import type { Sound } from "../../lib/simulator";
import { correlation, heardTurn, sha1 } from "../support/audio";
import { type TestFlow, useNodeRed } from "../support/flow";
import { recording, spoken, tone } from "../simulator/sounds";

const MONO = {
  sampleRate: 24_000,
  channels: 1,
  bits: 16,
  encoding: "signed-integer",
} as const;
const PUSH_TO_TALK = { settings: { turn_detection: null } };
const END = { payload: Buffer.alloc(0) };
/** 400 ms at 24 kHz. */
const PCM = tone(400);
/** 40 ms, as the node sends them. */
const FRAME_BYTES = 1_920;
const SAMPLES = new Int16Array(new Uint8Array(PCM).buffer);

function floats(pcm: Buffer): Float32Array {
  return Float32Array.from(
    { length: pcm.length / 2 },
    (_, i) => pcm.readInt16LE(i * 2) / 32_768,
  );
}

function durationMs({ pcm, sampleRate }: Sound): number {
  return (pcm.length / 2 / sampleRate) * 1000;
}

describe("voice-live-audio-in", () => {
  const nodeRed = useNodeRed();

  /** A flow with one audio in node in front of the test's simulator. */
  async function deploy(
    config: object = {},
    session: object = PUSH_TO_TALK,
  ): Promise<TestFlow> {
    const simulator = await nodeRed.simulator({ script: "echo" });
    const input = {
      id: "in",
      type: "voice-live-audio-in",
      atEnd: "commit",
      ...config,
    };
    return nodeRed.deploy({ simulator, session, nodes: [input] });
  }

  describe("brings samples to the service bit by bit", () => {
    const forms: Readonly<Record<string, unknown>> = {
      "a Buffer": PCM,
      "a Uint8Array": new Uint8Array(PCM),
      "an Int16Array": SAMPLES,
      "a Float32Array": floats(PCM),
      base64: PCM.toString("base64"),
      "base64 with line breaks": PCM.toString("base64").replace(
        /.{76}/g,
        "$&\r\n",
      ),
      "a data URL with a WAV": `data:audio/wav;base64,${writeWav(PCM, MONO).toString("base64")}`,
      "a Buffer that went through JSON": JSON.parse(JSON.stringify(PCM)),
      "a WAV": writeWav(PCM, MONO),
    };
    for (const [form, payload] of Object.entries(forms)) {
      it(`as ${form}`, async () => {
        const flow = await deploy();
        await flow.accept("in", { payload });
        await flow.accept("in", END);
        assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
      });
    }

    it("by the short way, once a frame is like the one before", async () => {
      const flow = await deploy();
      await flow.accept("in", { payload: PCM.subarray(0, FRAME_BYTES) });
      await flow.looks("in", "green dot ready");
      const ways = mock.method(ShortWay.prototype, "send");
      for (let at = FRAME_BYTES; at < PCM.length; at += FRAME_BYTES)
        await flow.accept("in", {
          payload: PCM.subarray(at, at + FRAME_BYTES),
        });
      await flow.accept("in", END);
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
      const short = ways.mock.calls.filter(({ result }) => result);
      ways.mock.restore();
      // The first after the beginning goes the long way.
      assert.equal(short.length, PCM.length / FRAME_BYTES - 2);
    });

    it("as a view into a larger memory", async () => {
      const flow = await deploy();
      const memory = new Int16Array(SAMPLES.length + 200).fill(7);
      memory.set(SAMPLES, 100);
      await flow.accept("in", {
        payload: memory.subarray(100, 100 + SAMPLES.length),
      });
      await flow.accept("in", END);
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    });

    it("in pieces of odd length", async () => {
      const flow = await deploy();
      for (const [from, to] of [
        [0, 101],
        [101, 4_000],
        [4_000, 4_001],
        [4_001, PCM.length],
      ])
        await flow.accept("in", { payload: PCM.subarray(from, to) });
      await flow.accept("in", END);
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    });

    it("as a text of NULs, which core exec makes of silence", async () => {
      const flow = await deploy();
      await flow.accept("in", { payload: "\0".repeat(PCM.length) });
      await flow.accept("in", END);
      assert.equal(
        sha1((await heardTurn(flow)).pcm),
        sha1(silence(400, 24_000)),
      );
    });

    it("as text, when the node reads texts as bytes", async () => {
      const flow = await deploy({ strings: "utf8" });
      const text = "AB".repeat(PCM.length / 2);
      await flow.accept("in", { payload: text });
      await flow.accept("in", END);
      assert.equal((await heardTurn(flow)).pcm.toString("latin1"), text);
    });

    for (const [end, last, after] of [
      ["an empty Buffer", {}, [END]],
      ["the last piece", { complete: true }, []],
    ] as const) {
      it(`as a WAV whose header comes first and whose samples follow without one, until ${end} ends it`, async () => {
        const flow = await deploy();
        const start = Buffer.concat([wavHeader(MONO), PCM.subarray(0, 1_000)]);
        await flow.accept("in", { payload: start });
        await flow.accept("in", { payload: PCM.subarray(1_000), ...last });
        for (const msg of after) await flow.accept("in", msg);
        assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
        // What follows is read by its own description again.
        await flow.accept("in", {
          payload: interleave(PCM, PCM),
          channels: 2,
          complete: true,
        });
        assert.equal(sha1((await heardTurn(flow, 1)).pcm), sha1(PCM));
      });
    }

    it("as a WAV whose header is cut in two", async () => {
      const flow = await deploy();
      const file = writeWav(PCM, MONO);
      await flow.accept("in", { payload: file.subarray(0, 20) });
      await flow.accept("in", { payload: file.subarray(20) });
      await flow.accept("in", END);
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    });

    it("in frames of the node's length", async () => {
      const flow = await deploy({ chunkMs: 100 });
      await flow.accept("in", { payload: PCM });
      await flow.accept("in", END);
      await heardTurn(flow);
      const frames = await flow.received("input_audio_buffer.append");
      assert.deepEqual(
        frames.map(({ audioBytes }) => audioBytes),
        [4_800, 4_800, 4_800, 4_800],
      );
    });
  });

  describe("converts", () => {
    const cases: Readonly<Record<string, object>> = {
      "μ-law at 8 kHz": {
        payload: encodeMulaw(tone(400, 8_000)),
        rate: 8_000,
        encoding: "mu-law",
        bits: 8,
      },
      "48 kHz stereo": {
        payload: interleave(tone(400, 48_000), tone(400, 48_000)),
        rate: 48_000,
        channels: 2,
        bits: 16,
        encoding: "signed-integer",
      },
      "floating point in a Buffer": {
        payload: Buffer.from(floats(PCM).buffer),
        encoding: "floating-point",
        bits: 32,
      },
      "16 kHz as a Float32Array": {
        payload: floats(tone(400, 16_000)),
        rate: 16_000,
      },
      "44.1 kHz, its numbers written as text": {
        payload: tone(400, 44_100),
        rate: "44100",
        channels: "1",
        bits: "16",
      },
      "a WAV at 48 kHz stereo": {
        payload: writeWav(interleave(tone(400, 48_000), tone(400, 48_000)), {
          ...MONO,
          sampleRate: 48_000,
          channels: 2,
        }),
        rate: 8_000,
      },
    };
    for (const [what, msg] of Object.entries(cases)) {
      it(`${what} to what the session takes`, async () => {
        const flow = await deploy();
        await flow.accept("in", msg);
        await flow.accept("in", END);
        const sound = await heardTurn(flow);
        assert.equal(sound.sampleRate, 24_000);
        assert.ok(
          Math.abs(durationMs(sound) - 400) <= 0.1,
          `${durationMs(sound)} ms`,
        );
        assert.ok(correlation(sound.pcm, PCM) > 0.99, "the tone is the same");
      });
    }

    it("by its own setting, whatever the message says", async () => {
      const flow = await deploy({
        format: "raw",
        rate: "8000",
        channels: 1,
        encoding: "a-law",
      });
      await flow.accept("in", {
        payload: Buffer.alloc(3_200, 0xd5),
        rate: 24_000,
        encoding: "signed-integer",
        bits: 16,
      });
      await flow.accept("in", END);
      assert.ok(Math.abs(durationMs(await heardTurn(flow)) - 400) <= 0.1);
    });

    it("to μ-law, bit by bit, for a session that takes it", async () => {
      const flow = await deploy(
        {},
        { settings: { turn_detection: null, input_audio_format: "g711_ulaw" } },
      );
      await flow.accept("in", {
        payload: encodeMulaw(tone(400, 8_000)),
        rate: 8_000,
        encoding: "mu-law",
        bits: 8,
      });
      await flow.accept("in", END);
      const sound = await heardTurn(flow);
      assert.equal(
        sha1(encodeMulaw(sound.pcm)),
        sha1(encodeMulaw(tone(400, 8_000))),
      );
    });
  });

  it("hears 16 kHz with a header on every message as it hears it without, to the bit", async () => {
    const heard: string[] = [];
    const flow = await deploy();
    const samples = tone(400, 16_000);
    const pieces: Buffer[] = [];
    for (let at = 0; at < samples.length; at += 640)
      pieces.push(samples.subarray(at, at + 640));
    const headed = pieces.map((piece) =>
      writeWav(piece, { ...MONO, sampleRate: 16_000 }),
    );
    for (const messages of [[samples], headed]) {
      for (const payload of messages)
        await flow.accept("in", { payload, rate: 16_000 });
      await flow.accept("in", END);
      heard.push(sha1((await heardTurn(flow, heard.length)).pcm));
    }
    assert.equal(heard[0], heard[1]);
  });

  describe("with a device for its format", () => {
    it("lets the service take telephone audio as it is", async () => {
      const flow = await deploy({ format: "telephone-mu-law" });
      const payload = encodeMulaw(tone(400, 8_000));
      await flow.accept("in", { payload, rate: 48_000 });
      await flow.accept("in", END);
      const { pcm, sampleRate } = await heardTurn(flow);
      assert.equal(sampleRate, 8_000);
      assert.equal(sha1(encodeMulaw(pcm)), sha1(payload));
      const frames = await flow.received("input_audio_buffer.append");
      assert.ok(frames.every(({ audioBytes }) => audioBytes === 160));
    });

    it("finds audio where the device has it", async () => {
      const flow = await deploy({ format: "speakerpi" });
      await flow.accept("in", { payload: "text", speech: writeWav(PCM, MONO) });
      await flow.accept("in", { event: "end" });
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    });
  });

  it("warns once of floating-point values that are no numbers, and goes on", async () => {
    const flow = await deploy();
    const payload = floats(PCM);
    payload[0] = NaN;
    await flow.accept("in", { payload });
    await flow.accept("in", { payload });
    await flow.accept("in", END);
    assert.equal(durationMs(await heardTurn(flow)), 800);
    assert.equal(flow.warnings("in").length, 1);
    assert.match(flow.warnings("in")[0] ?? "", /^The .*no number/);
  });

  it("names the conversation in every warning, where there are many", async () => {
    const flow = await deploy({}, { conversations: "keyed", key: "caller" });
    const payload = Float32Array.of(NaN, Infinity);
    const wav = writeWav(PCM, MONO);
    for (const caller of ["anna", `b\n${"x".repeat(200)}`]) {
      await flow.accept("in", { caller, payload });
      await flow.accept("in", { caller, payload: wav, rate: 8_000 });
      await flow.accept("in", {
        caller,
        payload: Buffer.of(1),
        complete: true,
      });
    }
    const begins = flow.warnings("in").map((text) => text.split(": ")[0]);
    const other = `Conversation "b\\n${"x".repeat(78)}"`;
    assert.deepEqual(begins, [
      ...Array<string>(4).fill('Conversation "anna"'),
      ...Array<string>(4).fill(other),
    ]);
  });

  it("warns of a header that contradicts the message, and believes it", async () => {
    const flow = await deploy();
    await flow.accept("in", { payload: writeWav(PCM, MONO), rate: 8_000 });
    await flow.accept("in", END);
    assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    assert.match(
      flow.warnings("in").join(),
      /24000 Hz, msg\.rate says 8000 Hz/,
    );
  });

  it("leaves the Buffer it is given as it was", async () => {
    const flow = await deploy();
    const payload = Buffer.from(PCM);
    await flow.accept("in", { payload });
    await flow.accept("in", { payload: interleave(PCM, PCM), channels: 2 });
    await flow.accept("in", END);
    await heardTurn(flow);
    assert.equal(sha1(payload), sha1(PCM));
  });

  describe("takes as the end of speech", () => {
    const ends: Readonly<Record<string, object>> = {
      "an empty Buffer": { payload: Buffer.alloc(0) },
      "msg.event = end": { event: "end" },
      "msg.complete = true": { complete: true },
      "an empty text": { payload: "" },
    };
    for (const [what, msg] of Object.entries(ends)) {
      it(what, async () => {
        const flow = await deploy();
        await flow.accept("in", { payload: PCM });
        await flow.accept("in", msg);
        assert.equal(durationMs(await heardTurn(flow)), 400);
      });
    }

    it("the last piece of audio, which still counts", async () => {
      const flow = await deploy();
      await flow.accept("in", { payload: PCM.subarray(0, 9_600) });
      await flow.accept("in", { payload: PCM.subarray(9_600), complete: true });
      assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
    });
  });

  it("does not take complete = false or another event for the end", async () => {
    const flow = await deploy();
    await flow.accept("in", { payload: PCM, complete: false });
    await flow.accept("in", { payload: PCM, event: "data" });
    await flow.accept("in", END);
    assert.equal(durationMs(await heardTurn(flow)), 800);
  });

  describe("at the end of speech in manual turns", () => {
    it("asks for a response when it is set to", async () => {
      const flow = await deploy({ atEnd: "respond" });
      await flow.accept("in", { payload: PCM });
      await flow.accept("in", END);
      await flow.received("response.create");
      const service = await flow.service();
      assert.deepEqual(
        service.received
          .map(({ type }) => type)
          .filter((type) => type !== "input_audio_buffer.append"),
        ["session.update", "input_audio_buffer.commit", "response.create"],
      );
    });

    it("commits without a response when it is set to", async () => {
      const flow = await deploy({ atEnd: "commit" });
      await flow.accept("in", { payload: PCM });
      await flow.accept("in", END);
      await heardTurn(flow);
      assert.ok(
        !(await flow.service()).received.some(
          ({ type }) => type === "response.create",
        ),
      );
    });

    it("sends the audio and nothing else otherwise", async () => {
      const flow = await deploy({ atEnd: "nothing" });
      await flow.accept("in", { payload: PCM });
      await flow.accept("in", END);
      const service = await flow.service();
      await flow.until("all audio to arrive", () => service.receivedMs >= 400);
      assert.deepEqual(
        new Set(service.received.map(({ type }) => type)),
        new Set(["session.update", "input_audio_buffer.append"]),
      );
      assert.equal(service.receivedMs, 400);
    });
  });

  it("ends a turn that the service detects, though the microphone sends no silence after it", async () => {
    const flow = await deploy({ atEnd: "nothing" }, {});
    await flow.accept("in", {
      payload: Buffer.concat([
        silence(300, 24_000),
        recording("question-hello.wav"),
      ]),
    });
    await flow.accept("in", { event: "end" });
    const { pcm } = await heardTurn(flow);
    assert.ok(pcm.length > recording("question-hello.wav").length / 2);
  });

  it("sends nothing before the session has its settings", async () => {
    const flow = await deploy();
    await flow.accept("in", { payload: PCM });
    await flow.accept("in", END);
    await heardTurn(flow);
    assert.equal((await flow.service()).received[0]?.type, "session.update");
  });

  it("shows the user's speech on its status", async () => {
    const flow = await deploy({ atEnd: "nothing" }, {});
    await flow.looks("in", "green dot ready");
    await flow.accept("in", { payload: tone(600) });
    await flow.looks("in", "blue ring listening");
    await flow.accept("in", END);
    await heardTurn(flow);
  });

  describe("refuses", () => {
    // The code of ADPCM in the place of PCM's.
    const adpcm = writeWav(PCM, MONO);
    adpcm.writeUInt16LE(2, 20);
    const mp3Frame = Buffer.concat([
      Buffer.from([0xff, 0xfb, 0x90, 0x00]),
      Buffer.alloc(413),
    ]);
    const cases: Readonly<
      Record<
        string,
        {
          readonly msg: object;
          readonly code: string;
          readonly says: RegExp;
          readonly config?: object;
        }
      >
    > = {
      MP3: {
        msg: { payload: Buffer.concat(Array(6).fill(mp3Frame) as Buffer[]) },
        code: "AUDIO",
        says: /MP3 data.*[Dd]ecode it/,
      },
      "MP3 with an ID3 tag": {
        msg: {
          payload: Buffer.concat([
            Buffer.from("ID3\x04\0\0\0\0\0\0", "latin1"),
            mp3Frame,
          ]),
        },
        code: "AUDIO",
        says: /MP3/,
      },
      Ogg: {
        msg: {
          payload: Buffer.concat([
            Buffer.from("OggS\0\x02", "latin1"),
            Buffer.alloc(60),
          ]),
        },
        code: "AUDIO",
        says: /OGG data.*[Dd]ecode/,
      },
      WebM: {
        msg: {
          payload: Buffer.concat([
            Buffer.from([0x1a, 0x45, 0xdf, 0xa3]),
            Buffer.alloc(60),
          ]),
        },
        code: "AUDIO",
        says: /WEBM data.*[Dd]ecode/,
      },
      FLAC: {
        msg: {
          payload: Buffer.concat([
            Buffer.from("fLaC\0\0\0\x22", "latin1"),
            Buffer.alloc(60),
          ]),
        },
        code: "AUDIO",
        says: /FLAC data.*[Dd]ecode/,
      },
      "MP3 in base64": {
        msg: {
          payload: Buffer.concat(Array(6).fill(mp3Frame) as Buffer[]).toString(
            "base64",
          ),
        },
        code: "AUDIO",
        says: /MP3/,
      },
      "a compressed WAV": {
        msg: { payload: adpcm },
        code: "AUDIO",
        says: /ADPCM|compress/i,
      },
      "a Readable stream": {
        msg: { payload: Readable.from([PCM]) },
        code: "PAYLOAD",
        says: /Readable stream.*Buffer/,
      },
      "an object": {
        msg: { payload: { audio: PCM } },
        code: "PAYLOAD",
        says: /an object.*Send a Buffer/,
      },
      "an array": {
        msg: { payload: [1, 2, 3] },
        code: "PAYLOAD",
        says: /an array.*Send a Buffer/,
      },
      "a number": {
        msg: { payload: 1_700_000_000_000 },
        code: "PAYLOAD",
        says: /a number.*Send a Buffer/,
      },
      true: { msg: { payload: true }, code: "PAYLOAD", says: /a boolean/ },
      null: {
        msg: { payload: null },
        code: "PAYLOAD",
        says: /payload is missing.*Send a Buffer/,
      },
      "no payload": {
        msg: {},
        code: "PAYLOAD",
        says: /payload is missing.*Send a Buffer/,
      },
      "a text that is not base64": {
        msg: { payload: "Turn on the light, please!" },
        code: "PAYLOAD",
        says: /not base64.*message node/,
      },
      "bits that do not fit": {
        msg: { payload: PCM, bits: 12 },
        code: "AUDIO",
        says: /msg\.bits is 12.*16 bits/,
      },
      "bits that do not fit the encoding": {
        msg: { payload: PCM, encoding: "mu-law", bits: 16 },
        code: "AUDIO",
        says: /msg\.bits is 16 for mu-law.*8 bits/,
      },
      "an unknown encoding": {
        msg: { payload: PCM, encoding: "opus" },
        code: "AUDIO",
        says: /msg\.encoding is "opus".*signed-integer/,
      },
      "an encoding that is no text": {
        msg: { payload: PCM, encoding: 7 },
        code: "AUDIO",
        says: /msg\.encoding is 7/,
      },
      "a fraction of a rate": {
        msg: { payload: PCM, rate: 22_050.5 },
        code: "AUDIO",
        says: /msg\.rate is 22050\.5.*whole number/,
      },
      "a rate in words": {
        msg: { payload: PCM, rate: "fast" },
        code: "AUDIO",
        says: /msg\.rate is "fast"/,
      },
      "a rate out of bounds": {
        msg: { payload: PCM, rate: 24 },
        code: "AUDIO",
        says: /24 Hz.*4000 to 192000/,
      },
      "a rate without a filter to the session's": {
        msg: { payload: PCM, rate: 44_099 },
        code: "AUDIO",
        says: /common divisor.*Use a standard rate/,
      },
      "no channels": {
        msg: { payload: PCM, channels: 0 },
        code: "AUDIO",
        says: /0 channels.*1 to 8/,
      },
      "more channels than it can mix": {
        msg: { payload: PCM, channels: 9 },
        code: "AUDIO",
        says: /9 channels/,
      },
      "data without a header, where it wants a WAV": {
        msg: { payload: PCM },
        code: "AUDIO",
        says: /no WAV header.*another format/,
        config: { format: "wav" },
      },
    };
    for (const [what, { msg, code, says, config }] of Object.entries(cases)) {
      it(`${what} and goes on`, async () => {
        const flow = await deploy(config);
        await flow.looks("in", "green dot ready");
        const before = await flow.service();
        const error = await flow.refuse("in", msg);
        assert.equal(error.code, `VOICE_LIVE_${code}`);
        assert.match(error.message, says);
        await flow.accept("in", { payload: writeWav(PCM, MONO) });
        await flow.looks("in", "green dot ready");
        await flow.accept("in", END);
        assert.equal(sha1((await heardTurn(flow)).pcm), sha1(PCM));
        assert.equal(await flow.service(), before);
      });
    }
  });

  it("refuses everything without a session", async () => {
    const flow = await nodeRed.deploy({
      nodes: [{ id: "in", type: "voice-live-audio-in", session: "" }],
    });
    assert.equal(flow.look("in"), "red ring noSession");
    assert.equal(
      (await flow.refuse("in", { payload: PCM })).code,
      "VOICE_LIVE_NO_SESSION",
    );
  });

  it("drops the oldest audio that waits for a session, and says so", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({
      simulator,
      session: { ...PUSH_TO_TALK, connect: "command" },
      nodes: [
        { id: "in", type: "voice-live-audio-in", atEnd: "commit" },
        { id: "connect", type: "voice-live-control", action: "connect" },
        { id: "event", type: "voice-live-event", kinds: ["warning"] },
      ],
    });
    for (let second = 0; second < 5; second++)
      await flow.accept("in", {
        payload: tone(1_000, 24_000, 0.1 + second / 20),
      });
    const warning = await flow.message("event", "a warning");
    assert.match(warning.payload.message, /oldest is dropped/);
    await flow.accept("in", END);
    await flow.accept("connect");
    assert.equal(
      sha1((await heardTurn(flow)).pcm),
      sha1(
        Buffer.concat([
          tone(1_000, 24_000, 0.1 + 3 / 20),
          tone(1_000, 24_000, 0.1 + 4 / 20),
        ]),
      ),
    );
  });

  it("hears a recorded question through a telephone's ears", async () => {
    const flow = await deploy(
      { atEnd: "nothing" },
      { settings: { input_audio_transcription: { model: "azure-speech" } } },
    );
    await flow.accept("in", {
      payload: encodeMulaw(spoken("question-hello.wav", 8_000)),
      rate: 8_000,
      encoding: "mu-law",
      bits: 8,
    });
    const { pcm } = await heardTurn(flow);
    assert.ok(pcm.length > 0);
  });
});
