import assert from "node:assert/strict";
import { retryDelayMs } from "../../lib/client/backoff";

const ALMOST_ONE = 1 - Number.EPSILON;

describe("retryDelayMs", () => {
  for (const [attempt, longest] of [
    [0, 250],
    [1, 250],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
    [5, 8_000],
    [6, 16_000],
    [7, 30_000],
    [8, 30_000],
    [5_000, 30_000],
  ] as const) {
    it(`spreads attempt ${attempt} over 0 to ${longest} ms`, () => {
      assert.equal(retryDelayMs(attempt, 0), 0);
      assert.equal(retryDelayMs(attempt, 0.5), longest / 2);
      assert.equal(retryDelayMs(attempt, ALMOST_ONE), longest);
    });
  }
});
