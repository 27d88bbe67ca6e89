import assert from "node:assert/strict";
import { Resampler } from "../../lib/audio/index";
import { cutAnywhere, noise, randomFrom, tone } from "./signals";

const RATES = [8000, 16000, 22050, 24000, 44100, 48000];

function resampleAll(resampler: Resampler, chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([
    ...chunks.map((chunk) => resampler.push(chunk)),
    resampler.flush(),
  ]);
}

describe("Resampler", () => {
  it("gives the same bits for any cutting, odd lengths included, between all rates", () => {
    let seed = 0;
    for (const from of RATES) {
      for (const to of RATES) {
        seed += 1;
        const random = randomFrom(seed);
        const input = noise(2 * Math.round(from * 0.15), random);
        const whole = resampleAll(new Resampler({ from, to }), [input]);
        for (const maxBytes of [1, 7, 701, 5000]) {
          const cut = resampleAll(
            new Resampler({ from, to }),
            cutAnywhere(input, maxBytes, random),
          );
          assert.equal(
            cut.compare(whole),
            0,
            `${from} to ${to}, seed ${seed}, up to ${maxBytes} bytes`,
          );
        }
      }
    }
  });

  it("keeps a constant level to the bit", () => {
    const level = Buffer.alloc(4800, Buffer.from(Int16Array.of(12345).buffer));
    for (const to of [8000, 22050, 44100]) {
      const out = resampleAll(new Resampler({ from: 24000, to }), [level]);
      const inner = out.subarray(500, out.length - 500);
      assert.equal(
        inner.compare(Buffer.alloc(inner.length, level.subarray(0, 2))),
        0,
        `to ${to}`,
      );
    }
  });

  it("clips overshoot instead of wrapping", () => {
    const square = Buffer.alloc(4800);
    for (let i = 0; i < 2400; i += 1)
      square.writeInt16LE(i % 48 < 24 ? 32767 : -32768, 2 * i);
    const out = resampleAll(new Resampler({ from: 24000, to: 48000 }), [
      square,
    ]);
    const plateau = Array.from({ length: 12 }, (_, i) =>
      out.readInt16LE(2 * (48 * 20 + 18 + i)),
    );
    assert.ok(
      plateau.every((sample) => sample > 25000),
      String(plateau),
    );
    assert.ok(out.includes(Buffer.from("ff7f", "hex")));
  });

  it("lags no more than 40 samples of the slower rate behind", () => {
    for (const [from, to] of [
      [48000, 24000],
      [24000, 48000],
      [44100, 24000],
    ] as const) {
      const resampler = new Resampler({ from, to });
      const out = resampler.push(Buffer.alloc(2 * from));
      const lagMs = 1000 - out.length / 2 / (to / 1000);
      assert.ok(
        lagMs > 0 && lagMs <= 41_000 / Math.min(from, to),
        `${lagMs} ms`,
      );
    }
  });

  it("starts afresh after flush and after reset", () => {
    const input = tone(440, 16000, 1600, 0.7);
    const resampler = new Resampler({ from: 16000, to: 24000 });
    const first = resampleAll(resampler, [input]);
    const second = resampleAll(resampler, [input]);
    resampler.push(noise(777, randomFrom(1)));
    resampler.reset();
    const third = resampleAll(resampler, [input]);
    assert.equal(second.compare(first), 0);
    assert.equal(third.compare(first), 0);
  });

  it("copies equal rates through, in whole samples", () => {
    const resampler = new Resampler({ from: 24000, to: 24000 });
    const chunk = Buffer.of(1, 2, 3);
    const out = resampler.push(chunk);
    chunk.fill(0);
    assert.equal(out.toString("hex"), "0102");
    assert.equal(resampler.push(Buffer.of(4)).toString("hex"), "0304");
    assert.equal(resampler.flush().length, 0);
  });

  it("takes half a sample at the end for nothing", () => {
    const resampler = new Resampler({ from: 8000, to: 16000 });
    assert.equal(resampleAll(resampler, [Buffer.alloc(201)]).length, 400);
  });

  it("leaves its input as it is", () => {
    const input = tone(440, 16000, 1600, 0.7);
    const copy = Buffer.from(input);
    resampleAll(new Resampler({ from: 16000, to: 8000 }), [input]);
    assert.equal(input.compare(copy), 0);
  });

  it("takes any pair of rates with a common divisor", () => {
    for (const [from, to] of [
      [11025, 48000],
      [32000, 44100],
      [96000, 8000],
      [192000, 16000],
      [12000, 24000],
    ] as const) {
      assert.equal(
        resampleAll(new Resampler({ from, to }), [Buffer.alloc(2 * from)])
          .length,
        2 * to,
      );
    }
  });

  it("refuses rates that are no positive integers or have no common divisor, and says what helps", () => {
    assert.throws(() => new Resampler({ from: 0, to: 24000 }), {
      name: "RangeError",
      message: /`from`/,
    });
    assert.throws(() => new Resampler({ from: 24000, to: 22050.5 }), {
      name: "RangeError",
      message: /`to`/,
    });
    assert.throws(() => new Resampler({ from: 24000, to: 47999 }), {
      name: "RangeError",
      message: /47999\/24000: use a standard rate/,
    });
    assert.throws(() => new Resampler({ from: 1e9, to: 1 }), RangeError);
  });
});
