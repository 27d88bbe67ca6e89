import assert from "node:assert/strict";
import { int16ArrayToPcm16, levelDb, rms } from "../../lib/audio/index";
import { tone } from "./signals";

describe("rms and levelDb", () => {
  it("give 0 and -Infinity for silence and for nothing", () => {
    assert.equal(rms(Buffer.alloc(960)), 0);
    assert.equal(levelDb(Buffer.alloc(960)), -Infinity);
    assert.equal(levelDb(Buffer.alloc(0)), -Infinity);
  });

  it("give 1 and 0 dBFS for a full-scale square wave", () => {
    const square = int16ArrayToPcm16(Int16Array.of(-32768, -32768));
    assert.equal(rms(square), 1);
    assert.equal(levelDb(square), 0);
  });

  it("give -3.01 dBFS for a full-scale sine and 20 dB less for a tenth of it", () => {
    assert.ok(Math.abs(levelDb(tone(1000, 24000, 24000, 1)) + 3.01) < 0.005);
    assert.ok(Math.abs(levelDb(tone(1000, 24000, 24000, 0.1)) + 23.01) < 0.005);
  });

  it("refuse half a sample", () => {
    assert.throws(() => rms(Buffer.alloc(3)), RangeError);
  });
});
