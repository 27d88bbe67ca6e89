import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  describeSamples,
  Converter,
  encodeSamples,
  int16ArrayToPcm16,
  isSameFormat,
  Resampler,
  SAMPLE_FORMAT_NAMES,
  SAMPLE_FORMATS,
  sampleBytes,
  type SampleFormat,
  sampleFormatName,
  type SampleFormatName,
} from "../../lib/audio/index";
import {
  cutAnywhere,
  decibels,
  fitTone,
  noise,
  randomFrom,
  samplesOf,
  tone,
} from "./signals";

/** One sample as its bytes, and the PCM16 sample it stands for. */
const SAMPLES: Readonly<
  Record<SampleFormatName, Readonly<Record<string, number>>>
> = {
  "signed-integer": { "0080": -32768, ffff: -1, ff7f: 32767 },
  "signed-integer-16-be": { "8000": -32768, fffe: -2, "7fff": 32767 },
  "signed-integer-8": { "80": -32768, ff: -256, "00": 0, "7f": 32512 },
  "unsigned-integer-8": { "00": -32768, "7f": -256, "80": 0, ff: 32512 },
  "signed-integer-24": {
    "000080": -32768,
    ffffff: 0,
    "7fffff": -1,
    "7f0000": 0,
    "800000": 1,
    "80ff7f": 32767,
    ffff7f: 32767,
  },
  // The byte above the value is its sign, or left over from something else.
  "signed-integer-24-in-32": {
    "000080ff": -32768,
    "0000ffff": -256,
    "00ffff00": -1,
    "800000a5": 1,
    ffff7f00: 32767,
  },
  "signed-integer-32": {
    "00000080": -32768,
    ffffffff: 0,
    ff7fffff: -1,
    "00800000": 1,
    ff7f0000: 0,
    ffffff7f: 32767,
  },
  "floating-point": {
    "0000003f": 16384,
    "000080bf": -32768,
    "0000803f": 32767,
    "0000c040": 32767,
  },
  "floating-point-64": {
    "000000000000e03f": 16384,
    "000000000000f0bf": -32768,
    "0000000000001840": 32767,
  },
  "mu-law": { "00": -32124, "80": 32124, ff: 0, "7f": 0 },
  "a-law": { "2a": -32256, aa: 32256, d5: 8, "55": -8 },
};

/** Formats that hold PCM16 whole. */
function isExact(name: SampleFormatName): boolean {
  const { encoding, bits } = SAMPLE_FORMATS[name];
  return bits >= 16 && (encoding === "signed-integer" || bits >= 32);
}

/** Every PCM16 sample once. */
const ALL = int16ArrayToPcm16(
  Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768),
);

function decode(data: Buffer, format: SampleFormat): Buffer {
  const converter = new Converter({
    from: { ...format, sampleRate: 8_000, channels: 1 },
    to: { encoding: "signed-integer", sampleRate: 8_000 },
  });
  return converter.push(data);
}

function roundTripDb(format: SampleFormat, level: number): number {
  const pcm = tone(997, 48_000, 48_000, level);
  const back = decode(encodeSamples(pcm, format), format);
  let [signal, error] = [0, 0];
  for (let at = 0; at < pcm.length; at += 2) {
    signal += pcm.readInt16LE(at) ** 2;
    error += (pcm.readInt16LE(at) - back.readInt16LE(at)) ** 2;
  }
  return decibels(Math.sqrt(signal / error));
}

describe("Sample formats", () => {
  for (const name of SAMPLE_FORMAT_NAMES) {
    describe(name, () => {
      const format: SampleFormat = SAMPLE_FORMATS[name];

      for (const [bytes, sample] of Object.entries(SAMPLES[name])) {
        it(`reads ${bytes} as ${sample}`, () => {
          assert.equal(
            decode(Buffer.from(bytes, "hex"), format).readInt16LE(),
            sample,
          );
        });
      }

      it("writes what it reads as the same sample, or the nearest it has", () => {
        const data = encodeSamples(ALL, format);
        assert.equal(data.length, 65_536 * sampleBytes(format));
        const back = decode(data, format);
        const again = decode(encodeSamples(back, format), format);
        assert.equal(again.compare(back), 0);
        assert.equal(back.equals(ALL), isExact(name));
      });

      it("does not write to what it reads", () => {
        const data = noise(sampleBytes(format) * 500, randomFrom(5));
        const before = data.toString("hex");
        decode(data, format);
        encodeSamples(data.subarray(0, 400), format);
        assert.equal(data.toString("hex"), before);
      });
    });
  }

  it("write the sign into the byte above a 24-bit value", () => {
    const pcm = Buffer.from("ff7f0080", "hex");
    assert.equal(
      encodeSamples(pcm, SAMPLE_FORMATS["signed-integer-24-in-32"]).toString(
        "hex",
      ),
      "00ff7f00000080ff",
    );
  });
});

