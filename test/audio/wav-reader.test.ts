import assert from "node:assert/strict";
import {
  parseWav,
  wavHeader,
  WavReader,
  writeWav,
} from "../../lib/audio/index";
import { cutAnywhere, noise, randomFrom } from "./signals";

const LIST = Buffer.from("4c49535405000000494e464f6f00", "hex");

/** The file with LIST chunks before the format, before the samples and behind them. */
function withLists(file: Buffer): Buffer {
  return Buffer.concat([
    file.subarray(0, 12),
    LIST,
    file.subarray(12, 36),
    LIST,
    file.subarray(36),
    LIST,
  ]);
}

describe("WavReader", () => {
  it("gives what parseWav gives, for any cutting and any chunks", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomFrom(seed);
      const file = withLists(
        writeWav(noise(Math.floor(random() * 3000) * 3, random), {
          sampleRate: 48000,
          bits: 24,
        }),
      );
      const reader = new WavReader();
      const pieces = cutAnywhere(file, seed % 2 ? 5 : 900, random).flatMap(
        (chunk) => reader.push(chunk),
      );
      const {
        data,
        dataLength: _length,
        dataOffset: _offset,
        ...format
      } = parseWav(file);
      assert.equal(Buffer.concat(pieces).compare(data), 0, `seed ${seed}`);
      assert.ok(
        pieces.every((piece) => piece.length > 0 && piece.length % 3 === 0),
        `seed ${seed}`,
      );
      assert.deepEqual(reader.format, format, `seed ${seed}`);
      assert.equal(reader.ignoredBytes, 0, `seed ${seed}`);
    }
  });

  it("knows the format as soon as the header has come, before any sample", () => {
    const reader = new WavReader();
    const header = wavHeader({ sampleRate: 16000, channels: 2 });
    reader.push(header.subarray(0, 35));
    assert.equal(reader.format, undefined);
    assert.deepEqual(reader.push(header.subarray(35)), []);
    assert.deepEqual(reader.format, {
      encoding: "signed-integer",
      sampleRate: 16000,
      channels: 2,
      bits: 16,
    });
  });

  for (const sizes of [
    "0000000000000000",
    "2400000000000000",
    "ffffffffffffffff",
  ]) {
    it(`goes on for ever when the lengths are open: ${sizes}`, () => {
      const header = wavHeader({ sampleRate: 16000 });
      header.write(sizes.slice(0, 8), 4, "hex");
      header.write(sizes.slice(8), 40, "hex");
      const reader = new WavReader();
      reader.push(header);
      for (let i = 0; i < 100; i += 1)
        assert.equal(reader.push(Buffer.alloc(5000))[0]?.length, 5000);
    });
  }

  it("gives samples in own memory", () => {
    const file = writeWav(Buffer.of(1, 2), { sampleRate: 8000 });
    const [data] = new WavReader().push(file);
    file.fill(0);
    assert.equal(data?.toString("hex"), "0102");
  });

  it("reads on through files of one format that follow each other", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomFrom(seed);
      const parts = Array.from({ length: 4 }, () =>
        noise(1 + Math.floor(random() * 60), random),
      );
      const files = parts.map((part) =>
        writeWav(part, { sampleRate: 8000, encoding: "mu-law" }),
      );
      const reader = new WavReader();
      const pieces = cutAnywhere(Buffer.concat(files), 30, random).flatMap(
        (chunk) => reader.push(chunk),
      );
      assert.equal(
        Buffer.concat(pieces).compare(Buffer.concat(parts)),
        0,
        `seed ${seed}`,
      );
    }
  });

  it("believes a data length of 0 in a later file when other chunks follow", () => {
    const full = writeWav(Buffer.alloc(100, 1), { sampleRate: 8000 });
    const empty = Buffer.concat([
      wavHeader({ sampleRate: 8000, dataLength: 0 }),
      LIST,
    ]);
    empty.writeUInt32LE(empty.length - 8, 4);
    const pieces = new WavReader().push(Buffer.concat([full, empty, full]));
    assert.equal(Buffer.concat(pieces).toString("hex"), "01".repeat(200));
  });

  it("refuses another format in the same stream and names both", () => {
    const reader = new WavReader();
    reader.push(writeWav(Buffer.alloc(4), { sampleRate: 8000 }));
    assert.throws(
      () => reader.push(writeWav(Buffer.alloc(4), { sampleRate: 16000 })),
      {
        name: "TypeError",
        message: /got 16000 Hz.*after 8000 Hz/,
      },
    );
  });

  for (const claimed of [1, 2, 7, 100]) {
    it(`goes on with samples behind a length of ${claimed} bytes that is too short, for any cutting`, () => {
      for (let seed = 1; seed <= 50; seed += 1) {
        const random = randomFrom(seed);
        const samples = noise(400, random);
        const file = writeWav(samples, { sampleRate: 8000 });
        file.writeUInt32LE(claimed, 40);
        const reader = new WavReader();
        const pieces = cutAnywhere(file, 40, random).flatMap((chunk) =>
          reader.push(chunk),
        );
        assert.equal(Buffer.concat(pieces).compare(samples), 0, `seed ${seed}`);
      }
    });
  }

  it("is over when all that the header announced has come, pad byte or not", () => {
    const file = writeWav(Buffer.alloc(5), {
      sampleRate: 8000,
      encoding: "mu-law",
    });
    const reader = new WavReader();
    reader.push(file.subarray(0, -2));
    assert.equal(reader.isOver, false);
    reader.push(file.subarray(-2, -1));
    assert.equal(reader.isOver, true);
    reader.push(file.subarray(-1));
    assert.equal(reader.isOver, true);
    reader.push(LIST.subarray(0, 3));
    assert.equal(reader.isOver, false);
  });

  it("counts what stands alone at the end", () => {
    const reader = new WavReader();
    reader.push(writeWav(Buffer.alloc(4), { sampleRate: 8000 }));
    reader.push(Buffer.alloc(3));
    reader.end();
    assert.equal(reader.ignoredBytes, 3);
  });

  it("counts the bytes of a sample that its file cuts in half", () => {
    const file = writeWav(Buffer.alloc(6), { sampleRate: 8000 });
    file.writeUInt32LE(5, 40);
    const reader = new WavReader();
    assert.equal(
      Buffer.concat(reader.push(Buffer.concat([file, file]))).length,
      8,
    );
    assert.equal(reader.ignoredBytes, 1);
    reader.end();
    assert.equal(reader.ignoredBytes, 2);
  });

  it("names what is no WAV or has a damaged header", () => {
    const header = wavHeader({ sampleRate: 8000 });
    assert.throws(
      () =>
        new WavReader().push(Buffer.from("fLaC\0\0\0\x22\0\0\0\0", "latin1")),
      { name: "TypeError", message: /got flac data/ },
    );
    assert.throws(
      () =>
        new WavReader().push(
          Buffer.concat([header.subarray(0, 12), header.subarray(36)]),
        ),
      {
        name: "RangeError",
        message: /`fmt ` chunk before/,
      },
    );
    assert.throws(
      () =>
        new WavReader().push(
          Buffer.concat([header.subarray(0, 12), Buffer.alloc(8)]),
        ),
      {
        name: "RangeError",
        message: /chunk name/,
      },
    );
    header.writeUInt32LE(5000, 16);
    assert.throws(() => new WavReader().push(header), {
      name: "RangeError",
      message: /up to 128 bytes, got 5000/,
    });
  });
});
