import assert from "node:assert/strict";
import { WaitWords } from "../../lib/client/wait-words";

/** For functions that say nothing while they are waited for. */
export function silentWords(): WaitWords {
  return new WaitWords({
    request: () => assert.fail("nothing is to be said"),
    withdraw: () => assert.fail("nothing was said"),
    onFault: (fault) => assert.fail(fault),
  });
}
