import assert from "node:assert/strict";
import { turnMessage } from "../../lib/talk/conversation-view";

describe("turnMessage", () => {
  it("tells how long the first sound of a reply was waited for", () => {
    assert.deepEqual(
      turnMessage({ eot_to_first_delta_ms: 300, eot_to_first_out_ms: 340 }),
      { type: "turn", latencyMs: 340 },
    );
  });

  it("tells nothing of a reply that was written and made no sound", () => {
    assert.equal(
      turnMessage({ eot_to_first_delta_ms: 300, eot_to_first_out_ms: null }),
      undefined,
    );
  });
});
