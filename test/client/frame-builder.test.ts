import assert from "node:assert/strict";
import { PlainFrames } from "../../lib/client/frame-builder";
import { SimdFrames } from "../../lib/client/simd-frames";
import { noise, randomFrom } from "../audio/signals";
import { unmasked } from "./masked-frame";

const MASK = 0x78563412;

describe("PlainFrames and SimdFrames", () => {
  it("build the same frames, byte for byte", () => {
    const data = noise(40_000, randomFrom(11));
    const [before, after] = [Buffer.from('{"a":"'), Buffer.from('"}')];
    const plain = new PlainFrames(before, after);
    const simd = SimdFrames.create(before, after);
    assert.ok(simd, "this processor has vector instructions");
    const lengths: number[] = [
      959,
      960,
      961,
      1_920,
      4_800,
      simd.maxBytes - 1,
      simd.maxBytes,
    ];
    for (let length = 0; length < 300; length++) lengths.push(length);
    for (const length of lengths) {
      const audio = data.subarray(0, length);
      const frame: Buffer = Buffer.from(simd.build(audio, MASK));
      assert.ok(frame.equals(plain.build(audio, MASK)), `${length} bytes`);
      const { mask, text } = unmasked(frame);
      assert.equal(mask, "12345678");
      assert.equal(text, `{"a":"${audio.toString("base64")}"}`);
    }
  });

  it("write every letter of base64", () => {
    const all = Buffer.from(
      Array.from({ length: 3 * 4_096 }, (_, at) => (at * 89) >> 3),
    );
    const none = Buffer.alloc(0);
    const builders = [
      new PlainFrames(none, none),
      SimdFrames.create(none, none),
    ];
    for (const builder of builders) {
      const frame = builder && Buffer.from(builder.build(all, MASK));
      assert.equal(frame && unmasked(frame).text, all.toString("base64"));
    }
    assert.equal(new Set(all.toString("base64")).size, 64);
  });

  it("take texts of any length around it", () => {
    for (const length of [0, 1, 15, 16, 17, 45, 255]) {
      const [before, after] = [
        Buffer.alloc(length, "b"),
        Buffer.alloc(length, "a"),
      ];
      const builders = [
        new PlainFrames(before, after),
        SimdFrames.create(before, after),
      ];
      for (const builder of builders) {
        const frame =
          builder && Buffer.from(builder.build(Buffer.alloc(3), MASK));
        assert.equal(
          frame && unmasked(frame).text,
          `${before.toString()}AAAA${after.toString()}`,
        );
      }
    }
  });
});
