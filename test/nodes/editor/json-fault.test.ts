import assert from "node:assert/strict";
import { jsonFaultAt } from "../../../nodes/editor/json-fault";

/** Text that is no JSON; `▸` stands before the first character that cannot be there. */
const FAULTS = [
  "▸",
  "{▸",
  "▸}",
  '{"a" ▸1}',
  '{"a": 1, ▸}',
  '{"a": 1▸]',
  "[1 ▸2]",
  "[1, ▸]",
  "[▸01]",
  "[▸tru]",
  "[▸truex]",
  "{▸a: 1}",
  "{\"a\": ▸'b'}",
  '{"a":\n  ▸x}',
  '[▸"line\nbreak"]',
  '["\\u00e4", ▸"\\x"]',
  "{} ▸{}",
  "1 ▸,",
];

describe("jsonFaultAt", () => {
  for (const marked of FAULTS) {
    const text = marked.replace("▸", "");
    it(`finds ${JSON.stringify(marked)}`, () => {
      assert.throws(() => JSON.parse(text));
      assert.equal(jsonFaultAt(text), marked.indexOf("▸"));
    });
  }

  it("runs through JSON to its end", () => {
    for (const value of [
      {},
      [],
      'a\\"b',
      -1.5e-7,
      { a: [1, { b: null }], "": [true, false, [[]]] },
    ]) {
      const text = JSON.stringify(value, null, 2);
      assert.equal(jsonFaultAt(text), text.length);
    }
  });
});
