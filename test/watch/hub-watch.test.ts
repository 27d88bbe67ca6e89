import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { AudioFormat } from "../../lib/audio";
import type { LifeEvent } from "../../lib/client";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
} from "../../lib/simulator";
import { HubWatch, LEASE_MS } from "../../lib/watch";
import { until } from "../client/loopback";
import { fakeTime, pass } from "../flows/fake-time";
import { tone } from "../simulator/sounds";
import { connectOn, hubOn } from "../support/room-hub";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
const WORDS = "one two three four five six seven eight nine ten";

describe("HubWatch", () => {
  let clock: Clock;
  let simulator: Simulator;
  let hub: ConversationHub;
  let watch: HubWatch;
  let service: SimulatedSession;

  beforeEach(async () => {
    clock = fakeTime();
    simulator = await startSimulator({
      behaviours: [
        () => [
          {
            play: { pcm: tone(3_000), sampleRate: 24_000 },
            transcript: WORDS,
          },
        ],
      ],
    });
    hub = hubOn(simulator, { settings: { turn_detection: null } });
    hub.addOutlet({
      options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
      audio: () => undefined,
      playback: () => undefined,
    });
    watch = new HubWatch(hub);
    service = await connectOn(simulator, hub);
  });
  afterEach(async () => {
    watch.close();
    hub.close();
    clock.uninstall();
    await simulator.close();
  });

  const caller = () => hub.open("caller");
  const only = () => watch.look()[0]!; // there is one
  const linesSince = (since: number) => watch.lines(only().id, since)!; // it is there

  async function speak(ms: number): Promise<void> {
    const pcm = tone(ms);
    for (let from = 0; from < pcm.length; from += 40 * 48) {
      await pass(clock, 40);
      caller().appendAudio(pcm.subarray(from, from + 40 * 48), MIC);
    }
  }

  it("shows how loud each side is at the moment, as spoken and as heard", async () => {
    assert.deepEqual(only().levels, { user: null, assistant: null });
    await speak(1_000);
    const spoken = only().levels;
    assert.equal(spoken.assistant, null);
    assert.ok(spoken.user !== null && spoken.user > -20, String(spoken.user));
    caller().respond();
    await pass(clock, 1_500);
    const heard = only().levels;
    assert.equal(heard.user, null);
    assert.ok(heard.assistant !== null && heard.assistant > -20);
    caller().interrupt();
    await pass(clock, 1_000);
    assert.deepEqual(only().levels, { user: null, assistant: null });
  });

  it("counts latency, tokens and reconnects, whether or not anybody looks", async () => {
    caller().respond();
    await pass(clock, 4_000);
    service.drop();
    await until(() => caller().state.name !== "ready");
    await pass(clock, 1_000);
    await until(() => caller().state.name === "ready");
    const { figures } = only();
    assert.equal(figures.reconnects, 1);
    assert.ok((figures.tokens ?? 0) > 0);
  });

  it("tells words from the first question on, growing, and each change once", async () => {
    assert.deepEqual(linesSince(0), { changes: 0, lines: [] });
    caller().respond();
    await pass(clock, 600);
    const first = linesSince(0);
    assert.equal(first.lines.length, 1);
    const { text = "", isFinal } = first.lines[0] ?? {};
    assert.ok(WORDS.startsWith(text) && text !== "", text);
    assert.equal(isFinal, false);
    await pass(clock, 200);
    caller().interrupt();
    const [line] = linesSince(first.changes).lines;
    assert.deepEqual([line?.text, line?.isFinal], [WORDS, true]);
    assert.ok(line?.heard !== undefined && line.heard.length < WORDS.length);
    assert.deepEqual(linesSince(linesSince(0).changes).lines, []);
  });

  it("tells what is typed, once, also when a new session is told it again", async () => {
    linesSince(0);
    const typed = (text: string) => ({
      type: "message" as const,
      role: "user" as const,
      content: [{ type: "input_text" as const, text }],
    });
    caller().say([typed("Good morning")], false);
    await pass(clock, 100);
    service.drop();
    await until(() => caller().state.name !== "ready");
    await pass(clock, 1_000);
    await until(() => caller().state.name === "ready");
    caller().say([typed("again")], false);
    await pass(clock, 100);
    assert.deepEqual(
      linesSince(0).lines.map(({ who, text }) => [who, text]),
      [
        ["user", "Good morning"],
        ["user", "again"],
      ],
    );
  });

  it("puts a reply that sounded already when it was asked first before its successor", async () => {
    const begun = new Set<string>();
    hub.on("transcript", (_conversation, { itemId }) => begun.add(itemId));
    const turns: LifeEvent[] = [];
    hub.on("life", (_conversation, event) => {
      if (event.kind === "turn") turns.push(event);
    });
    caller().respond();
    while (turns.length === 0) await pass(clock, 100);
    assert.deepEqual(linesSince(0).lines, []);
    caller().respond();
    while (begun.size < 2) await pass(clock, 100);
    const [, second] = begun;
    const ids = () => linesSince(0).lines.map(({ itemId }) => itemId);
    assert.deepEqual(ids(), [second], "the whole of the first is not told yet");
    while (ids().length < 2) await pass(clock, 100);
    assert.deepEqual(ids(), [...begun]);
  });

  it("keeps nothing when nobody asks any more", async () => {
    linesSince(0);
    caller().respond();
    await pass(clock, 1_000);
    assert.equal(linesSince(0).lines.length, 1);
    assert.equal(watch.isWatched, true);
    assert.equal(hub.listenerCount("transcript"), 1);
    await pass(clock, LEASE_MS);
    assert.equal(watch.isWatched, false);
    assert.equal(hub.listenerCount("transcript"), 0);
    assert.equal(hub.listenerCount("raw"), 0);
    await pass(clock, 3_000);
    assert.deepEqual(linesSince(0), { changes: 0, lines: [] });
  });

  it("listens to no sound and no word of a conversation that nobody looks at", async () => {
    const taps = new Set<unknown>();
    const conversation = caller();
    const addTap = conversation.addTap.bind(conversation);
    conversation.addTap = (tap) => {
      taps.add(tap);
      const remove = addTap(tap);
      return () => {
        taps.delete(tap);
        remove();
      };
    };
    await pass(clock, 2_000);
    assert.equal(taps.size, 0);
    watch.look();
    assert.equal(taps.size, 1);
    await pass(clock, LEASE_MS);
    assert.equal(taps.size, 0);
  });

  it("forgets a conversation that has ended", async () => {
    const { id } = only();
    assert.equal(watch.conversation(id), caller());
    linesSince(0);
    hub.end("caller");
    assert.deepEqual(watch.look(), []);
    assert.equal(watch.conversation(id), undefined);
    assert.equal(watch.lines(id, 0), undefined);
    assert.equal(hub.listenerCount("transcript"), 0);
  });

  it("begins anew for who knows more than there is", async () => {
    linesSince(0);
    caller().respond();
    await pass(clock, 600);
    assert.equal(linesSince(1_000).lines.length, 1);
  });
});
