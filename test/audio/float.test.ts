import assert from "node:assert/strict";
import {
  float32ToPcm16,
  int16ArrayToPcm16,
  pcm16ToFloat32,
} from "../../lib/audio/index";

const samplesOf = (pcm: Buffer): number[] =>
  Array.from({ length: pcm.length / 2 }, (_, i) => pcm.readInt16LE(2 * i));

describe("float32ToPcm16", () => {
  it("clips what lies beyond ±1, infinities included", () => {
    const floats = Float32Array.of(1, -1, 1.5, -7, Infinity, -Infinity);
    assert.deepEqual(
      samplesOf(float32ToPcm16(floats)),
      [32767, -32768, 32767, -32768, 32767, -32768],
    );
  });

  it("makes silence of NaN", () => {
    assert.deepEqual(
      samplesOf(float32ToPcm16(Float32Array.of(NaN, 0.5))),
      [0, 16384],
    );
  });

  it("rounds to nearest", () => {
    assert.deepEqual(
      samplesOf(
        float32ToPcm16(Float32Array.of(1.4 / 32768, 1.6 / 32768, -1.6 / 32768)),
      ),
      [1, 2, -2],
    );
  });

  it("reads little-endian bytes at any offset", () => {
    const bytes = Buffer.from("000000003f000000bf", "hex").subarray(1);
    assert.deepEqual(samplesOf(float32ToPcm16(bytes)), [16384, -16384]);
  });

  it("refuses a cut float", () => {
    assert.throws(() => float32ToPcm16(Buffer.alloc(6)), RangeError);
  });
});

describe("pcm16ToFloat32", () => {
  it("scales to -1 … just below 1 in little-endian floats", () => {
    assert.equal(
      pcm16ToFloat32(int16ArrayToPcm16(Int16Array.of(-32768, 16384))).toString(
        "hex",
      ),
      "000080bf0000003f",
    );
  });

  it("and back is exact for all 65,536 samples", () => {
    const all = int16ArrayToPcm16(
      Int16Array.from({ length: 65536 }, (_, i) => i - 32768),
    );
    assert.equal(float32ToPcm16(pcm16ToFloat32(all)).compare(all), 0);
  });
});
