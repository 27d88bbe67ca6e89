import assert from "node:assert/strict";
import { SCENES } from "../../scripts/screenshots/scenes";
import { NODE_TYPES } from "../support/node-types";

describe("scenes of the screenshots", () => {
  it("show the dialog of every node", () => {
    const names = SCENES.map(({ name }) => name);
    assert.ok(NODE_TYPES.length > 10);
    for (const type of NODE_TYPES) {
      const name = type.replace("voice-live-", "");
      assert.ok(
        names.some((each) => each === name || each.startsWith(`${name}-`)),
        type,
      );
    }
  });
});
