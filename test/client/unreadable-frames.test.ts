import assert from "node:assert/strict";
import { UnreadableFrames } from "../../lib/client/unreadable-frames";

describe("UnreadableFrames", () => {
  it("tells of the first at once, and names what is wrong with it", () => {
    const fault = new UnreadableFrames().add(
      "error: error is not an object",
      0,
    );
    assert.equal(fault?.code, "VOICE_LIVE_FRAME");
    assert.equal(
      fault?.message,
      "The service sent what cannot be read (error: error is not an object). It was skipped.",
    );
  });

  it("counts a flood, and tells of it once every ten seconds", () => {
    const frames = new UnreadableFrames();
    const told: string[] = [];
    for (let now = 0; now < 30_000; now++) {
      const fault = frames.add(`reason ${now}`, now);
      if (fault) told.push(fault.message);
    }
    assert.equal(frames.total, 30_000);
    assert.deepEqual(told, [
      "The service sent what cannot be read (reason 0). It was skipped.",
      "The service sent what cannot be read (10000 more, the last: reason 10000). It was skipped.",
      "The service sent what cannot be read (10000 more, the last: reason 20000). It was skipped.",
    ]);
  });
});
