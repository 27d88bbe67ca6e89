import assert from "node:assert/strict";
import { PlainFrames, type FrameBuilder } from "../../lib/client/frame-builder";
import { SimdFrames } from "../../lib/client/simd-frames";
import { noise, randomFrom } from "../audio/signals";
import { unmasked } from "./masked-frame";

const MASK = 0x78563412;

/** The frame of audio that begins at that place in the room. */
function built(
  builder: FrameBuilder | undefined,
  audio: Buffer,
  at = 16,
): Buffer {
  assert.ok(builder, "this processor has vector instructions");
  builder.room.set(audio, at);
  return Buffer.from(builder.build(at, audio.length, MASK));
}

describe("PlainFrames and SimdFrames", () => {
  it("build the same frames, byte for byte", () => {
    const data = noise(40_000, randomFrom(11));
    const [before, after] = [Buffer.from('{"a":"'), Buffer.from('"}')];
    const plain = new PlainFrames(before, after);
    const simd = SimdFrames.create(before, after);
    const lengths = [959, 960, 961, 1_920, 4_800, 40_000];
    for (let length = 0; length < 300; length++) lengths.push(length);
    for (const length of lengths) {
      const audio = data.subarray(0, length);
      const frame = built(simd, audio);
      assert.ok(frame.equals(built(plain, audio)), `${length} bytes`);
      const { mask, text } = unmasked(frame);
      assert.equal(mask, "12345678");
      assert.equal(text, `{"a":"${audio.toString("base64")}"}`);
    }
  });

  it("build what fills the room to its end but two bytes", () => {
    const none = Buffer.alloc(0);
    const builders = [
      new PlainFrames(none, none),
      SimdFrames.create(none, none),
    ];
    for (const builder of builders) {
      const audio = noise((builder?.room.length ?? 0) - 2, randomFrom(12));
      const { text } = unmasked(built(builder, audio, 0));
      assert.equal(text, audio.toString("base64"));
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
    for (const builder of builders)
      assert.equal(unmasked(built(builder, all)).text, all.toString("base64"));
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
      for (const builder of builders)
        assert.equal(
          unmasked(built(builder, Buffer.alloc(3))).text,
          `${before.toString()}AAAA${after.toString()}`,
        );
    }
  });

  describe("where it cannot run", () => {
    const scope = globalThis as { WebAssembly?: object | undefined };
    const before = scope.WebAssembly;
    afterEach(() => (scope.WebAssembly = before));
    const create = (): unknown =>
      SimdFrames.create(Buffer.alloc(0), Buffer.alloc(0));
    function Full(): never {
      throw new RangeError("WebAssembly.Instance(): Out of memory");
    }

    it("is none: without a compiler, vector instructions or address space", () => {
      assert.ok(create());
      scope.WebAssembly = undefined;
      assert.equal(create(), undefined);
      scope.WebAssembly = { ...before, validate: () => false };
      assert.equal(create(), undefined);
      scope.WebAssembly = {
        validate: () => true,
        Module: Object,
        Instance: Full,
      };
      assert.equal(create(), undefined);
    });
  });
});
