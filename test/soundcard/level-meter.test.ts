import assert from "node:assert/strict";
import { LevelMeter } from "../../lib/soundcard";
import { silence } from "../../lib/audio";
import { tone } from "../simulator/sounds";

describe("LevelMeter", () => {
  it("tells the level of each second, once", () => {
    const meter = new LevelMeter(24_000);
    const levels = Array.from({ length: 50 }, () =>
      meter.push(tone(40, 24_000, 0.5)),
    );
    const told = levels.filter((level) => level !== undefined);
    assert.deepEqual(told.map(Math.round), [-9, -9]);
    assert.equal(levels[23], undefined);
    assert.notEqual(levels[24], undefined);
  });

  it("calls silence -Infinity", () => {
    assert.equal(new LevelMeter(8_000).push(silence(1_000, 8_000)), -Infinity);
  });
});
