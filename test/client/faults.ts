import assert from "node:assert/strict";
import { VoiceLiveError, type ErrorCode } from "../../lib/client/errors";

/** Runs what has to fail with this code. @returns the error, for a closer look */
export function faultOf(code: ErrorCode, run: () => unknown): VoiceLiveError {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof VoiceLiveError, `Expected ${code}`);
  assert.equal(thrown.code, code, thrown.message);
  assert.doesNotMatch(thrown.message, /\n/);
  return thrown;
}

/** The same for a promise. */
export async function faultOfAsync(
  code: ErrorCode,
  promise: Promise<unknown>,
): Promise<VoiceLiveError> {
  const [outcome] = await Promise.allSettled([promise]);
  return faultOf(code, () => {
    if (outcome.status === "rejected") throw outcome.reason;
  });
}
