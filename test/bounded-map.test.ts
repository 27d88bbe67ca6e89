import assert from "node:assert/strict";
import { BoundedMap } from "../lib/bounded-map";

describe("BoundedMap", () => {
  function filled(most: number, ...keys: readonly string[]) {
    const map = new BoundedMap<string, number>(most);
    for (const [at, key] of keys.entries()) map.set(key, at);
    return map;
  }

  it("keeps so many entries, and no more", () => {
    assert.deepEqual([...filled(2, "a", "b").keys()], ["a", "b"]);
    assert.deepEqual([...filled(2, "a", "b", "c").keys()], ["b", "c"]);
    assert.deepEqual([...filled(1, "a", "b").keys()], ["b"]);
  });

  it("forgets what was set longest ago, not what was new longest ago", () => {
    const map = filled(2, "a", "b", "a", "c");
    assert.deepEqual(
      [...map],
      [
        ["a", 2],
        ["c", 3],
      ],
    );
  });

  it("forgets nothing when a key that it has is set again", () => {
    const map = filled(2, "a", "b").set("a", 7);
    assert.equal(map.size, 2);
    assert.equal(map.get("a"), 7);
    assert.equal(map.get("b"), 1);
  });

  it("makes nothing younger that is only read", () => {
    const map = filled(2, "a", "b");
    assert.equal(map.get("a"), 0);
    assert.equal(map.has("a"), true);
    map.set("c", 2);
    assert.equal(map.has("a"), false);
  });

  it("has room for another when one was deleted", () => {
    const map = filled(2, "a", "b");
    map.delete("b");
    assert.deepEqual([...map.set("c", 2).keys()], ["a", "c"]);
  });

  it("takes undefined for a key as any other", () => {
    const map = new BoundedMap<undefined | string, number>(1);
    map.set(undefined, 0).set("a", 1);
    assert.deepEqual([...map.keys()], ["a"]);
  });
});
