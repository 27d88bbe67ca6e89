import assert from "node:assert/strict";
import { restartDelayMs } from "../../lib/soundcard/backoff";

describe("restartDelayMs", () => {
  for (const [attempt, delay] of [
    [1, 250],
    [2, 500],
    [3, 1_000],
    [7, 16_000],
    [8, 30_000],
    [5_000, 30_000],
  ] as const)
    it(`waits ${delay} ms after attempt ${attempt}`, () => {
      assert.equal(restartDelayMs(attempt), delay);
    });
});
