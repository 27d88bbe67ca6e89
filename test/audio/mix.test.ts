import assert from "node:assert/strict";
import { int16ArrayToPcm16, mix } from "../../lib/audio/index";

const pcm = (...samples: number[]): Buffer =>
  int16ArrayToPcm16(Int16Array.from(samples));
const hex = (buffer: Buffer): string => buffer.toString("hex");

describe("mix", () => {
  it("adds sample by sample", () => {
    assert.equal(hex(mix(pcm(1, -2), pcm(10, 20))), hex(pcm(11, 18)));
  });

  it("clips at full scale instead of wrapping", () => {
    assert.equal(
      hex(mix(pcm(30000, -30000), pcm(30000, -30000))),
      hex(pcm(32767, -32768)),
    );
  });

  it("weights the second by the gain, rounded to nearest", () => {
    assert.equal(hex(mix(pcm(100, 0), pcm(-50, 3), 0.5)), hex(pcm(75, 2)));
  });

  it("goes on with the longer one", () => {
    assert.equal(hex(mix(pcm(1), pcm(1, 2, 3))), hex(pcm(2, 2, 3)));
    assert.equal(hex(mix(pcm(1, 2, 3), pcm(1))), hex(pcm(2, 2, 3)));
  });

  it("leaves both inputs as they are", () => {
    const a = pcm(1, 2);
    const b = pcm(3, 4);
    mix(a, b).fill(0);
    assert.equal(hex(Buffer.concat([a, b])), hex(pcm(1, 2, 3, 4)));
  });

  it("refuses a gain that is no number", () => {
    assert.throws(() => mix(pcm(1), pcm(1), NaN), RangeError);
  });
});
