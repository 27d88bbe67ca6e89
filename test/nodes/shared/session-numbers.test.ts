import assert from "node:assert/strict";
import { DEFAULT_BOUNDS, DEFAULT_RENEWAL } from "../../../lib/client";
import { DEFAULT_CALL_LIMITS } from "../../../lib/client/call-limits";
import { SESSION_NUMBERS } from "../../../nodes/shared/session-numbers";

// The dialog's bundle takes the table and not the client, so both say it.
describe("SESSION_NUMBERS", () => {
  const standard = (name: keyof typeof SESSION_NUMBERS): number =>
    SESSION_NUMBERS[name].value;

  it("has the client's own defaults", () => {
    assert.deepEqual(DEFAULT_BOUNDS, {
      maxItems: standard("historyItems"),
      maxCharacters: standard("historyCharacters"),
    });
    assert.deepEqual(DEFAULT_RENEWAL, {
      sessionMs: standard("sessionMinutes") * 60_000,
      marginMs: standard("renewMarginSeconds") * 1_000,
    });
    assert.deepEqual(DEFAULT_CALL_LIMITS, {
      callsPerMinute: standard("callsPerMinute"),
      callSteps: standard("callSteps"),
    });
  });

  it("has defaults within its own bounds", () => {
    for (const [name, { value, min, max }] of Object.entries(SESSION_NUMBERS))
      assert.ok(value >= min && value <= max, name);
  });
});
