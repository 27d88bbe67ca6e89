import assert from "node:assert/strict";
import { Assistant, type AssistantOptions } from "../../lib/client/assistant";
import type { Interruption } from "../../lib/client/conversation-events";
import type { OutletSource } from "../../lib/client/playback";
import type { Transcript } from "../../lib/client/transcripts";
import type {
  ClientEvent,
  RequestSession,
  VoiceLiveResponse,
} from "../../lib/protocol";
import { stopClock, type StoppedClock } from "./clock";

describe("Assistant", () => {
  let clock: StoppedClock;
  let settings: RequestSession;
  let told: ClientEvent[];
  let transcripts: Transcript[];
  let interruptions: Interruption[];
  let heardMs: number;
  let assistant: Assistant;

  beforeEach(() => {
    clock = stopClock();
    settings = {};
    [told, transcripts, interruptions, heardMs] = [[], [], [], 0];
    assistant = create();
    assistant.addOutlet(OUTLET);
  });
  afterEach(() => {
    assistant.close();
    clock.uninstall();
  });

  const OUTLET: OutletSource = {
    options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
    listeners: {
      audio: ({ durationMs }) => (heardMs += durationMs),
      playback: () => undefined,
    },
  };

  function create(more: Partial<AssistantOptions> = {}): Assistant {
    return new Assistant({
      settings: () => settings,
      tell: (event) => told.push(event),
      setPaused: () => undefined,
      onTranscript: (transcript) => transcripts.push(transcript),
      onInterrupted: (interruption) => interruptions.push(interruption),
      onPlayedOut: () => undefined,
      ...more,
    });
  }

  const at = (item: string, response = "r1") => ({
    response_id: response,
    item_id: item,
    output_index: 0,
    content_index: 0,
  });

  function responseOf(
    id: string,
    more: object = {},
    items: readonly string[] = [],
  ): VoiceLiveResponse {
    const output = items.map((item) => ({
      id: item,
      type: "message",
      role: "assistant",
      content: [{ type: "audio", transcript: "" }],
    }));
    return {
      id,
      object: "realtime.response",
      output,
      ...more,
    } as VoiceLiveResponse;
  }

  function say(item: string, ms: number, text = "", response = "r1"): void {
    if (text) assistant.textPiece(at(item, response), text);
    const event = {
      type: "response.audio.delta",
      ...at(item, response),
    } as const;
    assistant.audio(event, Buffer.alloc(ms * 48));
  }

  it("cuts each item of a reply where it stands: heard whole, heard in part, not heard", () => {
    assistant.beginReply(responseOf("r1"), false);
    say("a", 400, "One two.");
    assistant.audioDone(at("a"));
    say("b", 1_000, "Three four five six.");
    say("c", 1_000, "Seven.");
    clock.tick(900);
    assistant.interrupt("flow", true);
    assert.deepEqual(told, [
      {
        type: "conversation.item.truncate",
        item_id: "b",
        content_index: 0,
        audio_end_ms: 500,
      },
      { type: "conversation.item.delete", item_id: "c" },
    ]);
    assert.deepEqual(interruptions, [
      {
        by: "flow",
        heardMs: 500,
        heardText: "Three four",
        responseId: "r1",
        itemId: "b",
      },
    ]);
  });

  it("tells nothing of a reply that was heard to its end", () => {
    assistant.beginReply(responseOf("r1"), false);
    say("a", 400);
    assistant.audioDone(at("a"));
    assistant.responseDone(responseOf("r1", { status: "completed" }, ["a"]));
    clock.tick(1_000);
    assert.equal(assistant.interrupt("user", false), false);
    assert.deepEqual(told, []);
    assert.deepEqual(interruptions, []);
  });

  it("leaves the truncation to a service that heard the user and does it by itself", () => {
    settings = { turn_detection: { type: "server_vad", auto_truncate: true } };
    for (const by of ["user", "flow"] as const) {
      assistant.beginReply(responseOf(by), false);
      say(by, 400, "", by);
      clock.tick(100);
      assistant.interrupt(by, true);
    }
    assert.deepEqual(
      told.map((event) => "item_id" in event && event.item_id),
      ["flow"],
    );
  });

  it("lets nobody hear more of a reply whose beginning is told behind its first audio, and is out of date", () => {
    const piece = { type: "response.audio.delta", ...at("a") } as const;
    const audio = Buffer.alloc(400 * 48);
    assert.equal(assistant.audio(piece, audio), true);
    assistant.beginReply(responseOf("r1"), true);
    assert.equal(assistant.audio(piece, audio), false);
    assert.equal(assistant.lateDeltas, 1);
  });

  it("counts what comes late, lets nobody hear it, and has the service forget it", () => {
    assistant.beginReply(responseOf("r1"), false);
    assistant.interrupt("user", true);
    say("a", 400, "Too late.");
    clock.tick(1_000);
    assistant.responseDone(responseOf("r1", { status: "cancelled" }, ["a"]));
    assert.equal(assistant.lateDeltas, 1);
    assert.equal(heardMs, 0);
    assert.deepEqual(transcripts, []);
    assert.deepEqual(told, [
      { type: "conversation.item.delete", item_id: "a" },
    ]);
  });

  it("takes a response that the service cancelled for an interruption, once", () => {
    assistant.beginReply(responseOf("r1"), false);
    say("a", 1_000);
    clock.tick(300);
    const details = { type: "cancelled", reason: "turn_detected" };
    const cancelled = { status: "cancelled", status_details: details };
    assistant.responseDone(responseOf("r1", cancelled, ["a"]));
    assistant.interrupt("user", false);
    assert.deepEqual(
      interruptions.map(({ by, heardMs: ms }) => [by, ms]),
      [["user", 300]],
    );
    assert.equal(told.length, 1);
  });

  it("believes the times of words more than proportion", () => {
    assistant.beginReply(responseOf("r1"), false);
    say("a", 1_000, "One two three four.");
    for (const [word, endMs] of [
      ["One", 100],
      ["two", 200],
      ["three", 250],
    ] as const)
      assistant.word(at("a"), word, endMs);
    clock.tick(300);
    assistant.interrupt("user", true);
    assert.equal(interruptions[0]?.heardText, "One two three");
    assert.equal(transcripts.at(-1)?.heard, "One two three");
  });

  it("reads audio in the format that the response says", () => {
    settings = { output_audio_format: "pcm16" };
    assistant.beginReply(
      responseOf("r1", { output_audio_format: "g711_ulaw" }),
      false,
    );
    assistant.audio(
      { type: "response.audio.delta", ...at("a") },
      Buffer.alloc(8_000, 0xff),
    );
    assistant.audioDone(at("a"));
    assistant.responseDone(responseOf("r1"));
    clock.tick(2_000);
    assert.equal(heardMs, 1_000);
  });

  it("tells each underrun once", () => {
    assistant.beginReply(responseOf("r1"), false);
    for (let piece = 0; piece < 3; piece++) {
      say("a", 400);
      clock.tick(1_000);
    }
    assert.equal(assistant.takeUnderruns(), 2);
    assert.equal(assistant.takeUnderruns(), 0);
  });

  it("plays on when the session is lost, and has nothing to tell the next one", () => {
    assistant.beginReply(responseOf("r1"), false);
    say("a", 1_000, "One two.");
    clock.tick(300);
    assistant.sessionLost();
    clock.tick(400);
    assert.ok(heardMs > 500);
    assert.equal(assistant.isSpeaking, true);
    assistant.interrupt("flow", false);
    assert.deepEqual(told, []);
    assert.equal(assistant.isSpeaking, false);
  });

  it("has as echo reference what sounds, until it is interrupted", () => {
    assistant.close();
    assistant = create({ referenceRate: 24_000 });
    assistant.addOutlet(OUTLET);
    assistant.beginReply(responseOf("r1"), false);
    assistant.audio(
      { type: "response.audio.delta", ...at("a") },
      Buffer.alloc(48_000, 0x11),
    );
    clock.tick(500);
    assistant.interrupt("user", true);
    clock.tick(100);
    const hex = assistant.reference(400, 200 * 24).toString("hex");
    assert.equal(hex, "1111".repeat(100 * 24) + "0000".repeat(100 * 24));
  });

  it("is quiet once the margin has passed after the end, or at once after an interruption of nothing", () => {
    assert.equal(assistant.isQuiet(performance.now(), 350), true);
    assistant.interrupt("flow", false);
    assert.equal(assistant.isQuiet(performance.now(), 350), true);
    assistant.beginReply(responseOf("r1"), false);
    say("a", 400);
    assistant.audioDone(at("a"));
    assistant.responseDone(responseOf("r1", { status: "completed" }));
    clock.tick(400 + 349);
    assert.equal(assistant.isQuiet(performance.now(), 350), false);
    clock.tick(1);
    assert.equal(assistant.isQuiet(performance.now(), 350), true);
  });
});