describe("Round trips in docs/audio-formats.md", () => {
  const rows = readFileSync(
    path.join(rootOf(__dirname), "docs/audio-formats.md"),
    "utf8",
  ).matchAll(/^\| ([a-z0-9-]+) +\| (\w+) +\| (\w+) +\| (\w+) +\|$/gm);
  const told = new Map(
    [...rows].map(([, name, ...figures]) => [name, figures]),
  );
  told.delete("samples");

  it("has a row for each format", () => {
    assert.deepEqual([...told.keys()], [...SAMPLE_FORMAT_NAMES]);
  });

  for (const name of SAMPLE_FORMAT_NAMES)
    it(`tells the distance of ${name} in whole dB`, () => {
      const measured = [0.98, 0.098, 0.0098].map((level) => {
        const db = roundTripDb(SAMPLE_FORMATS[name], level);
        return db === Infinity ? "exact" : `${Math.floor(db)}`;
      });
      assert.deepEqual(told.get(name), measured);
    });

  for (const rate of [
    8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000,
  ])
    it(`leaves 92 dB of 1 kHz from 24 kHz to ${rate} Hz and back`, () => {
      const pcm = tone(1_000, 24_000, 24_000, 0.8);
      const back = resampled(resampled(pcm, 24_000, rate), rate, 24_000);
      const middle = samplesOf(back).subarray(2_400, 21_600);
      const { level, restRms } = fitTone(middle, 1_000, 24_000);
      const db = decibels(level / Math.SQRT2 / restRms);
      assert.ok(db >= 92, `${db.toFixed(1)} dB`);
    });

  function resampled(pcm: Buffer, from: number, to: number): Buffer {
    const resampler = new Resampler({ from, to });
    return Buffer.concat([resampler.push(pcm), resampler.flush()]);
  }
});

/** Compiled tests lie one folder deeper than their sources. */
function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

describe("Converter between all sample formats", () => {
  const cases = SAMPLE_FORMAT_NAMES.flatMap((from) =>
    ([1, 2, 3] as const).flatMap((channels) =>
      [8_000, 44_100].map((sampleRate) => ({ from, channels, sampleRate })),
    ),
  );

  for (const maxBytes of [1, 7, 1_000]) {
    it(`gives the same bytes for cuts of up to ${maxBytes} bytes`, () => {
      let seed = maxBytes;
      for (const { from, channels, sampleRate } of cases) {
        const to = SAMPLE_FORMATS[nextName(from, (seed += 1))];
        const random = randomFrom(seed);
        const source = { ...SAMPLE_FORMATS[from], channels, sampleRate };
        const data = noise(20 * maxBytes + 4_000, random);
        const before = data.toString("hex");
        const run = (chunks: readonly Buffer[]): Buffer => {
          const converter = new Converter({
            from: source,
            to: { ...to, sampleRate: 24_000, channels: channels === 3 ? 2 : 1 },
          });
          return Buffer.concat([
            ...chunks.map((chunk) => converter.push(chunk)),
            converter.flush(),
          ]);
        };
        const cut = run(cutAnywhere(data, maxBytes, random));
        assert.equal(
          cut.compare(run([data])),
          0,
          `seed ${seed}: ${describeSamples(source)}, ${channels} channels, ${sampleRate} Hz to ${describeSamples(to)}`,
        );
        assert.equal(data.toString("hex"), before);
      }
    });
  }

  it("gives the same bytes for cuts of up to 1 MB", () => {
    const data = noise(2_500_000, randomFrom(1));
    for (const name of SAMPLE_FORMAT_NAMES) {
      const from = { ...SAMPLE_FORMATS[name], channels: 2, sampleRate: 24_000 };
      const run = (chunks: readonly Buffer[]): Buffer => {
        const to = { encoding: "signed-integer", sampleRate: 24_000 } as const;
        const converter = new Converter({ from, to });
        return Buffer.concat(chunks.map((chunk) => converter.push(chunk)));
      };
      const cut = run(cutAnywhere(data, 1_048_576, randomFrom(2)));
      assert.equal(cut.compare(run([data])), 0, name);
    }
  });

  function nextName(name: SampleFormatName, step: number): SampleFormatName {
    const index = SAMPLE_FORMAT_NAMES.indexOf(name) + step;
    return SAMPLE_FORMAT_NAMES[index % SAMPLE_FORMAT_NAMES.length]!;
  }
});

describe("sampleFormatName", () => {
  it("finds each name by its format", () => {
    for (const name of SAMPLE_FORMAT_NAMES)
      assert.equal(sampleFormatName({ ...SAMPLE_FORMATS[name] }), name);
  });

  it("takes the usual size where a format does not say", () => {
    assert.equal(
      sampleFormatName({ encoding: "unsigned-integer" }),
      "unsigned-integer-8",
    );
    assert.equal(
      sampleFormatName({ encoding: "floating-point" }),
      "floating-point",
    );
  });

  it("does not ask for the byte order of a single byte", () => {
    assert.equal(
      sampleFormatName({ encoding: "mu-law", byteOrder: "big" }),
      "mu-law",
    );
  });

  it("refuses other samples and lists those that there are", () => {
    assert.throws(
      () => sampleFormatName({ encoding: "unsigned-integer", bits: 16 }),
      {
        name: "RangeError",
        message: /16-bit unsigned-integer.*24-bit signed-integer in 32 bits/,
      },
    );
  });
});

describe("isSameFormat", () => {
  const format = { encoding: "signed-integer", sampleRate: 8_000, channels: 1 };

  it("fills in what a format does not say", () => {
    assert.ok(
      isSameFormat(
        { ...format, encoding: "signed-integer" },
        {
          ...format,
          encoding: "signed-integer",
          bits: 16,
          byteOrder: "little",
        },
      ),
    );
  });

  for (const other of [
    { bits: 24 },
    { byteOrder: "big" },
    { sampleRate: 16_000 },
    { channels: 2 },
    { encoding: "floating-point" },
  ] as const) {
    it(`tells ${JSON.stringify(other)} apart`, () => {
      assert.ok(
        !isSameFormat(
          { ...format, encoding: "signed-integer" },
          { ...format, encoding: "signed-integer", ...other },
        ),
      );
    });
  }
});
