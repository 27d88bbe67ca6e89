import assert from "node:assert/strict";
import {
  Converter,
  type WavOptions,
  wavHeader,
  WavStream,
  writeWav,
} from "../../lib/audio/index";
import { cutAnywhere, noise, randomFrom } from "./signals";

const OPTIONS: WavOptions = { sampleRate: 16_000 };
const FORMAT = {
  encoding: "signed-integer",
  sampleRate: 16_000,
  channels: 1,
  bits: 16,
};

/** Everything the stream gives, held bytes included, and the formats it names. */
function read(messages: readonly Buffer[]): {
  data: Buffer;
  formats: unknown[];
} {
  const stream = new WavStream();
  const pieces = messages.map((message) => stream.push(message));
  return {
    data: Buffer.concat([...pieces.map(({ data }) => data), stream.end()]),
    formats: pieces
      .filter(({ data }) => data.length > 0)
      .map(({ format }) => format),
  };
}

describe("WavStream", () => {
  it("hands on data without a header as it is", () => {
    const data = noise(1_000, randomFrom(1));
    const stream = new WavStream();
    const piece = stream.push(data);
    assert.equal(piece.data, data);
    assert.equal(piece.format, undefined);
  });

  it("gives the samples behind a header, for any cutting", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed);
      const samples = noise(2 * Math.floor(random() * 500) + 2, random);
      const file = Buffer.concat([
        seed % 2
          ? wavHeader(OPTIONS)
          : writeWav(samples, OPTIONS).subarray(0, 44),
        samples,
      ]);
      const { data, formats } = read(
        cutAnywhere(file, 1 + (seed % 60), random),
      );
      assert.equal(data.compare(samples), 0, `seed ${seed}`);
      assert.ok(formats.every((format) => format !== undefined));
      assert.deepEqual(formats[0], FORMAT);
    }
  });

  it("gives raw data bit for bit for any cutting, also when it begins like a WAV", () => {
    for (const beginning of ["R", "RI", "RIFF", "RIFFxxxxWAV", "RIFFxxxxWAX"])
      for (let seed = 1; seed <= 50; seed += 1) {
        const random = randomFrom(seed);
        const raw = Buffer.concat([
          Buffer.from(beginning),
          noise(seed > 40 ? 0 : 100, random),
        ]);
        const { data, formats } = read(cutAnywhere(raw, 5, random));
        assert.equal(data.compare(raw), 0, `${beginning}, seed ${seed}`);
        assert.ok(formats.every((format) => format === undefined));
      }
  });

  for (const [what, length] of Object.entries({
    right: undefined,
    open: 0xffffffff,
    "left at 0": 0,
    "that of the whole stream": 640_000,
    "too short": 100,
  })) {
    it(`reads a header in front of every message, its length ${what}`, () => {
      const random = randomFrom(3);
      const parts = Array.from({ length: 20 }, () => noise(640, random));
      const messages = parts.map((part) => {
        const file = writeWav(part, OPTIONS);
        if (length !== undefined) {
          file.writeUInt32LE(
            length === 0 ? 0 : Math.min(length + 36, 0xffffffff),
            4,
          );
          file.writeUInt32LE(length, 40);
        }
        return file;
      });
      const { data, formats } = read(messages);
      assert.equal(data.compare(Buffer.concat(parts)), 0);
      assert.ok(formats.length === 20 && formats.every(Boolean));
    });
  }

  it("leaves no trace of such headers in what is converted", () => {
    const random = randomFrom(9);
    const samples = noise(64_000, random);
    const convert = (messages: readonly Buffer[]): Buffer => {
      const stream = new WavStream();
      const converter = new Converter({
        from: { encoding: "signed-integer", sampleRate: 16_000, channels: 1 },
        to: { encoding: "signed-integer", sampleRate: 24_000 },
      });
      const parts = messages.map((message) =>
        converter.push(stream.push(message).data),
      );
      return Buffer.concat([...parts, converter.flush()]);
    };
    const chunks: Buffer[] = [];
    for (let at = 0; at < samples.length; at += 640)
      chunks.push(writeWav(samples.subarray(at, at + 640), OPTIONS));
    assert.equal(convert(chunks).compare(convert([samples])), 0);
  });

  it("takes messages without a header behind an open one for more of the same", () => {
    const stream = new WavStream();
    stream.push(wavHeader(OPTIONS));
    assert.deepEqual(stream.push(Buffer.alloc(100)).format, FORMAT);
    stream.end();
    assert.equal(stream.push(Buffer.alloc(100)).format, undefined);
  });

  it("says nothing about messages behind a whole file", () => {
    const stream = new WavStream();
    stream.push(writeWav(Buffer.alloc(100), OPTIONS));
    assert.equal(stream.push(Buffer.alloc(100)).format, undefined);
  });

  it("follows a change of the format with a new header", () => {
    const { formats } = read([
      writeWav(Buffer.alloc(100), OPTIONS),
      writeWav(Buffer.alloc(120), {
        sampleRate: 48_000,
        channels: 2,
        bits: 24,
      }),
    ]);
    assert.deepEqual(formats, [
      FORMAT,
      { ...FORMAT, sampleRate: 48_000, channels: 2, bits: 24 },
    ]);
  });

  it("counts half samples at the end of files", () => {
    const stream = new WavStream();
    const file = writeWav(Buffer.alloc(6), OPTIONS);
    stream.push(file.subarray(0, -1));
    stream.push(file);
    stream.end();
    assert.equal(stream.ignoredBytes, 1);
  });

  it("goes on after a damaged header", () => {
    const stream = new WavStream();
    const damaged = writeWav(Buffer.alloc(100), OPTIONS);
    damaged.writeUInt16LE(0, 22);
    assert.throws(() => stream.push(damaged), RangeError);
    assert.deepEqual(
      stream.push(writeWav(Buffer.alloc(100), OPTIONS)).format,
      FORMAT,
    );
  });

  it("does not write to its messages", () => {
    const file = writeWav(noise(100, randomFrom(2)), OPTIONS);
    const before = file.toString("hex");
    const stream = new WavStream();
    stream.push(file.subarray(0, 5));
    stream.push(file.subarray(5)).data.fill(1);
    assert.equal(file.toString("hex"), before);
  });
});
