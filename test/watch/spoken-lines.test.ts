import assert from "node:assert/strict";
import { ItemOrder } from "../../lib/client/item-order";
import { SpokenLines } from "../../lib/watch/spoken-lines";

describe("SpokenLines", () => {
  let lines: SpokenLines;
  let placeOf: (itemId: string) => number;
  beforeEach(() => {
    lines = new SpokenLines();
    const order = new ItemOrder();
    placeOf = (itemId) => order.placeOf(itemId);
  });

  const say = (itemId: string, text: string, isFinal = false): void =>
    lines.add({ who: "user", itemId, text, isFinal }, placeOf(itemId));

  it("joins the pieces of an item, until the whole comes", () => {
    say("a", "Good ");
    say("a", "mornin");
    assert.equal(lines.since(0)[0]?.text, "Good mornin");
    say("a", "Good morning.", true);
    say("a", "late piece");
    assert.deepEqual(
      lines.since(0).map(({ text, isFinal }) => [text, isFinal]),
      [["Good morning.", true]],
    );
  });

  it("keeps the order in which they began", () => {
    say("a", "one");
    say("b", "two");
    say("a", "one!", true);
    assert.deepEqual(
      lines.since(1).map(({ text }) => text),
      ["one!", "two"],
    );
  });

  it("puts a line that began earlier before its successor, whenever its words come", () => {
    const began = ["a", "b"].map(placeOf);
    say("b", "two");
    say("a", "one", true);
    assert.deepEqual(
      lines.since(0).map(({ text, place }) => [text, place]),
      [
        ["one", began[0]],
        ["two", began[1]],
      ],
    );
  });

  it("keeps the last hundred, and the end of a long one", () => {
    for (let item = 0; item < 150; item++) say(`i${item}`, "x", true);
    assert.equal(lines.since(0).length, 100);
    assert.equal(lines.since(0)[0]?.itemId, "i50");
    say("long", "x".repeat(5_000));
    say("long", "end");
    const text = lines.since(0).at(-1)?.text ?? "";
    assert.deepEqual([text.length, text.slice(-4)], [4_000, "xend"]);
  });
});
