import assert from "node:assert/strict";
import {
  int16ArrayToPcm16,
  interleave,
  toMono,
  toStereo,
} from "../../lib/audio/index";

const pcm = (...samples: number[]): Buffer =>
  int16ArrayToPcm16(Int16Array.from(samples));
const hex = (buffer: Buffer): string => buffer.toString("hex");

describe("toMono", () => {
  it("takes the mean of all channels", () => {
    assert.equal(hex(toMono(pcm(100, 300, -5, 5), 2)), hex(pcm(200, 0)));
    assert.equal(hex(toMono(pcm(3, 6, 9), 3)), hex(pcm(6)));
  });

  it("rounds to the nearest integer", () => {
    assert.equal(hex(toMono(pcm(1, 1, 0, -1, -1, 0), 3)), hex(pcm(1, -1)));
  });

  it("does not overflow at full scale", () => {
    assert.equal(
      hex(toMono(pcm(32767, 32767, -32768, -32768), 2)),
      hex(pcm(32767, -32768)),
    );
  });

  it("copies mono into own memory", () => {
    const mono = pcm(1, 2);
    const copy = toMono(mono, 1);
    mono.fill(0);
    assert.equal(hex(copy), hex(pcm(1, 2)));
  });

  it("refuses a cut sample frame", () => {
    assert.throws(() => toMono(pcm(1, 2, 3), 2), RangeError);
  });
});

describe("toStereo", () => {
  it("puts each sample on both channels", () => {
    assert.equal(hex(toStereo(pcm(7, -8))), hex(pcm(7, 7, -8, -8)));
  });
});

describe("interleave", () => {
  it("puts left before right", () => {
    assert.equal(
      hex(interleave(pcm(1, 2), pcm(-1, -2))),
      hex(pcm(1, -1, 2, -2)),
    );
  });

  it("reads Buffers that are not aligned to 2 bytes", () => {
    const shifted = Buffer.concat([Buffer.of(0), pcm(1, 2)]).subarray(1);
    assert.equal(hex(interleave(shifted, shifted)), hex(pcm(1, 1, 2, 2)));
  });

  it("refuses unequal lengths and says what helps", () => {
    assert.throws(() => interleave(pcm(1), pcm(1, 2)), {
      name: "RangeError",
      message: /2 and 4 bytes: pad/,
    });
  });
});
