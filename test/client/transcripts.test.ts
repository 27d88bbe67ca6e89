import assert from "node:assert/strict";
import type { HeardItem } from "../../lib/client/playback-clock";
import { Transcripts } from "../../lib/client/transcripts";

function heardOf(
  itemId: string,
  heardMs: number,
  receivedMs = 1_000,
): HeardItem {
  return {
    itemId,
    contentIndex: 0,
    responseId: "r",
    receivedMs,
    heardMs,
    isComplete: heardMs === receivedMs,
  };
}
const nothingAwaited = (): boolean => false;

describe("Transcripts", () => {
  let told: string[];
  let transcripts: Transcripts;

  beforeEach(() => {
    told = [];
    transcripts = new Transcripts(
      ({ who, text, isFinal, itemId, responseId, heard }) =>
        told.push(
          [
            who,
            itemId,
            responseId,
            isFinal ? "final" : "piece",
            text,
            heard === undefined ? undefined : `heard «${heard}»`,
          ]
            .filter((part) => part !== undefined)
            .join("|"),
        ),
    );
  });

  /** An item whose text has come, but whose audio may still sound. */
  function say(itemId: string, text: string): void {
    transcripts.assistantPiece("r", itemId, text);
    transcripts.assistantWhole("r", itemId, text);
    transcripts.itemDone(itemId);
    told.length = 0;
  }

  it("tells pieces and the whole of what the user said, at once", () => {
    transcripts.userPiece("u", "Hel");
    transcripts.userPiece("u", "");
    transcripts.userWhole("u", "Hello");
    assert.deepEqual(told, ["user|u|piece|Hel", "user|u|final|Hello"]);
  });

  it("joins content parts by index, wherever a service counts from", () => {
    for (const index of [2 ** 32 - 2, 7, 2 ** 53 - 1, 0])
      transcripts.assistantPiece("r", "a", `part ${index}`, index);
    transcripts.itemDone("a");
    told.length = 0;
    transcripts.settle(nothingAwaited);
    assert.deepEqual(told, [
      `assistant|a|r|final|part 0 part 7 part ${2 ** 32 - 2} part ${2 ** 53 - 1}`,
    ]);
  });

  it("keeps no more than 200,000 characters of an item", () => {
    const finals: number[] = [];
    const kept = new Transcripts(({ text, isFinal }) => {
      if (isFinal) finals.push(text.replaceAll(" ", "").length);
    });
    for (let index = 0; index < 1_000; index++)
      kept.assistantPiece("r", "a", "x".repeat(1_000), index % 10);
    kept.assistantWhole("r", "a", "x".repeat(1_000_000), 3);
    kept.close();
    assert.deepEqual(finals, [200_000]);
  });

  it("tells the assistant's pieces at once and the whole when it has been heard", () => {
    let isAwaited = true;
    transcripts.assistantPiece("r", "a", "Good ");
    transcripts.assistantPiece("r", "a", "");
    transcripts.assistantPiece("r", "a", "day");
    assert.equal(transcripts.heardOf(heardOf("a", 1_000)), "Good day");
    transcripts.settle(() => isAwaited);
    transcripts.itemDone("a");
    transcripts.settle(() => isAwaited);
    isAwaited = false;
    transcripts.settle(() => isAwaited);
    transcripts.settle(() => isAwaited);
    assert.deepEqual(told, [
      "assistant|a|r|piece|Good ",
      "assistant|a|r|piece|day",
      "assistant|a|r|final|Good day",
    ]);
    assert.equal(transcripts.heardOf(heardOf("a", 1_000)), "");
  });

  it("takes the service's own version of the whole, where there is one", () => {
    transcripts.assistantPiece("r", "a", "good dai");
    transcripts.assistantWhole("r", "a", "Good day.");
    transcripts.assistantPiece("r", "b", "bye");
    transcripts.assistantWhole("r", "c", "No piece came.");
    for (const item of ["a", "b", "c"]) transcripts.itemDone(item);
    transcripts.settle(nothingAwaited);
    assert.deepEqual(told.slice(2), [
      "assistant|a|r|final|Good day.",
      "assistant|b|r|final|bye",
      "assistant|c|r|final|No piece came.",
    ]);
  });

  it("does not tell an item that has not been said to its end", () => {
    transcripts.assistantWhole("r", "a", "text");
    transcripts.settle(nothingAwaited);
    assert.deepEqual(told, []);
  });

  it("tells of an interrupted item all that was said and what was heard of it", () => {
    say("a", "one two three four");
    say("b", "five");
    say("c", "never heard");
    transcripts.interrupted([
      heardOf("a", 1_000),
      heardOf("b", 0),
      heardOf("x", 5),
    ]);
    assert.deepEqual(told, [
      "assistant|a|r|final|one two three four",
      "assistant|b|r|final|five|heard «»",
    ]);
    say("d", "one two three four");
    transcripts.interrupted([heardOf("d", 500)]);
    assert.deepEqual(told, [
      "assistant|d|r|final|one two three four|heard «one two»",
    ]);
  });

  it("goes by the times of the words, where the service gives them", () => {
    transcripts.word("r", "a", "one", 700);
    transcripts.assistantPiece("r", "a", "one two three four");
    transcripts.word("r", "a", "two", 900);
    assert.equal(transcripts.heardOf(heardOf("a", 800)), "one");
    transcripts.interrupted([heardOf("a", 900)]);
    assert.equal(
      told.at(-1),
      "assistant|a|r|final|one two three four|heard «one two»",
    );
  });

  it("joins the parts of an item, each as the service finished it", () => {
    transcripts.assistantPiece("r", "a", "first dra");
    transcripts.assistantWhole("r", "a", "First part.");
    transcripts.assistantPiece("r", "a", "Second", 1);
    transcripts.assistantWhole("r", "a", "Second part.", 1);
    transcripts.itemDone("a");
    transcripts.settle(nothingAwaited);
    assert.equal(told.at(-1), "assistant|a|r|final|First part. Second part.");
  });

  it("tells each item once", () => {
    say("a", "text");
    transcripts.interrupted([heardOf("a", 500)]);
    transcripts.settle(nothingAwaited);
    transcripts.close();
    assert.equal(told.length, 1);
  });

  it("tells what there is when no more can come", () => {
    transcripts.assistantPiece("r", "a", "half a");
    say("b", "whole");
    transcripts.close();
    assert.deepEqual(told, [
      "assistant|a|r|final|half a",
      "assistant|b|r|final|whole",
    ]);
  });

  it("says nothing of an item that is forgotten or empty", () => {
    say("a", "text");
    say("b", "");
    transcripts.forget("a");
    transcripts.close();
    assert.deepEqual(told, []);
  });

  it("tells the oldest when a service leaves more than fifty items open", () => {
    for (let index = 0; index < 52; index += 1)
      transcripts.assistantPiece("r", `i${index}`, "x");
    assert.deepEqual(
      told.filter((line) => line.includes("final")),
      ["assistant|i0|r|final|x", "assistant|i1|r|final|x"],
    );
  });
});
