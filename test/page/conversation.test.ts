import assert from "node:assert/strict";
import type { NodeMessage } from "../../lib/talk/page-protocol";
import { Conversation, type Entry } from "../../page/model/conversation";
import { splitHeard } from "../../page/model/heard";

function said(
  who: "user" | "assistant",
  id: string,
  text: string,
  more: { readonly final?: boolean; readonly heard?: string } = {},
): NodeMessage {
  return { type: "transcript", id, who, text, final: false, ...more };
}

function after(...messages: readonly NodeMessage[]): readonly Entry[] {
  const conversation = new Conversation();
  for (const message of messages) conversation.apply(message);
  return conversation.entries;
}

/** What a reader sees. */
function shown(entries: readonly Entry[]): readonly string[] {
  return entries.map((entry) => {
    if (entry.kind === "speech")
      return `${entry.who}: ${entry.text}${entry.isFinal ? "." : "…"}`;
    if (entry.kind === "call")
      return `${entry.name} → ${entry.output ?? "…"}${entry.hasFailed ? " failed" : ""}`;
    return `${entry.level}: ${entry.text}`;
  });
}

describe("Conversation of the page", () => {
  it("grows a bubble by pieces, and the whole replaces them", () => {
    const pieces = [
      said("assistant", "a", "It is"),
      said("assistant", "a", " sunny"),
    ];
    assert.deepEqual(shown(after(...pieces)), ["assistant: It is sunny…"]);
    assert.deepEqual(
      shown(
        after(
          ...pieces,
          said("assistant", "a", "It is sunny", { final: true }),
          said("assistant", "a", " late piece"),
        ),
      ),
      ["assistant: It is sunny."],
    );
  });

  it("keeps the user's place above a reply that begins before the transcript is there", () => {
    assert.deepEqual(
      shown(
        after(
          { type: "state", state: "user-speaking" },
          { type: "state", state: "user-speaking" },
          said("assistant", "a", "Sure"),
          said("user", "u", "Light on", { final: true }),
        ),
      ),
      ["user: Light on.", "assistant: Sure…"],
    );
  });

  it("knows what was heard of an interrupted reply", () => {
    const [entry] = after(
      said("assistant", "a", "One two three", { final: true }),
      said("assistant", "a", "One two three", { final: true, heard: "One" }),
    );
    assert.equal(entry?.kind === "speech" && entry.heard, "One");
  });

  it("puts a result to its call", () => {
    assert.deepEqual(
      shown(
        after(
          { type: "call", id: "1", name: "get", arguments: {} },
          { type: "call", id: "2", name: "set", arguments: {} },
          { type: "call-result", id: "1", output: "ok", failed: false },
          { type: "call-result", id: "2", output: "no", failed: true },
          { type: "call-result", id: "3", output: "?", failed: false },
        ),
      ),
      ["get → ok", "set → no failed"],
    );
  });

  it("puts a turn's latency to its reply, whether its words are there or not", () => {
    const latencies = (entries: readonly Entry[]): unknown[] =>
      entries.map((entry) => entry.kind === "speech" && entry.latencyMs);
    const user = said("user", "u", "Hi", { final: true });
    const turn: NodeMessage = { type: "turn", latencyMs: 500 };
    const reply = said("assistant", "a", "Hi");
    assert.deepEqual(latencies(after(user, turn, reply)), [undefined, 500]);
    assert.deepEqual(latencies(after(user, reply, turn)), [undefined, 500]);
  });

  it("gives a reply of which nothing was heard no latency", () => {
    const user = said("user", "u", "Hi", { final: true });
    const turn: NodeMessage = { type: "turn", latencyMs: 500 };
    const reply = said("assistant", "a", "Hi");
    const unheard = said("assistant", "a", "Hi", { final: true, heard: "" });
    for (const messages of [
      [user, reply, turn, unheard],
      [user, reply, unheard, turn],
    ]) {
      const last = after(...messages).at(-1);
      assert.equal(last?.kind === "speech" && last.latencyMs, undefined);
    }
  });

  it("holds the newest 400 entries", () => {
    const notices = Array.from({ length: 450 }, (_, index): NodeMessage => ({
      type: "notice",
      level: "info",
      text: String(index),
    }));
    const entries = after(...notices);
    assert.equal(entries.length, 400);
    assert.equal(shown(entries).at(-1), "info: 449");
  });

  it("shows what was typed", () => {
    const conversation = new Conversation();
    conversation.typed("Hello");
    assert.deepEqual(shown(conversation.entries), ["user: Hello."]);
  });
});

describe("splitHeard", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["One two three", "One two", "One two", " three"],
    ["One two three", "", "", "One two three"],
    ["One two three", "One two three", "One two three", ""],
    ["One, two  three", "One two", "One, two", "  three"],
    ["One two", "One too far", "One t", "wo"],
    ["On a sill. Every", "On a sill", "On a sill.", " Every"],
    ["… well", "", "", "… well"],
    ["今日は晴れです。", "今日は", "今日は", "晴れです。"],
  ];
  for (const [text, heard, before, behind] of cases)
    it(`of “${text}” by “${heard}”`, () => {
      assert.deepEqual(splitHeard(text, heard), [before, behind]);
    });
});
