import assert from "node:assert/strict";
import {
  encodeMulaw,
  encodeSamples,
  interleave,
  pcm16ToFloat32,
  SAMPLE_FORMATS,
  SAMPLE_FORMAT_NAMES,
  usualBits,
  wavHeader,
  writeWav,
  type SampleFormat,
} from "../../../lib/audio";
import {
  DeviceStream,
  type DeviceSettings,
} from "../../../nodes/shared/device-stream";
import { readerSettings } from "../../../nodes/shared/reader-settings";
import type { FlowMessage } from "../../../nodes/shared/messages";
import { cutAnywhere, noise, randomFrom, tone } from "../../audio/signals";

const PCM = noise(3_200, randomFrom(1));
const WAV = writeWav(PCM, { sampleRate: 16_000 });

/** A stream, what it warned of, and its clock. */
class Device {
  readonly warnings: string[] = [];
  readonly #stream: DeviceStream;
  nowMs = 0;

  constructor(config: object = {}, mix: DeviceSettings["mix"] = "mean") {
    this.#stream = new DeviceStream(
      { ...readerSettings(config), mix },
      (text) => this.warnings.push(text),
      () => this.nowMs,
    );
  }

  say(payload: unknown, more: object = {}): Buffer {
    return this.#stream.read(message({ payload, ...more })).audio;
  }

  /** All that comes of the messages and the end after them, as the one format that it has. */
  hear(
    payloads: readonly unknown[],
    more: object = {},
  ): {
    audio: Buffer;
    format: unknown;
  } {
    const inputs = payloads.map((payload) =>
      this.#stream.read(message({ payload, ...more })),
    );
    const formats = inputs.flatMap(({ audio, format }) =>
      audio.length > 0 ? [format] : [],
    );
    assert.ok(new Set(formats.map((each) => JSON.stringify(each))).size <= 1);
    const { audio } = this.#stream.read(message({ event: "end" }));
    assert.equal(audio.length, 0);
    return {
      audio: Buffer.concat(inputs.map((input) => input.audio)),
      format: formats[0],
    };
  }
}

function message(properties: object): FlowMessage {
  return { _msgid: "1", ...properties };
}

