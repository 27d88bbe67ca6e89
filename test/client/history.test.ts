import assert from "node:assert/strict";
import { History } from "../../lib/client/history";
import type { ResponseItem } from "../../lib/protocol";

const BOUNDS = { maxItems: 50, maxCharacters: 16_000 };

describe("History", () => {
  let history: History;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    history = new History(BOUNDS, () => changes++);
  });

  function placed(id: string, role: string, text?: string): void {
    const type = role === "assistant" ? "text" : "input_text";
    const content = text === undefined ? [] : [{ type, text }];
    history.placed(
      { type: "message", id, role, content } as unknown as ResponseItem,
      0,
    );
  }

  function written(
    who: "user" | "assistant",
    itemId: string,
    text: string,
    heard?: string,
  ): void {
    history.written({
      who,
      itemId,
      text,
      isFinal: true,
      ...(heard !== undefined && { heard }),
    });
  }

  const told = (known = new Set<string>()): string[] =>
    history
      .missing(known)
      .map((item) => JSON.stringify(item).replace(/"(type|id)":/g, "$1:"));

  it("keeps the order in which the service placed the items, whenever their words come", () => {
    placed("u1", "user");
    placed("a1", "assistant");
    written("assistant", "a1", "Hello.");
    written("user", "u1", "Hi.");
    assert.deepEqual(
      history.missing(new Set()).map((item) => item.id),
      ["u1", "a1"],
    );
  });

  it("gives each role content of its own type", () => {
    placed("s", "system", "Be kind.");
    placed("u", "user", "Hi.");
    placed("a", "assistant", "Hello.");
    assert.deepEqual(told(), [
      '{type:"message",id:"s","role":"system","content":[{type:"input_text","text":"Be kind."}]}',
      '{type:"message",id:"u","role":"user","content":[{type:"input_text","text":"Hi."}]}',
      '{type:"message",id:"a","role":"assistant","content":[{type:"text","text":"Hello."}]}',
    ]);
  });

  it("remembers of an interrupted reply what was heard", () => {
    placed("a", "assistant");
    written("assistant", "a", "One two three.", "One two");
    assert.match(told().join(), /"One two"/);
  });

  it("leaves out a reply of which nothing was heard, and words that nobody wrote down", () => {
    placed("a", "assistant");
    written("assistant", "a", "One two three.", "");
    placed("u", "user");
    assert.deepEqual(told(), []);
    assert.equal(history.hasUnwritten, true);
  });

  it("pairs a call with its output, and leaves out a call without one", () => {
    const call = { type: "function_call", name: "f", arguments: "{}" };
    history.placed({ ...call, id: "c1", call_id: "1" } as ResponseItem, 0);
    history.placed({ ...call, id: "c2", call_id: "2" } as ResponseItem, 0);
    history.placed(
      {
        type: "function_call_output",
        id: "o1",
        call_id: "1",
        output: "21",
      },
      0,
    );
    assert.deepEqual(told(), [
      '{type:"function_call",id:"c1","call_id":"1","name":"f","arguments":"{}"}',
      '{type:"function_call_output",id:"o1","call_id":"1","output":"21"}',
    ]);
  });

  it("takes the arguments of a call that were still on their way when it was placed", () => {
    const item = { type: "function_call", id: "c", call_id: "1", name: "f" };
    history.placed({ ...item } as ResponseItem, 0);
    history.called({
      ...item,
      type: "function_call",
      arguments: '{"city":"Lisbon"}',
    });
    history.placed(
      { type: "function_call_output", id: "o", call_id: "1", output: "" },
      0,
    );
    assert.match(told().join(), /Lisbon/);
  });

  it("takes a transcription that comes before its item", () => {
    written("user", "u", "Hi.");
    placed("u", "user");
    assert.equal(told().length, 1);
  });

  it("knows nothing of replies outside the conversation", () => {
    written("assistant", "elsewhere", "Hello.");
    assert.deepEqual(told(), []);
  });

  it("tells a session only what it does not know", () => {
    placed("u", "user", "Hi.");
    const known = new Set<string>();
    assert.equal(told(known).length, 1);
    placed("a", "assistant", "Hello.");
    assert.match(told(known).join(), /Hello/);
    assert.deepEqual(told(known), []);
  });

  it("drops the oldest entries above its number of items", () => {
    history = new History({ maxItems: 2, maxCharacters: 16_000 });
    for (const id of ["1", "2", "3"]) placed(id, "user", `Word ${id}`);
    assert.equal(history.size, 2);
    assert.doesNotMatch(told().join(), /Word 1/);
  });

  it("drops the oldest entries above its number of characters", () => {
    history = new History({ maxItems: 50, maxCharacters: 25 });
    for (const id of ["1", "2", "3"])
      placed(id, "user", `Ten letters${id}`.slice(0, 10));
    assert.equal(history.size, 2);
  });

  it("remembers nothing with a bound of 0", () => {
    history = new History({ maxItems: 0, maxCharacters: 16_000 });
    placed("u", "user", "Hi.");
    assert.equal(history.size, 0);
  });

  it("is settled when each user turn is written down, or is given up after ten seconds", () => {
    placed("u", "user");
    assert.equal(history.isSettled(9_999), false);
    assert.equal(history.isSettled(10_000), true);
    written("user", "u", "Hi.");
    assert.equal(history.isSettled(0), true);
  });

  it("says whether the user's words were answered", () => {
    placed("u", "user", "Hi.");
    assert.equal(history.awaitsAnswer, true);
    placed("a", "assistant");
    written("assistant", "a", "Hello.");
    assert.equal(history.awaitsAnswer, false);
  });

  it("forgets what was deleted", () => {
    placed("u", "user", "Hi.");
    history.removed("u");
    assert.deepEqual(told(), []);
  });

  it("comes back from an export as it was", () => {
    placed("u", "user", "Hi.");
    placed("a", "assistant", "Hello.");
    const other = new History(BOUNDS);
    other.import(history.export());
    assert.deepEqual(other.export(), [
      { role: "user", text: "Hi." },
      { role: "assistant", text: "Hello." },
    ]);
  });

  it("tells of each change, so that it can be stored", () => {
    placed("u", "user");
    assert.equal(changes, 0);
    written("user", "u", "Hi.");
    assert.equal(changes, 1);
  });
});
