import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import {
  callOf,
  isSpokenMessage,
  positionOf,
  Replies,
} from "../../lib/client/replies";
import type { ResponseItem } from "../../lib/protocol";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };

describe("Replies", () => {
  it("knows a reply with generation and format, and nothing after clear", () => {
    const replies = new Replies(() => undefined);
    const reply = replies.begin("r", 3, FORMAT);
    assert.equal(replies.get("r"), reply);
    assert.deepEqual([reply.generation, reply.format], [3, FORMAT]);
    assert.equal(replies.get("x"), undefined);
    replies.clear();
    assert.equal(replies.get("r"), undefined);
  });

  it("forgets the oldest that are done, beyond twenty, and none that runs", () => {
    const replies = new Replies(() => undefined);
    for (let index = 0; index < 30; index += 1)
      replies.begin(`r${index}`, 0, FORMAT).isDone = index !== 2;
    const kept = Array.from({ length: 30 }, (_, index) => `r${index}`).filter(
      (id) => replies.get(id),
    );
    assert.equal(kept.length, 20);
    assert.equal(kept[0], "r2");
    assert.equal(kept[1], "r11");
  });

  it("gives up the oldest of fifty whose end never comes, and says so", () => {
    const forgotten: string[] = [];
    const replies = new Replies(({ responseId }) => forgotten.push(responseId));
    for (let index = 0; index < 53; index += 1)
      replies.begin(`r${index}`, 0, FORMAT);
    assert.deepEqual(forgotten, ["r0", "r1", "r2"]);
  });
});

describe("positionOf", () => {
  it("is one object for each item", () => {
    const reply = new Replies(() => undefined).begin("r", 0, FORMAT);
    const position = positionOf(reply, "a", 1);
    assert.deepEqual(position, {
      responseId: "r",
      itemId: "a",
      contentIndex: 1,
    });
    assert.equal(positionOf(reply, "a", 1), position);
    assert.notEqual(positionOf(reply, "b", 1), position);
  });

  it("ends with the hundredth item of a reply", () => {
    const reply = new Replies(() => undefined).begin("r", 0, FORMAT);
    for (let index = 0; index < 100; index += 1)
      assert.ok(positionOf(reply, `i${index}`, 0));
    assert.equal(positionOf(reply, "more", 0), undefined);
    assert.ok(positionOf(reply, "i0", 0));
  });
});

describe("callOf", () => {
  const item = {
    id: "i",
    type: "function_call",
    name: "f",
    call_id: "c",
    arguments: "{}",
    status: "completed",
  };
  const read = (members: object): unknown =>
    callOf("r", { ...item, ...members } as ResponseItem);
  const call = {
    callId: "c",
    itemId: "i",
    responseId: "r",
    name: "f",
    arguments: "{}",
  };

  it("reads a call that is complete", () => {
    assert.deepEqual(read({}), call);
    assert.deepEqual(read({ status: undefined }), call);
    assert.deepEqual(read({ status: null }), call);
    assert.deepEqual(read({ arguments: undefined }), {
      ...call,
      arguments: "",
    });
    assert.deepEqual(read({ id: undefined }), { ...call, itemId: "" });
  });

  it("takes nothing else for a call", () => {
    for (const members of [
      { type: "message" },
      { status: "incomplete" },
      { status: "in_progress" },
      { name: "" },
      { name: undefined },
      { call_id: undefined },
      { call_id: "" },
    ])
      assert.equal(read(members), undefined, JSON.stringify(members));
  });
});

describe("isSpokenMessage", () => {
  const message = {
    id: "i",
    type: "message",
    role: "assistant",
    content: [{ type: "audio", transcript: "x" }],
  };

  it("knows the assistant's words with audio from everything else", () => {
    for (const [members, isSpoken] of [
      [{}, true],
      [{ role: "user" }, false],
      [{ type: "function_call" }, false],
      [{ content: [{ type: "text", text: "x" }] }, false],
      [{ content: [] }, false],
      [{ content: undefined }, false],
      [{ content: null }, false],
    ] as const)
      assert.equal(
        isSpokenMessage({ ...message, ...members } as unknown as ResponseItem),
        isSpoken,
        JSON.stringify(members),
      );
  });
});
