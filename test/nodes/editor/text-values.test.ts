import assert from "node:assert/strict";
import { listFrom, numberOrText } from "../../../nodes/editor/text-values";

describe("text values of a dialog", () => {
  it("reads numbers, and leaves everything else as text", () => {
    const texts = ["24000", " 0.5 ", "-1", "", "${RATE}", "12 ms"];
    assert.deepEqual(texts.map(numberOrText), [
      24000,
      0.5,
      -1,
      "",
      "${RATE}",
      "12 ms",
    ]);
  });

  it("reads lists without blanks and empty parts", () => {
    assert.deepEqual(listFrom(" _session, req ,, res", /[,\s]/), [
      "_session",
      "req",
      "res",
    ]);
  });
});
