import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeWav, type WavOptions } from "../../lib/audio";
import { readQuestion } from "../../scripts/question";

const levels = [0, 0.5, -0.5, -1];

describe("readQuestion", () => {
  let folder: string;
  before(
    () => (folder = mkdtempSync(path.join(tmpdir(), "voice-live-question-"))),
  );
  after(() => rmSync(folder, { recursive: true }));

  function question(data: Buffer, options: WavOptions) {
    const file = path.join(folder, "question.wav");
    writeFileSync(file, writeWav(data, options));
    return readQuestion(file);
  }

  const formats: readonly [string, WavOptions, (level: number) => Buffer][] = [
    [
      "8-bit unsigned",
      { sampleRate: 8000, encoding: "unsigned-integer", bits: 8 },
      (level) => Buffer.from([128 + level * 128]),
    ],
    ["16-bit", { sampleRate: 8000, bits: 16 }, (level) => int(level, 2)],
    ["24-bit", { sampleRate: 8000, bits: 24 }, (level) => int(level, 3)],
    ["32-bit", { sampleRate: 8000, bits: 32 }, (level) => int(level, 4)],
  ];

  for (const [name, options, write] of formats) {
    it(`reads ${name} samples as PCM16`, () => {
      const { pcm } = question(Buffer.concat(levels.map(write)), options);
      assert.equal(
        pcm.toString("hex"),
        Buffer.concat(levels.map((level) => int(level, 2))).toString("hex"),
      );
    });
  }

  it("limits float samples to the range of PCM16", () => {
    const floats = Buffer.from(new Float32Array([0, 2, -2]).buffer);
    const { pcm } = question(floats, {
      sampleRate: 8000,
      encoding: "floating-point",
    });
    assert.deepEqual(
      [0, 2, 4].map((at) => pcm.readInt16LE(at)),
      [0, 32767, -32767],
    );
  });

  it("keeps rate and channels of the file", () => {
    const { sampleRate, channels } = question(square(200), {
      sampleRate: 48_000,
      channels: 2,
    });
    assert.deepEqual(
      { sampleRate, channels },
      { sampleRate: 48_000, channels: 2 },
    );
  });

  it("finds the end of speech before silence", () => {
    const { speechEndMs } = question(
      Buffer.concat([square(8000), Buffer.alloc(8000)]),
      { sampleRate: 8000 },
    );
    assert.equal(speechEndMs, 500);
  });

  it("says in one line that a file is missing", () => {
    assert.throws(
      () => readQuestion(path.join(folder, "none.wav")),
      /^Error: Cannot read .*none\.wav: there is no such file$/,
    );
  });

  it("refuses a silent recording", () => {
    assert.throws(
      () => question(Buffer.alloc(16_000), { sampleRate: 8000 }),
      /There is no speech in .*question\.wav: it is silent/,
    );
  });
});

function int(level: number, bytes: number): Buffer {
  const sample = Buffer.alloc(bytes);
  sample.writeIntLE(level * 2 ** (bytes * 8 - 1), 0, bytes);
  return sample;
}

/** PCM16 at half of full scale. */
function square(bytes: number): Buffer {
  return Buffer.alloc(bytes, int(0.5, 2));
}
