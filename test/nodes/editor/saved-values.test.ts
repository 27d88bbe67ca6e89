import assert from "node:assert/strict";
import { savedTick } from "../../../nodes/editor/saved-values";

describe("savedTick", () => {
  for (const [saved, shown] of [
    [true, true],
    [false, false],
    [undefined, false],
    ["true", true],
    ["false", false],
    ["${ANSWER}", "${ANSWER}"],
    [" ${ANSWER} ", " ${ANSWER} "],
    ["say ${ANSWER}", true],
  ] as const)
    it(`shows ${JSON.stringify(saved)} as ${JSON.stringify(shown)}`, () =>
      assert.equal(savedTick(saved), shown));
});
