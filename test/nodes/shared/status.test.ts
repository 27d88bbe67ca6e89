import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ERROR_CODES,
  VoiceLiveError,
  type Conversation,
} from "../../../lib/client";
import {
  lookOf,
  lookOfFault,
  type StatusLook,
} from "../../../nodes/shared/status";

/** The compiled test is one room deeper than its source. */
const catalog = JSON.parse(
  readFileSync(
    join(__dirname, "../../../../locales/en-US/voice-live-session.json"),
    "utf8",
  ),
) as {
  "voice-live-session": {
    status: Record<string, unknown> & { fault: Record<string, string> };
  };
};
const { fault: faults, ...states } = catalog["voice-live-session"].status;
const texts = states as Record<string, string>;
const fault = new VoiceLiveError("VOICE_LIVE_UNAUTHORIZED", "No.");

function conversation(name: string, more: object = {}): Conversation {
  return {
    state: { name, fault },
    phase: "idle",
    isMuted: false,
    ...more,
  } as unknown as Conversation;
}

function words({ fill, shape, key, count }: StatusLook): string {
  return [fill, shape, key, count]
    .filter((part) => part !== undefined)
    .join(" ");
}

describe("Status", () => {
  it("has a text of less than 20 characters for every fault, and none besides", () => {
    assert.deepEqual(
      Object.keys(faults).toSorted(),
      [...ERROR_CODES].toSorted(),
    );
    for (const text of Object.values(faults))
      assert.ok(text.length > 0 && text.length < 20, text);
  });

  it("has a text of less than 20 characters for every state, also with a number in it", () => {
    for (const text of Object.values(texts))
      assert.ok(text.replace("__count__", "1000").length < 20, text);
    assert.match(texts["conversations"] ?? "", /__count__/);
  });

  const one: readonly (readonly [Conversation, string])[] = [
    [conversation("idle"), "grey ring idle"],
    [conversation("connecting"), "yellow ring connecting"],
    [conversation("configuring"), "yellow ring connecting"],
    [conversation("waiting"), "yellow ring reconnecting"],
    [conversation("stopped"), "red ring fault.VOICE_LIVE_UNAUTHORIZED"],
    [conversation("ready"), "green dot ready"],
    [conversation("ready", { phase: "listening" }), "blue ring listening"],
    [conversation("ready", { phase: "thinking" }), "blue ring thinking"],
    [conversation("ready", { phase: "speaking" }), "blue dot speaking"],
    [
      conversation("ready", { phase: "speaking", isMuted: true }),
      "grey dot muted",
    ],
    [
      conversation("ready", { phase: "speaking", isLosingAudio: true }),
      "yellow dot losingAudio",
    ],
  ];
  for (const [each, look] of one) {
    it(`shows a conversation that is ${look.split(" ")[2]} as ${look}`, () => {
      assert.equal(words(lookOf([each])), look);
      assert.ok(
        look.includes("fault") ||
          Object.hasOwn(texts, look.split(" ")[2] ?? ""),
      );
    });
  }

  const ready = conversation("ready");
  const losing = conversation("ready", { isLosingAudio: true });
  const busy = conversation("ready", { phase: "speaking" });
  const stopped = conversation("stopped");
  const connecting = conversation("connecting");
  const many: readonly (readonly [
    what: string,
    readonly Conversation[],
    string,
  ])[] = [
    ["none", [], "grey ring idle"],
    [
      "those that are ready by their number",
      [ready, ready, connecting],
      "green dot conversations 2",
    ],
    [
      "that one loses audio, before that another is busy",
      [busy, losing],
      "yellow dot conversations 2",
    ],
    ["one that is busy", [ready, busy], "blue dot conversations 2"],
    [
      "one that is stopped, among others that work, by their number",
      [stopped, ready],
      "green dot conversations 1",
    ],
    [
      "a fault when none works",
      [connecting, stopped],
      "red ring fault.VOICE_LIVE_UNAUTHORIZED",
    ],
    ["that all connect", [connecting, connecting], "yellow ring connecting"],
  ];
  for (const [what, conversations, look] of many) {
    it(`of many shows ${what}`, () =>
      assert.equal(words(lookOf(conversations)), look));
  }

  it("shows a fault of the node's own", () => {
    assert.equal(
      words(lookOfFault(fault)),
      "red ring fault.VOICE_LIVE_UNAUTHORIZED",
    );
  });
});
