import assert from "node:assert/strict";
import { GuessBrake } from "../../lib/talk/guess-brake";

describe("GuessBrake", () => {
  it("lets three failures pass, then waits twice as long after each, up to a minute", () => {
    const brake = new GuessBrake();
    const waits = Array.from({ length: 12 }, () => {
      brake.failed("a", 0);
      return brake.waitMs("a", 0);
    });
    assert.deepEqual(
      waits,
      [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((s) => s * 1_000),
    );
    assert.equal(brake.waitMs("a", 59_000), 1_000);
    assert.equal(brake.waitMs("a", 61_000), 0);
  });

  it("slows no other address, and forgets after a success or an hour", () => {
    const brake = new GuessBrake();
    for (let n = 0; n < 5; n++) brake.failed("a", 0);
    assert.equal(brake.waitMs("b", 0), 0);
    brake.failed("a", 3_600_001);
    assert.equal(brake.waitMs("a", 3_600_001), 0);
    for (let n = 0; n < 5; n++) brake.failed("b", 0);
    brake.succeeded("b");
    assert.equal(brake.waitMs("b", 0), 0);
  });

  it("remembers a bounded number of addresses", () => {
    const brake = new GuessBrake();
    for (let n = 0; n < 5; n++) brake.failed("first", 0);
    for (let n = 0; n < 10_000; n++) brake.failed(`a${n}`, 0);
    assert.equal(brake.waitMs("first", 0), 0);
  });
});
