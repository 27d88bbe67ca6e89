import assert from "node:assert/strict";
import {
  flag,
  number,
  object,
  oneOf,
  text,
  texts,
} from "../../../nodes/shared/config-values";

const BOUNDS = { min: 10, max: 100 };

describe("Config values", () => {
  it("text is trimmed, and anything else is the fallback", () => {
    assert.deepEqual(
      [text(" a "), text(7), text(undefined, "b"), text(null)],
      ["a", "", "b", ""],
    );
  });

  it("number reads numbers and their text within bounds, borders included", () => {
    for (const [value, read] of [
      [50, 50],
      ["50", 50],
      [" 50.5 ", 50.5],
      [10, 10],
      [100, 100],
      [9, 40],
      [101, 40],
      ["", 40],
      ["fifty", 40],
      [Number.NaN, 40],
      [null, 40],
      [undefined, 40],
      [true, 40],
    ] as const)
      assert.equal(number(value, 40, BOUNDS), read, String(value));
  });

  it("flag reads booleans and their text", () => {
    for (const [value, read] of [
      [true, true],
      ["true", true],
      [false, false],
      ["false", false],
    ] as const) {
      assert.equal(flag(value, true), read);
      assert.equal(flag(value, false), read);
    }
    for (const value of [undefined, null, 1, "yes"]) {
      assert.equal(flag(value, true), true);
      assert.equal(flag(value, false), false);
    }
  });

  it("oneOf takes what is allowed only", () => {
    assert.equal(oneOf("b", ["a", "b"], "a"), "b");
    assert.equal(oneOf("c", ["a", "b"], "a"), "a");
    assert.equal(oneOf(undefined, ["a", "b"], "a"), "a");
  });

  it("texts keeps the texts of a list, and an empty list is one", () => {
    assert.deepEqual(texts([" a ", "", 7, "b"], ["z"]), ["a", "b"]);
    assert.deepEqual(texts([], ["z"]), []);
    assert.deepEqual(texts("a", ["z"]), ["z"]);
  });

  it("object reads an object, its JSON, and nothing as an empty one", () => {
    assert.deepEqual(object({ a: 1 }, "x"), { a: 1 });
    assert.deepEqual(object('{"a": 1}', "x"), { a: 1 });
    for (const value of [undefined, null, ""])
      assert.deepEqual(object(value, "x"), {});
  });

  it("object says what is wrong with anything else", () => {
    for (const value of ["[]", "7", "null", [], 7])
      assert.throws(() => object(value, "the settings"), {
        name: "TypeError",
        message: "Expected the settings to be a JSON object",
      });
    assert.throws(
      () => object("{", "the settings"),
      /^TypeError: Expected the settings to be JSON: /,
    );
  });
});
