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
      ["", 40],
      [" ", 40],
      [null, 40],
      [undefined, 40],
    ] as const)
      assert.equal(
        number({ ms: value }, "ms", 40, BOUNDS),
        read,
        String(value),
      );
  });

  it("number refuses by name what is none, or out of bounds", () => {
    for (const value of [9, 101, "fifty", Number.NaN, Infinity, true, {}, [50]])
      assert.throws(() => number({ ms: value }, "ms", 40, BOUNDS), {
        code: "VOICE_LIVE_CONFIGURATION",
        message: /^«ms» is .+\. Give a number from 10 to 100; then deploy\.$/,
      });
  });

  it("flag reads booleans and their text", () => {
    for (const [value, read] of [
      [true, true],
      ["true", true],
      [false, false],
      ["false", false],
    ] as const) {
      assert.equal(flag({ on: value }, "on", true), read);
      assert.equal(flag({ on: value }, "on", false), read);
    }
    for (const value of [undefined, null, ""]) {
      assert.equal(flag({ on: value }, "on", true), true);
      assert.equal(flag({ on: value }, "on", false), false);
    }
  });

  it("flag refuses by name what is neither yes nor no", () => {
    for (const value of [1, "yes", {}])
      assert.throws(() => flag({ on: value }, "on", true), {
        code: "VOICE_LIVE_CONFIGURATION",
        message: /^«on» is /,
      });
  });

  it("oneOf takes what is allowed, and the fallback where nothing is said", () => {
    assert.equal(oneOf({ mode: "b" }, "mode", ["a", "b"], "a"), "b");
    for (const value of [undefined, null, ""])
      assert.equal(oneOf({ mode: value }, "mode", ["a", "b"], "a"), "a");
  });

  it("oneOf refuses anything else by name, and says what there is to choose", () => {
    for (const value of ["c", "B", 1, true, {}])
      assert.throws(() => oneOf({ mode: value }, "mode", ["a", "b"], "a"), {
        code: "VOICE_LIVE_CONFIGURATION",
        message: /^«mode» is .+\. Choose one of: a, b; then deploy\.$/,
      });
  });

  it("all of them name the kind of node, and a variable that is not set", () => {
    const config = { type: "voice-live-resource", ms: "${SPAN}", mode: "c" };
    assert.throws(() => oneOf(config, "mode", ["a"], "a"), {
      message: /^«mode» of the resource node is "c"/,
    });
    for (const read of [
      () => number(config, "ms", 40, BOUNDS),
      () => flag(config, "ms", true),
      () => oneOf(config, "ms", ["a"], "a"),
    ])
      assert.throws(read, {
        code: "VOICE_LIVE_ENVIRONMENT",
        message: /«ms» of the resource node .* variable SPAN, which is not set/,
      });
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
