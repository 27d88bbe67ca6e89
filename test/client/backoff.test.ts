import assert from "node:assert/strict";
import { retryDelayMs } from "../../lib/client/backoff";

const ALMOST_ONE = 1 - Number.EPSILON;

describe("retryDelayMs", () => {
  for (const attempt of [0, 1]) {
    it(`lets who is waited for make attempt ${attempt} in the first half of 250 ms, others in the second`, () => {
      assert.equal(retryDelayMs(attempt, 0, true), 0);
      assert.equal(retryDelayMs(attempt, ALMOST_ONE, true), 125);
      assert.equal(retryDelayMs(attempt, 0), 125);
      assert.equal(retryDelayMs(attempt, ALMOST_ONE), 250);
    });
  }

  for (const [attempt, longest] of [
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
