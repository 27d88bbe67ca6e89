import assert from "node:assert/strict";
import { inspect } from "node:util";
import { VoiceLiveError } from "../../../lib/client";
import { settle } from "../../../nodes/shared/settle";

describe("settle", () => {
  const node = {
    error: (...args: unknown[]) => assert.fail(`told of ${inspect(args)}`),
  };

  /** What `done` and the fault listener were called with. */
  function settled(run: () => void): { done: unknown[][]; faults: unknown[] } {
    const done: unknown[][] = [];
    const faults: unknown[] = [];
    settle(
      node,
      (...args) => done.push(args),
      run,
      (fault) => faults.push(fault),
    );
    return { done, faults };
  }

  it("is done once, without an error, after a handler that returns", () => {
    assert.deepEqual(
      settled(() => undefined),
      { done: [[undefined]], faults: [] },
    );
  });

  it("is done once with the very error that the handler throws", () => {
    const error = new VoiceLiveError("VOICE_LIVE_KEY", "No key.");
    const { done, faults } = settled(() => {
      throw error;
    });
    assert.equal(done.length, 1);
    assert.equal(done[0]?.[0], error);
    assert.deepEqual(faults, [error]);
  });

  it("gives a code to whatever else is thrown", () => {
    for (const thrown of [new RangeError("Too far"), "Too far"]) {
      const { done } = settled(() => {
        throw thrown;
      });
      const error = done[0]?.[0];
      assert.ok(error instanceof VoiceLiveError);
      assert.deepEqual(
        [error.code, error.message, error.cause],
        ["VOICE_LIVE_INTERNAL", `Too far. ${error.nextStep}`, thrown],
      );
    }
  });

  it("tells of the error without the message, where Node-RED cannot copy that", () => {
    const told: unknown[][] = [];
    const error = new VoiceLiveError("VOICE_LIVE_KEY", "No key.");
    settle(
      { error: (...args: unknown[]) => void told.push(args) },
      () => {
        throw new RangeError("Maximum call stack size exceeded");
      },
      () => {
        throw error;
      },
    );
    assert.deepEqual(told, [[error, {}]]);
  });
});
