import assert from "node:assert/strict";
import {
  bytesPerMs,
  Converter,
  encodeSamples,
  float32ToPcm16,
  decodeAlaw,
  decodeMulaw,
  sampleBytes,
  type MonoFormat,
  type SampleEncoding,
} from "../../lib/audio/index";
import {
  cutAnywhere,
  fitTone,
  noise,
  randomFrom,
  samplesOf,
  tone,
} from "./signals";

const ENCODINGS: readonly SampleEncoding[] = [
  "signed-integer",
  "floating-point",
  "mu-law",
  "a-law",
];

interface SourceFormat extends MonoFormat {
  readonly channels: number;
}

const DECODE: Readonly<Record<SampleEncoding, (data: Buffer) => Buffer>> = {
  "signed-integer": (data) => data,
  "floating-point": float32ToPcm16,
  "mu-law": decodeMulaw,
  "a-law": decodeAlaw,
};

function convert(
  from: SourceFormat,
  to: MonoFormat,
  chunks: readonly Buffer[],
): Buffer {
  const converter = new Converter({ from, to });
  const parts = chunks.map((chunk) => converter.push(chunk));
  return Buffer.concat([...parts, converter.flush()]);
}

/** The tone on the first channel and silence on the others. */
function encodedTone({ encoding, sampleRate, channels }: SourceFormat): Buffer {
  const mono = tone(440, sampleRate, sampleRate / 5, 0.5);
  const all = Buffer.alloc(mono.length * channels);
  for (let at = 0; at < mono.length; at += 2)
    mono.copy(all, at * channels, at, at + 2);
  return encodeSamples(all, encoding);
}

function eachFormat(run: (from: SourceFormat, to: MonoFormat) => void): void {
  for (const encoding of ENCODINGS)
    for (const channels of [1, 2, 4])
      for (const sampleRate of [8_000, 44_100, 48_000])
        for (const target of ENCODINGS)
          for (const rate of [8_000, 24_000])
            run(
              { encoding, channels, sampleRate },
              { encoding: target, sampleRate: rate },
            );
}

