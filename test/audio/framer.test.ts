import assert from "node:assert/strict";
import { Framer } from "../../lib/audio/index";
import { cutAnywhere, noise, randomFrom } from "./signals";

describe("Framer", () => {
  it("gives frames of one length and the same bytes, for any cutting", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = randomFrom(seed);
      const data = noise(2 * Math.floor(random() * 20000), random);
      const framer = new Framer({ frameBytes: 960 });
      const frames = cutAnywhere(data, seed % 2 ? 50 : 5000, random).flatMap(
        (chunk) => framer.push(chunk),
      );
      assert.ok(
        frames.every((frame) => frame.length === 960),
        `seed ${seed}`,
      );
      assert.equal(framer.pendingBytes, data.length % 960, `seed ${seed}`);
      const rest = framer.flush() ?? Buffer.alloc(0);
      assert.equal(
        Buffer.concat([...frames, rest]).compare(data),
        0,
        `seed ${seed}`,
      );
    }
  });

  it("gives each frame its own memory", () => {
    const framer = new Framer({ frameBytes: 4 });
    const chunk = Buffer.from("0102030405060708", "hex");
    const [first, second] = framer.push(chunk);
    assert.ok(first && second);
    assert.notEqual(first.buffer, second.buffer);
    chunk.fill(0);
    first.fill(0);
    assert.equal(second.toString("hex"), "05060708");
  });

  it("drops and counts the odd byte at the end", () => {
    const framer = new Framer({ frameBytes: 8 });
    framer.push(Buffer.from("010203", "hex"));
    assert.equal(framer.flush()?.toString("hex"), "0102");
    assert.equal(framer.droppedBytes, 1);
    assert.equal(framer.pendingBytes, 0);
  });

  it("flushes nothing when nothing is left, or less than a sample", () => {
    const framer = new Framer({ frameBytes: 2 });
    framer.push(Buffer.alloc(4));
    assert.equal(framer.flush(), undefined);
    framer.push(Buffer.alloc(1));
    assert.equal(framer.flush(), undefined);
  });

  it("starts a new stream after flush", () => {
    const framer = new Framer({ frameBytes: 2 });
    framer.push(Buffer.of(1));
    framer.flush();
    assert.equal(framer.push(Buffer.of(2, 3))[0]?.toString("hex"), "0203");
  });

  it("refuses a frame that cuts a sample", () => {
    assert.throws(() => new Framer({ frameBytes: 961 }), RangeError);
    assert.throws(
      () => new Framer({ frameBytes: 962, blockBytes: 4 }),
      RangeError,
    );
    assert.throws(() => new Framer({ frameBytes: -2 }), {
      name: "RangeError",
      message: /`frameBytes`.*`-2`/,
    });
  });
});
