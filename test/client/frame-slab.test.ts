import assert from "node:assert/strict";
import { FrameSlab } from "../../lib/client/frame-slab";
import { noise, randomFrom } from "../audio/signals";

describe("FrameSlab", () => {
  it("leaves the bytes of what is not given back alone, however much follows", () => {
    const random = randomFrom(5);
    const slab = new FrameSlab();
    const kept: { frame: Buffer; bytes: Buffer }[] = [];
    for (let round = 0; round < 2_000; round++) {
      const bytes = noise(Math.floor(2_000 * random()), random);
      const frame = slab.keep(bytes);
      assert.ok(frame.equals(bytes));
      if (random() < 0.5) slab.giveBack(frame);
      else kept.push({ frame, bytes });
    }
    assert.ok(kept.every(({ frame, bytes }) => frame.equals(bytes)));
  });

  it("uses the same memory again for what is given back", () => {
    const slab = new FrameSlab();
    const frame = slab.keep(Buffer.alloc(1_000));
    slab.giveBack(frame);
    const next = slab.keep(Buffer.alloc(1_200));
    assert.deepEqual(
      [next.buffer, next.byteOffset],
      [frame.buffer, frame.byteOffset],
    );
  });

  it("takes a frame of any length", () => {
    const slab = new FrameSlab();
    slab.keep(Buffer.alloc(100, 1));
    const bytes = noise(200_000, randomFrom(6));
    assert.ok(slab.keep(bytes).equals(bytes));
    assert.ok(slab.keep(Buffer.alloc(100, 2)).equals(Buffer.alloc(100, 2)));
  });
});