describe("Converter", () => {
  it("keeps a tone's pitch, level and length between all formats", () => {
    eachFormat((from, to) => {
      const label = `${JSON.stringify(from)} → ${JSON.stringify(to)}`;
      const out = convert(from, to, [encodedTone(from)]);
      assert.equal(out.length, 200 * bytesPerMs(to), label);
      const signal = samplesOf(DECODE[to.encoding](out));
      const middle = signal.subarray(
        signal.length / 4,
        (signal.length * 3) / 4,
      );
      const { level, restRms } = fitTone(middle, 440, to.sampleRate);
      const expected = 0.5 / from.channels;
      assert.ok(Math.abs(level / expected - 1) < 0.02, `${label}: ${level}`);
      assert.ok(restRms < expected / 30, `${label}: ${restRms}`);
    });
  });

  it("gives the same bytes for any cutting of the input", () => {
    let seed = 0;
    eachFormat((from, to) => {
      const random = randomFrom((seed += 1));
      const frames = 400 + Math.floor(random() * 400);
      const bytes = frames * sampleBytes(from.encoding) * from.channels;
      const data = noise(bytes, random);
      const whole = convert(from, to, [Buffer.from(data)]);
      const cut = convert(from, to, cutAnywhere(data, 37, random));
      assert.equal(
        cut.compare(whole),
        0,
        `seed ${seed}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
      );
    });
  });

  it("passes samples through bit for bit where nothing is to do", () => {
    for (const encoding of ENCODINGS) {
      const format = { encoding, sampleRate: 16_000 };
      const data = noise(1_000, randomFrom(7));
      const out = convert({ ...format, channels: 1 }, format, [data]);
      assert.equal(out.compare(data), 0, encoding);
    }
  });

  it("never shares memory with its input", () => {
    for (const from of ENCODINGS)
      for (const to of ENCODINGS)
        for (const channels of [1, 2])
          for (const rate of [8_000, 16_000]) {
            const converter = new Converter({
              from: { encoding: from, sampleRate: 8_000, channels },
              to: { encoding: to, sampleRate: rate },
            });
            const input = noise(1_600, randomFrom(3));
            const out = converter.push(input);
            assert.notEqual(out.buffer, input.buffer);
            const before = out.toString("hex");
            input.fill(0x55);
            assert.equal(out.toString("hex"), before);
          }
  });

  it("does not let a later change of a chunk reach what it holds of it", () => {
    const format = { encoding: "signed-integer", sampleRate: 8_000 } as const;
    const converter = new Converter({
      from: { ...format, channels: 2 },
      to: format,
    });
    const chunk = Buffer.from("010001", "hex");
    assert.equal(converter.push(chunk).length, 0);
    chunk.fill(0xff);
    assert.equal(converter.push(Buffer.of(0)).toString("hex"), "0100");
  });

  it("drops half a sample at the end and starts the next stream clean", () => {
    const format = { encoding: "signed-integer", sampleRate: 8_000 } as const;
    const converter = new Converter({
      from: { ...format, channels: 1 },
      to: format,
    });
    converter.push(Buffer.from("0102aa", "hex"));
    assert.equal(converter.flush().length, 0);
    assert.equal(
      converter.push(Buffer.from("0304", "hex")).toString("hex"),
      "0304",
    );
  });

  it("mixes channels to their mean", () => {
    const format = { encoding: "signed-integer", sampleRate: 8_000 } as const;
    const stereo = Buffer.alloc(4);
    stereo.writeInt16LE(1_000, 0);
    stereo.writeInt16LE(-3_000, 2);
    const out = convert({ ...format, channels: 2 }, format, [stereo]);
    assert.equal(out.readInt16LE(0), -1_000);
  });

  it("refuses a number of channels that is none", () => {
    const format = { encoding: "signed-integer", sampleRate: 8_000 } as const;
    for (const channels of [0, -1, 1.5, NaN])
      assert.throws(
        () => new Converter({ from: { ...format, channels }, to: format }),
        RangeError,
      );
  });
});

describe("sampleBytes and bytesPerMs", () => {
  it("know the size of every encoding", () => {
    for (const [encoding, bytes, perMs] of [
      ["signed-integer", 2, 88.2],
      ["floating-point", 4, 176.4],
      ["mu-law", 1, 44.1],
      ["a-law", 1, 44.1],
    ] as const) {
      assert.equal(sampleBytes(encoding), bytes);
      assert.equal(bytesPerMs({ encoding, sampleRate: 44_100 }), perMs);
    }
  });
});

describe("Converter and channels", () => {
  const PCM16 = { encoding: "signed-integer", sampleRate: 8_000 } as const;
  const stereo = Buffer.alloc(8);
  [1_000, -3_000, 500, 700].forEach((sample, i) =>
    stereo.writeInt16LE(sample, 2 * i),
  );

  function samples(pcm: Buffer): number[] {
    return Array.from({ length: pcm.length / 2 }, (_, i) =>
      pcm.readInt16LE(2 * i),
    );
  }

  for (const [mix, expected] of [
    ["mean", [-1_000, 600]],
    ["left", [1_000, 500]],
    ["right", [-3_000, 700]],
  ] as const) {
    it(`takes the ${mix} of a stereo stream`, () => {
      const converter = new Converter({
        from: { ...PCM16, channels: 2 },
        to: PCM16,
        mix,
      });
      assert.deepEqual(samples(converter.push(stereo)), expected);
    });
  }

  it("puts mono on both channels", () => {
    const converter = new Converter({
      from: { ...PCM16, channels: 1 },
      to: { ...PCM16, channels: 2 },
    });
    assert.deepEqual(
      samples(converter.push(stereo.subarray(0, 4))),
      [1_000, 1_000, -3_000, -3_000],
    );
  });

  it("converts each channel by itself where their number stays", () => {
    const pcm = Buffer.alloc(8_000 * 4);
    const left = tone(440, 8_000, 8_000, 0.5);
    for (let i = 0; i < 8_000; i += 1) left.copy(pcm, i * 4, i * 2, i * 2 + 2);
    const convertTo = (
      channels: number,
      from: number,
      data: Buffer,
    ): Buffer => {
      const converter = new Converter({
        from: { ...PCM16, channels: from },
        to: { ...PCM16, sampleRate: 24_000, channels },
      });
      return Buffer.concat([converter.push(data), converter.flush()]);
    };
    const both = convertTo(2, 2, pcm);
    const alone = samples(convertTo(1, 1, left));
    assert.deepEqual(
      samples(both).filter((_, i) => i % 2 === 0),
      alone,
    );
    assert.ok(
      samples(both)
        .filter((_, i) => i % 2 === 1)
        .every((sample) => sample === 0),
    );
  });
});

describe("Converter and what is no sample", () => {
  const floats = Buffer.alloc(24);
  [0.5, NaN, Infinity, -Infinity, 3, NaN].forEach((value, i) =>
    floats.writeFloatLE(value, 4 * i),
  );
  const from = {
    encoding: "floating-point",
    sampleRate: 8_000,
    channels: 1,
  } as const;

  it("makes silence of NaN and full scale of infinities, and counts both", () => {
    const converter = new Converter({
      from,
      to: { encoding: "signed-integer", sampleRate: 8_000 },
    });
    const pcm = converter.push(floats);
    assert.equal(pcm.toString("hex"), "00400000ff7f0080ff7f0000");
    assert.deepEqual(converter.counts, {
      notNumbers: 2,
      infinities: 2,
      droppedBytes: 0,
    });
  });

  it("does so too for floats that stay floats, and leaves their numbers alone", () => {
    const converter = new Converter({ from, to: from });
    const before = floats.toString("hex");
    const out = converter.push(floats);
    assert.deepEqual(
      Array.from({ length: 6 }, (_, i) => out.readFloatLE(4 * i)),
      [0.5, 0, 1, -1, 3, 0],
    );
    assert.equal(converter.counts.notNumbers, 2);
    assert.equal(floats.toString("hex"), before);
  });

  it("counts the bytes that make no whole sample at the end", () => {
    const converter = new Converter({
      from: {
        encoding: "signed-integer",
        bits: 24,
        sampleRate: 8_000,
        channels: 2,
      },
      to: { encoding: "signed-integer", sampleRate: 8_000 },
    });
    converter.push(Buffer.alloc(6 + 5));
    assert.equal(converter.counts.droppedBytes, 0);
    converter.flush();
    assert.equal(converter.counts.droppedBytes, 5);
  });

  it("refuses rates without a filter between them", () => {
    for (const sampleRate of [44_099, 95_999])
      assert.throws(
        () =>
          new Converter({
            from: { ...from, sampleRate },
            to: { ...from, sampleRate: 24_000 },
          }),
        { name: "RangeError", message: /standard rate such as 8000/ },
      );
  });

  it("has a filter from every usual rate of 4 to 192 kHz to what the service speaks", () => {
    for (const sampleRate of [
      4_000, 8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 37_800,
      44_056, 44_100, 47_250, 48_000, 50_000, 64_000, 88_200, 96_000, 176_400,
      192_000,
    ]) {
      const converter = new Converter({
        from: { ...from, sampleRate },
        to: { encoding: "signed-integer", sampleRate: 24_000 },
      });
      const pcm = Buffer.concat([
        converter.push(Buffer.alloc(sampleRate * 4)),
        converter.flush(),
      ]);
      assert.equal(pcm.length, 48_000, `${sampleRate} Hz`);
    }
  });
});
