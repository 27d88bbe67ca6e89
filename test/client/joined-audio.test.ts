import assert from "node:assert/strict";
import { joined } from "../../lib/client/joined-audio";

describe("joined", () => {
  const join = (words: string[], mostBytes: number): string[] =>
    joined(
      words.map((word) => Buffer.from(word)),
      mostBytes,
    ).map(String);

  it("joins neighbours up to a length", () => {
    assert.deepEqual(join(["ab", "cd", "e", "fgh", "i"], 5), ["abcde", "fghi"]);
  });

  it("leaves what is longer, or what has no neighbour that fits, as it is", () => {
    assert.deepEqual(join(["abcdef", "g", "hijkl", "m"], 5), [
      "abcdef",
      "g",
      "hijkl",
      "m",
    ]);
    assert.deepEqual(join(["a", "b"], 0), ["a", "b"]);
    assert.deepEqual(join([], 5), []);
  });
});
