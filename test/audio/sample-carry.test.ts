import assert from "node:assert/strict";
import { SampleCarry } from "../../lib/audio/index";
import { cutAnywhere, noise, randomFrom } from "./signals";

describe("SampleCarry", () => {
  it("gives whole blocks only and the same bytes, for any cutting", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = randomFrom(seed);
      const blockBytes = 1 + Math.floor(random() * 8);
      const data = noise(blockBytes * 500, random);
      const carry = new SampleCarry(blockBytes);
      const pieces = cutAnywhere(data, 40, random).map((chunk) =>
        carry.push(chunk),
      );
      assert.ok(
        pieces.every((piece) => piece.length % blockBytes === 0),
        `seed ${seed}`,
      );
      assert.equal(Buffer.concat(pieces).compare(data), 0, `seed ${seed}`);
      assert.equal(carry.pendingBytes, 0, `seed ${seed}`);
    }
  });

  it("keeps what it holds when the chunk is overwritten afterwards", () => {
    const carry = new SampleCarry(4);
    const chunk = Buffer.of(1, 2, 3);
    carry.push(chunk);
    chunk.fill(9);
    assert.equal(carry.push(Buffer.of(4)).toString("hex"), "01020304");
  });

  it("counts the bytes of a block that never became whole", () => {
    const carry = new SampleCarry(4);
    carry.push(Buffer.alloc(7));
    assert.equal(carry.pendingBytes, 3);
    carry.flush();
    assert.deepEqual([carry.pendingBytes, carry.droppedBytes], [0, 3]);
  });

  it("refuses a block of 0 bytes", () => {
    assert.throws(() => new SampleCarry(0), {
      name: "RangeError",
      message: /`blockBytes`/,
    });
  });
});
