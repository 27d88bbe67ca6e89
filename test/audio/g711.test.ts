import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  decodeAlaw,
  decodeMulaw,
  encodeAlaw,
  encodeMulaw,
  int16ArrayToPcm16,
} from "../../lib/audio/index";
import { decibels, fitTone, samplesOf, tone } from "./signals";

/** Decoder output values of ITU-T G.711: 8 segments of 16 steps, given by first value and step width. */
function magnitudes(
  firsts: readonly number[],
  steps: readonly number[],
): number[] {
  return firsts.flatMap((first, segment) =>
    Array.from({ length: 16 }, (_, i) => first + i * (steps[segment] ?? NaN)),
  );
}
const ALAW_STEPS = [2, 2, 4, 8, 16, 32, 64, 128];
const MULAW_STEPS = [2, 4, 8, 16, 32, 64, 128, 256];
/** Table 1 (A-law), 13-bit values 1 … 4032. */
const ALAW = magnitudes([1, 33, 66, 132, 264, 528, 1056, 2112], ALAW_STEPS);
/** Table 2 (μ-law), 14-bit values 0 … 8031. */
const MULAW = magnitudes([0, 33, 99, 231, 495, 1023, 2079, 4191], MULAW_STEPS);

const ALL_CODES = Buffer.from(
  Uint8Array.from({ length: 256 }, (_, code) => code),
);
const ALL_SAMPLES = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
const sha256 = (data: Buffer): string =>
  createHash("sha256").update(data).digest("hex");

describe("decodeMulaw", () => {
  it("gives the ITU table for all 256 codes", () => {
    const decoded = decodeMulaw(ALL_CODES);
    for (let code = 0; code < 256; code += 1) {
      const value = (MULAW[~code & 0x7f] ?? NaN) * 4 * (code & 0x80 ? 1 : -1);
      assert.equal(
        decoded.readInt16LE(code * 2),
        value === 0 ? 0 : value,
        `code ${code}`,
      );
    }
  });

  it("agrees with another implementation on all codes", () => {
    assert.equal(
      sha256(decodeMulaw(ALL_CODES)),
      "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
    );
  });
});

describe("decodeAlaw", () => {
  it("gives the ITU table for all 256 codes", () => {
    const decoded = decodeAlaw(ALL_CODES);
    for (let code = 0; code < 256; code += 1) {
      const value =
        (ALAW[(code ^ 0x55) & 0x7f] ?? NaN) * 8 * (code & 0x80 ? 1 : -1);
      assert.equal(decoded.readInt16LE(code * 2), value, `code ${code}`);
    }
  });

  it("agrees with another implementation on all codes", () => {
    assert.equal(
      sha256(decodeAlaw(ALL_CODES)),
      "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
    );
  });
});

const LAWS = [
  {
    name: "encodeMulaw",
    encode: encodeMulaw,
    decode: decodeMulaw,
    table: MULAW,
    steps: MULAW_STEPS,
    scale: 4,
  },
  {
    name: "encodeAlaw",
    encode: encodeAlaw,
    decode: decodeAlaw,
    table: ALAW,
    steps: ALAW_STEPS,
    scale: 8,
  },
];

for (const { name, encode, decode, table, steps, scale } of LAWS) {
  describe(name, () => {
    it("brings every decoded value back to its code", () => {
      const again = decode(encode(decode(ALL_CODES)));
      assert.equal(again.compare(decode(ALL_CODES)), 0);
    });

    it("keeps each of the 65,536 samples inside the interval that the ITU table gives its code", () => {
      const coded = decode(encode(int16ArrayToPcm16(ALL_SAMPLES)));
      ALL_SAMPLES.forEach((sample, i) => {
        const value = coded.readInt16LE(i * 2);
        const index = table.indexOf(Math.abs(value) / scale);
        const halfStep = (scale * (steps[index >> 4] ?? NaN)) / 2;
        const isClipped = index === 127 && Math.abs(sample) > Math.abs(value);
        assert.ok(
          isClipped || Math.abs(sample - value) <= halfStep,
          `sample ${sample} became ${value}`,
        );
      });
    });

    it("keeps 36 dB between a tone and its distortion on a round trip", () => {
      const { level, restRms } = fitTone(
        samplesOf(decode(encode(tone(1020, 8000, 8000, 0.3)))),
        1020,
        8000,
      );
      const snr = decibels(level / Math.SQRT2 / restRms);
      assert.ok(snr > 36, `${snr.toFixed(1)} dB`);
    });

    it("refuses half a sample", () => {
      assert.throws(() => encode(Buffer.alloc(3)), RangeError);
    });
  });
}

describe("G.711 silence", () => {
  it("is 0xFF in μ-law and 0xD5 in A-law", () => {
    assert.equal(encodeMulaw(Buffer.alloc(2)).toString("hex"), "ff");
    assert.equal(encodeAlaw(Buffer.alloc(2)).toString("hex"), "d5");
  });
});
