import assert from "node:assert/strict";
import type { HeardItem } from "../../lib/client/playback-clock";
import {
  heardText,
  heardWords,
  truncationFor,
} from "../../lib/client/truncation";
import { randomFrom } from "../audio/signals";

function itemOf(heardMs: number, receivedMs: number): HeardItem {
  return {
    itemId: "i",
    contentIndex: 1,
    responseId: "r",
    receivedMs,
    heardMs,
    isComplete: false,
  };
}

describe("truncationFor", () => {
  it("cuts at the last whole millisecond heard", () => {
    for (const [heardMs, endMs] of [
      [1, 1],
      [1.99, 1],
      [1_234.5, 1_234],
      [2_000, 2_000],
    ] as const)
      assert.deepEqual(truncationFor(itemOf(heardMs, 2_000)), {
        type: "conversation.item.truncate",
        item_id: "i",
        content_index: 1,
        audio_end_ms: endMs,
      });
  });

  it("deletes an item of which less than a millisecond was heard", () => {
    for (const heardMs of [0, 0.5, 0.999])
      assert.deepEqual(truncationFor(itemOf(heardMs, 2_000)), {
        type: "conversation.item.delete",
        item_id: "i",
      });
  });

  it("says nothing about an item that was heard to its end", () => {
    const item = { ...itemOf(2_000, 2_000), isComplete: true };
    assert.equal(truncationFor(item), undefined);
  });

  it("never cuts beyond what was received, never at 0, always at whole ms", () => {
    const random = randomFrom(1);
    for (let round = 0; round < 1_000; round += 1) {
      const receivedMs = random() * 100;
      const event = truncationFor(itemOf(random() * receivedMs, receivedMs));
      if (event?.type !== "conversation.item.truncate") continue;
      const { audio_end_ms: endMs } = event;
      assert.ok(Number.isInteger(endMs) && endMs > 0 && endMs <= receivedMs);
    }
  });
});

describe("heardText", () => {
  for (const [text, heardMs, heard] of [
    ["one two three", 0, ""],
    ["one two three", 1, ""],
    ["one two three", 231, "one"],
    ["one two three", 300, "one"],
    ["one two three", 539, "one two"],
    ["one two three", 700, "one two"],
    ["one two three", 999, "one two"],
    ["one two three", 1_000, "one two three"],
    ["one two three", 5_000, "one two three"],
    ["one\ntwo\nthree", 700, "one\ntwo"],
    ["Well, yes.", 500, "Well,"],
    ["word", 500, ""],
    ["", 500, ""],
    ["今天天气很好，我们去公园吧", 500, "今天天气很好"],
  ] as const) {
    it(`takes «${heard}» for what was heard of «${text}» in ${heardMs} of 1000 ms`, () => {
      assert.equal(heardText(text, heardMs, 1_000), heard);
    });
  }

  it("takes nothing for heard of an item without audio", () => {
    assert.equal(heardText("text", 0, 0), "");
  });

  it("never cuts inside a word or a letter, and only grows", () => {
    const text = "Grüße an 👩‍👩‍👧 und e\u0301tude: it's 3.5 m in São Paulo!";
    let before = "";
    for (let ms = 0; ms <= 1_000; ms += 1) {
      const heard = heardText(text, ms, 1_000);
      assert.ok(heard.startsWith(before) && text.startsWith(heard), heard);
      const rest = heard === "" ? "" : text.slice(heard.length);
      assert.doesNotMatch(rest, /^[\p{L}\p{M}\u200d]/u);
      before = heard;
    }
  });
});

describe("heardWords", () => {
  const transcript = "Well, it is 5 °C — and it is raining.";
  const words = [
    { text: "Well", endMs: 300 },
    { text: "it ", endMs: 400 },
    { text: "is", endMs: 500 },
    { text: "five degrees", endMs: 1_000 },
    { text: "and", endMs: 1_200 },
    { text: "it", endMs: 1_300 },
    { text: "is", endMs: 1_400 },
    { text: "raining", endMs: 2_000 },
  ];

  for (const [heardMs, heard] of [
    [0, ""],
    [299, ""],
    [300, "Well,"],
    [499, "Well, it"],
    [999, "Well, it is"],
    [1_100, "Well, it is"],
    [1_200, "Well, it is 5 °C — and"],
    [1_350, "Well, it is 5 °C — and it"],
    [1_999, "Well, it is 5 °C — and it is"],
    [2_000, transcript],
  ] as const) {
    it(`takes «${heard}» for what was heard in ${heardMs} ms`, () => {
      assert.equal(heardWords(transcript, words, heardMs), heard);
    });
  }
});