describe("DeviceStream", () => {
  for (const name of SAMPLE_FORMAT_NAMES) {
    it(`takes ${name} by the node's setting and by the message, for any cutting`, () => {
      const samples: SampleFormat = SAMPLE_FORMATS[name];
      const data = encodeSamples(PCM, samples);
      const { encoding, bits = usualBits(encoding) } = samples;
      const said = { ...samples, bits, rate: 16_000 };
      const isG711 = encoding === "mu-law" || encoding === "a-law";
      const whole = new Device().hear([data], said);
      assert.deepEqual(whole.format, {
        encoding: isG711 ? encoding : "signed-integer",
        sampleRate: 16_000,
        channels: 1,
      });
      const chunks = cutAnywhere(data, 99, randomFrom(2)).filter(
        (chunk) => chunk.length > 0,
      );
      for (const device of [
        new Device().hear(chunks, said),
        new Device({ format: "raw", encoding: name, rate: 16_000 }).hear(
          chunks,
        ),
      ]) {
        assert.equal(device.audio.compare(whole.audio), 0);
        assert.deepEqual(device.format, whole.format);
      }
      const expected = isG711 ? data : undefined;
      if (expected) assert.equal(whole.audio.compare(expected), 0);
      else if (bits > 8) assert.equal(whole.audio.compare(PCM), 0);
    });
  }

  it("tells the format by one object as long as it stays the same", () => {
    const stream = new DeviceStream(
      { ...readerSettings({}), mix: "mean" },
      assert.fail,
    );
    const formats = [24_000, 24_000, 16_000, 16_000].map(
      (rate) => stream.read(message({ payload: PCM, rate })).format,
    );
    assert.equal(formats[0], formats[1]);
    assert.notEqual(formats[1], formats[2]);
    assert.equal(formats[2], formats[3]);
  });

  for (const [mix, hears] of [
    ["left", PCM],
    ["right", Buffer.alloc(PCM.length)],
  ] as const) {
    it(`takes the ${mix} channel`, () => {
      const stereo = interleave(PCM, Buffer.alloc(PCM.length));
      const { audio } = new Device({}, mix).hear([stereo], { channels: 2 });
      assert.equal(audio.compare(hears), 0);
    });
  }

  for (const [what, begin] of [
    ["PNG", "\x89PNG\r\n\x1a\n"],
    ["JPEG", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01"],
    ["PDF", "%PDF-1.7\n"],
    ["ZIP", "PK\x03\x04\x14\0"],
  ] as const) {
    it(`does not take a ${what} for samples`, () => {
      const payload = Buffer.from(begin.padEnd(640, "\0"), "latin1");
      assert.throws(
        () => new Device().say(payload),
        new RegExp(`The payload is ${what} data\\W+Send audio`),
      );
    });
  }

  it("takes an array of samples for what it is, whatever else is said", () => {
    const device = new Device({
      format: "raw",
      encoding: "mu-law",
      rate: 8_000,
    });
    const { audio, format } = device.hear([Float32Array.of(0.5, -1)]);
    assert.equal(audio.toString("hex"), "00400080");
    assert.deepEqual(format, {
      encoding: "signed-integer",
      sampleRate: 8_000,
      channels: 1,
    });
    const { audio: small } = device.hear([Int8Array.of(1, -1)]);
    assert.equal(small.toString("hex"), "000100ff");
  });

  describe("reads a WAV", () => {
    it("of every encoding that a header can name", () => {
      for (const [encoding, bits, name] of [
        ["unsigned-integer", 8, "unsigned-integer-8"],
        ["signed-integer", 24, "signed-integer-24"],
        ["signed-integer", 32, "signed-integer-32"],
        ["floating-point", 64, "floating-point-64"],
        ["a-law", 8, "a-law"],
      ] as const) {
        const data = encodeSamples(PCM, SAMPLE_FORMATS[name]);
        const file = writeWav(data, { sampleRate: 16_000, encoding, bits });
        const { audio } = new Device().hear([file]);
        const { audio: raw } = new Device().hear([data], { encoding, bits });
        assert.equal(audio.compare(raw), 0, name);
      }
    });

    it("cut into single bytes", () => {
      const bytes = Array.from(WAV, (byte) => Buffer.of(byte));
      for (const format of ["auto", "wav"])
        assert.equal(new Device({ format }).hear(bytes).audio.compare(PCM), 0);
    });

    it("as base64 and as a data URL, header first", () => {
      const header = wavHeader({ sampleRate: 16_000 });
      const device = new Device();
      device.say(`data:audio/wav;base64,${header.toString("base64")}`);
      assert.equal(device.say(PCM.toString("base64")).compare(PCM), 0);
    });

    it("with a header in front of every message", () => {
      const files: Buffer[] = [];
      for (let at = 0; at < PCM.length; at += 320)
        files.push(
          writeWav(PCM.subarray(at, at + 320), { sampleRate: 16_000 }),
        );
      const device = new Device();
      assert.equal(device.hear(files).audio.compare(PCM), 0);
      assert.deepEqual(device.warnings, []);
    });

    it("by its header, and warns once of another rate in the message or the node", () => {
      const byMessage = new Device();
      const { format } = byMessage.hear([WAV, WAV], { rate: 48_000 });
      assert.deepEqual(format, {
        encoding: "signed-integer",
        sampleRate: 16_000,
        channels: 1,
      });
      assert.equal(byMessage.warnings.length, 1);
      assert.match(
        byMessage.warnings[0]!,
        /16000 Hz, msg.rate says 48000 Hz: the header counts/,
      );
      const byNode = new Device({ format: "raw-48k" });
      assert.equal(byNode.hear([WAV]).audio.compare(PCM), 0);
      assert.match(byNode.warnings[0]!, /the node says 48000 Hz/);
    });
  });

  it("holds nothing back of raw audio that begins like a WAV, once it ends", () => {
    const device = new Device();
    assert.equal(device.say(Buffer.from("RIFF")).length, 0);
    assert.equal(device.say(Buffer.alloc(0)).toString(), "RIFF");
    const last = device.say(Buffer.from("RIFF"), { complete: true });
    assert.equal(last.toString(), "RIFF");
  });

  it("warns once in a stream of NaN and infinities, and again in the next one", () => {
    const device = new Device();
    const payload = Float32Array.of(NaN, Infinity, 0.5);
    device.hear([payload, payload]);
    assert.equal(device.warnings.length, 2);
    assert.match(device.warnings[0]!, /no number \(1 in/);
    assert.match(device.warnings[1]!, /infinite values \(1 in/);
    device.hear([payload]);
    assert.equal(device.warnings.length, 4);
  });

  it("counts the odd bytes at the end, of raw samples and of files", () => {
    const device = new Device();
    device.hear([PCM, Buffer.alloc(5)], { channels: 2 });
    device.hear([PCM]);
    device.hear([WAV.subarray(0, -1)]);
    assert.deepEqual(
      device.warnings.map((text) => /: (\d) bytes/.exec(text)?.[1]),
      ["1", "1"],
    );
  });

  it("begins every stream with a whole sample", () => {
    const device = new Device();
    device.hear([PCM, Buffer.of(1)]);
    assert.equal(device.hear([PCM]).audio.compare(PCM), 0);
  });

  describe("of live audio", () => {
    function play(device: Device, everyMs: number, messages = 100): void {
      for (let i = 0; i < messages; i += 1) {
        device.nowMs += everyMs;
        device.say(Buffer.alloc(1_280), { rate: 16_000 });
      }
    }

    it("says nothing when it comes as fast as it says", () => {
      const device = new Device();
      play(device, 40);
      assert.deepEqual(device.warnings, []);
    });

    it("names both rates, once, when it comes faster", () => {
      const device = new Device();
      play(device, 40 / 3);
      assert.equal(device.warnings.length, 0, "within two seconds");
      play(device, 40 / 3, 300);
      assert.equal(device.warnings.length, 1);
      assert.match(
        device.warnings[0]!,
        /48000 Hz, but says 16000 Hz.*slow and low/,
      );
    });

    it("names both rates when it comes slower, and again in the next stream", () => {
      const device = new Device();
      play(device, 80);
      device.hear([]);
      play(device, 80);
      assert.equal(device.warnings.length, 2);
      assert.match(
        device.warnings[0]!,
        /8000 Hz, but says 16000 Hz.*fast and high/,
      );
    });

    for (const [everyMs, says] of [
      [
        (640 * 1_000) / 11_025,
        /^The audio arrives at 110\d\d Hz, but says 16000 Hz: it will sound too fast and high\. Its rate is probably 11025 Hz: set that\.$/,
      ],
      [
        (640 * 1_000) / 13_528,
        /^The audio arrives at 135\d\d Hz, but says 16000 Hz\. The device sends too slowly or audio is lost on the way, or its rate is another one: look at both\.$/,
      ],
      [
        (640 * 1_000) / 19_000,
        /^The audio arrives at 19\d\d\d Hz, but says 16000 Hz\. The device sends too fast, or its rate is another one: set the rate that it has\.$/,
      ],
    ] as const) {
      it(`names the likely cause where it comes every ${everyMs.toFixed(1)} ms`, () => {
        const device = new Device();
        play(device, everyMs);
        assert.equal(device.warnings.length, 1);
        assert.match(device.warnings[0]!, says);
      });
    }

    it("says nothing of files in pieces", () => {
      const device = new Device();
      play(device, 0.1, 1_000);
      assert.deepEqual(device.warnings, []);
    });

    it("is not misled by how many channels and bytes its samples have", () => {
      const device = new Device();
      for (let i = 0; i < 100; i += 1) {
        device.nowMs += 40;
        device.say(Buffer.alloc(640 * 4 * 2), {
          rate: 16_000,
          channels: 2,
          encoding: "floating-point",
        });
      }
      assert.deepEqual(device.warnings, []);
    });
  });

  it("never writes to what it is given", () => {
    const floats = pcm16ToFloat32(PCM);
    floats.writeFloatLE(NaN, 0);
    for (const [payload, more] of [
      [PCM, {}],
      [WAV, {}],
      [floats, { encoding: "floating-point" }],
      [
        encodeMulaw(tone(440, 8_000, 800, 0.5)),
        { encoding: "mu-law", rate: 8_000 },
      ],
      [PCM, { encoding: "signed-integer", bits: 16, byteOrder: "big" }],
    ] as const) {
      const before = payload.toString("hex");
      new Device().say(payload, more).fill(0x55);
      assert.equal(payload.toString("hex"), before);
    }
  });
});
