import assert from "node:assert/strict";
import { numberBetween } from "../../../nodes/editor/validate";

/** What Node-RED calls: `this` is the node, and a text is the reason. */
type Called = (this: { _(key: string): string }, value: unknown) => unknown;

describe("numberBetween", () => {
  const node = { _: (key: string) => `text of ${key}` };
  const check = numberBetween(0, 5000, "error.key") as unknown as Called;
  const validate = (value: unknown): unknown => check.call(node, value);

  it("accepts numbers of the range, as numbers and as text", () => {
    for (const value of [0, 350, "5000", " 1 "])
      assert.equal(validate(value), true);
  });

  it("gives the reason for anything else", () => {
    for (const value of [-1, 5001, "", "  ", "x", null])
      assert.equal(validate(value), "text of error.key", String(value));
  });

  it("accepts a reference to an environment variable", () => {
    assert.equal(validate("${TAIL_MS}"), true);
  });

  it("accepts a property that the flow file leaves out", () => {
    assert.equal(validate(undefined), true);
  });
});
