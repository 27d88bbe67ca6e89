import assert from "node:assert/strict";
import { readJson } from "../../../nodes/editor/json-text";

describe("readJson", () => {
  it("reads a value of the shape asked for", () => {
    assert.deepEqual(readJson('{"a": null}', "object"), {
      ok: true,
      value: { a: null },
    });
    assert.deepEqual(readJson("[1]", "array"), { ok: true, value: [1] });
  });

  it("takes an empty text for the empty value", () => {
    assert.deepEqual(readJson(" \n", "object"), { ok: true, value: {} });
    assert.deepEqual(readJson("", "array"), { ok: true, value: [] });
  });

  for (const [text, shape] of [
    ["{", "object"],
    ["[]", "object"],
    ["null", "object"],
    ["{}", "array"],
  ] as const) {
    it(`says what is wrong with ${text} where an ${shape} is due`, () => {
      const reading = readJson(text, shape);
      assert.ok(!reading.ok && reading.problem.length > 0);
    });
  }
});
