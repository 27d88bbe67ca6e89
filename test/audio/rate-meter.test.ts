import assert from "node:assert/strict";
import { RateMeter, type RateMismatch } from "../../lib/audio/index";
import { randomFrom } from "./signals";

interface StreamOptions {
  readonly declared: number;
  readonly real: number;
  readonly chunkMs?: number;
  readonly seconds?: number;
  /** Each message comes up to so much late, milliseconds. */
  readonly jitterMs?: number;
  readonly seed?: number;
}

/** What the meter says of a microphone, and when. */
function listen({
  declared,
  real,
  chunkMs = 40,
  seconds = 60,
  jitterMs = 0,
  seed = 1,
}: StreamOptions): { atMs: number; mismatch: RateMismatch }[] {
  const meter = new RateMeter(declared);
  const random = randomFrom(seed);
  const samples = Math.round((real * chunkMs) / 1_000);
  const found: { atMs: number; mismatch: RateMismatch }[] = [];
  let lastMs = 0;
  for (let i = 1; (i * samples) / real < seconds; i += 1) {
    lastMs = Math.max(
      lastMs,
      (i * samples * 1_000) / real + random() * jitterMs,
    );
    const mismatch = meter.add(samples, lastMs);
    if (mismatch) found.push({ atMs: lastMs, mismatch });
  }
  return found;
}

describe("RateMeter", () => {
  for (const [declared, real] of [
    [16_000, 48_000],
    [48_000, 16_000],
    [48_000, 44_100],
    [24_000, 22_050],
    [8_000, 48_000],
    [48_000, 8_000],
    [16_000, 17_000],
    [16_000, 15_000],
  ] as const) {
    it(`names ${real} Hz that call themselves ${declared} Hz after two seconds`, () => {
      for (const chunkMs of [10, 20, 40, 64]) {
        const [first] = listen({ declared, real, chunkMs });
        assert.ok(first, `${chunkMs} ms`);
        assert.ok(first.atMs <= 2_000 + 4 * chunkMs, `${first.atMs} ms`);
        assert.equal(first.mismatch.declared, declared);
        const error = Math.abs(first.mismatch.measured / real - 1);
        assert.ok(error < 0.005, `${first.mismatch.measured} Hz`);
      }
    });
  }

  it("finds a wrong rate behind a network's jitter within ten seconds", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const [first] = listen({
        declared: 48_000,
        real: 44_100,
        jitterMs: 30,
        seconds: 10,
        seed,
      });
      assert.ok(first, `seed ${seed}`);
    }
  });

  it("takes clocks that are off by 4 % for right", () => {
    for (const real of [15_360, 15_900, 16_000, 16_100, 16_640])
      assert.deepEqual(listen({ declared: 16_000, real }), [], `${real} Hz`);
  });

  it("is not misled by jitter of 200 ms in ten minutes", () => {
    for (let seed = 1; seed <= 20; seed += 1)
      assert.deepEqual(
        listen({
          declared: 16_000,
          real: 16_000,
          seconds: 600,
          jitterMs: 200,
          seed,
        }),
        [],
        `seed ${seed}`,
      );
  });

  it("is not misled by a stall and the burst after it", () => {
    for (let stallAtMs = 0; stallAtMs < 4_000; stallAtMs += 130)
      for (const stallMs of [100, 300, 450, 2_000]) {
        const meter = new RateMeter(16_000);
        for (let atMs = 40; atMs < 8_000; atMs += 40) {
          const isStalled = atMs > stallAtMs && atMs < stallAtMs + stallMs;
          const now = isStalled ? stallAtMs + stallMs : atMs;
          assert.equal(
            meter.add(640, now),
            undefined,
            `${stallMs} ms at ${stallAtMs} ms`,
          );
        }
      }
  });

  it("says nothing of a device that first sends what it had recorded", () => {
    const meter = new RateMeter(16_000);
    for (let i = 0; i < 50; i += 1) assert.equal(meter.add(640, i), undefined);
    for (let atMs = 50; atMs < 10_000; atMs += 40)
      assert.equal(meter.add(640, atMs), undefined);
  });

  it("says nothing of files, whole or cut, however fast they come", () => {
    for (const everyMs of [0, 0.01, 0.5, 2, 4])
      for (const chunkMs of [40, 400, 600, 60_000]) {
        const meter = new RateMeter(16_000);
        for (let i = 0; i < 5_000; i += 1)
          assert.equal(
            meter.add(16 * chunkMs, i * everyMs),
            undefined,
            `${chunkMs} ms every ${everyMs} ms`,
          );
      }
  });

  it("bears a file in 500,000 pieces", () => {
    const meter = new RateMeter(16_000);
    for (let i = 0; i < 500_000; i += 1)
      assert.equal(meter.add(16, i * 0.01), undefined);
  });

  it("says nothing of talk with pauses", () => {
    const meter = new RateMeter(16_000);
    let atMs = 0;
    for (let talk = 0; talk < 20; talk += 1, atMs += 700)
      for (let i = 0; i < 40; i += 1)
        assert.equal(meter.add(640, (atMs += 40)), undefined);
  });

  it("says nothing of messages that come one by one", () => {
    const meter = new RateMeter(16_000);
    for (let atMs = 0; atMs < 60_000; atMs += 700)
      assert.equal(meter.add(640, atMs), undefined);
  });

  it("begins again after reset", () => {
    const meter = new RateMeter(16_000);
    for (let atMs = 40; atMs < 1_990; atMs += 40) meter.add(1_280, atMs);
    meter.reset();
    for (let atMs = 2_000; atMs < 9_000; atMs += 40)
      assert.equal(meter.add(640, atMs), undefined);
  });
});
