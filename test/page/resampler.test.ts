import assert from "node:assert/strict";
import { Resampler } from "../../page/audio/resampler";

const SECOND = 1;
const LOUDNESS = 0.5;

function sine(hz: number, rate: number, seconds = SECOND): Float32Array {
  return Float32Array.from(
    { length: rate * seconds },
    (_, index) => LOUDNESS * Math.sin((2 * Math.PI * hz * index) / rate),
  );
}

/** @param cut - lengths of the pieces that come in */
function resample(
  input: Float32Array,
  [from, to]: readonly [number, number],
  cut: readonly number[] = [128],
): Float32Array {
  const resampler = new Resampler(from, to);
  const out = new Float32Array(Math.ceil((input.length * to) / from) + 64);
  let at = 0;
  let read = 0;
  for (let piece = 0; at < input.length; piece += 1) {
    const length = cut[piece % cut.length] ?? 128;
    resampler.push(input.subarray(at, at + length));
    at += length;
    read += resampler.read(out, read);
  }
  resampler.end();
  read += resampler.read(out, read);
  assert.ok(resampler.isOver);
  return out.subarray(0, read);
}

/** Largest difference away from the edges, where there is half a window of silence. */
function difference(one: Float32Array, other: Float32Array): number {
  let most = 0;
  for (let index = 400; index < one.length - 400; index += 1)
    most = Math.max(most, Math.abs(one[index]! - other[index]!));
  return most;
}

function rms(samples: Float32Array): number {
  return Math.sqrt(
    samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length,
  );
}

describe("Resampler of the page", () => {
  const pairs: readonly (readonly [number, number])[] = [
    [48_000, 24_000],
    [44_100, 24_000],
    [24_000, 48_000],
    [24_000, 44_100],
    [16_000, 48_000],
    [96_000, 24_000],
    [47_999, 24_000],
  ];
  for (const pair of pairs) {
    const [from, to] = pair;
    it(`keeps a tone and its place from ${from} to ${to} Hz`, () => {
      const out = resample(sine(1_000, from), pair);
      assert.equal(out.length, to);
      assert.ok(difference(out, sine(1_000, to)) < 2e-4);
    });
  }

  it("gives the same however the input is cut", () => {
    const input = sine(440, 44_100, 0.5 * SECOND);
    const whole = resample(input, [44_100, 24_000], [input.length]);
    const cut = resample(input, [44_100, 24_000], [1, 7, 128, 1_024, 3]);
    assert.deepEqual(cut, whole);
  });

  it("lets nothing fold back from above the new band", () => {
    const out = resample(sine(15_000, 48_000), [48_000, 24_000]);
    assert.ok(rms(out.subarray(400, -400)) < LOUDNESS / 3_000);
  });

  it("passes equal rates unchanged", () => {
    const input = sine(700, 24_000);
    assert.deepEqual(resample(input, [24_000, 24_000]), input);
  });

  it("is over at once when nothing came", () => {
    assert.equal(resample(new Float32Array(0), [24_000, 48_000]).length, 0);
  });
});
