import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { AudioFormat } from "../../lib/audio";
import type { Conversation } from "../../lib/client";
import type { LifeEvent } from "../../lib/client/conversation-events";
import type {
  ConversationHub,
  HubOptions,
} from "../../lib/client/conversation-hub";
import { planOf } from "../../lib/client/renewal";
import {
  startSimulator,
  type Behaviour,
  type SimulatedSession,
  type Simulator,
  type SimulatorOptions,
} from "../../lib/simulator";
import { fakeTime, pass } from "../flows/fake-time";
import { tone } from "../simulator/sounds";
import { connectOn, hubOn } from "../support/room-hub";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
const STEP_MS = 40;
const LIMIT_MS = 60_000;
const RENEWAL = { sessionMs: 50 * 60_000, marginMs: 20_000 };
/** The first renewal comes after 30 to 40 seconds of silence, the second 30 later at the earliest. */
const RENEWED_MS = 45_000;
/** A reply of so long, so that the user can talk over it or wait for it. */
const saying =
  (ms: number): Behaviour =>
  ({ turn }) => [
    {
      play: { pcm: tone(ms), sampleRate: 24_000 },
      transcript: `answer ${turn}`,
    },
  ];

describe("Renewal", () => {
  let clock: Clock;
  let simulator: Simulator;
  let hub: ConversationHub;
  let life: LifeEvent[];
  let faults: string[];
  let sessions: SimulatedSession[];

  beforeEach(() => (clock = fakeTime()));
  afterEach(async () => {
    hub.close();
    clock.uninstall();
    await simulator.close();
  });

  async function begin(
    options: Partial<HubOptions> = {},
    simulated: SimulatorOptions = {},
  ): Promise<Conversation> {
    [life, faults, sessions] = [[], [], []];
    simulator = await startSimulator({
      behaviours: [saying(1_000)],
      sessionLimitMs: LIMIT_MS,
      speed: Number.POSITIVE_INFINITY,
      ...simulated,
    });
    simulator.on("session", (session) => sessions.push(session));
    hub = hubOn(simulator, {
      renewal: RENEWAL,
      settings: {
        turn_detection: { type: "server_vad" },
        input_audio_transcription: { model: "azure-speech" },
      },
      ...options,
    });
    hub.on("life", (_conversation, event) => life.push(event));
    hub.on("fault", (_conversation, fault) => faults.push(fault.code));
    hub.addOutlet({
      options: { mode: "received", leadMs: 0, chunkMs: 40, sampleRate: 24_000 },
      audio: () => undefined,
      playback: () => undefined,
    });
    await connectOn(simulator, hub);
    return hub.open("caller");
  }

  async function speak(pcm: Buffer): Promise<void> {
    const bytes = STEP_MS * 48;
    for (let from = 0; from < pcm.length; from += bytes) {
      hub.open("caller").appendAudio(pcm.subarray(from, from + bytes), MIC);
      await pass(clock, STEP_MS, STEP_MS);
    }
  }

  const quiet = (ms: number): Buffer => Buffer.alloc(ms * 48);
  const renewals = () => life.filter(({ kind }) => kind === "renewed");
  const reasons = () => renewals().map(({ payload }) => payload["reason"]);
  const messagesOf = (session: SimulatedSession | undefined) =>
    (session?.items ?? []).flatMap(({ item }) =>
      item.type === "message" ? [item] : [],
    );
  const textsOf = (session: SimulatedSession | undefined): string[] =>
    messagesOf(session).map(
      ({ role, content }) =>
        `${role}: ${(content as { text?: string; transcript?: string }[])
          .map(({ text, transcript }) => text ?? transcript ?? "")
          .join()}`,
    );
  /** Turns that the service heard, over all sessions. */
  const turnsHeard = (): number =>
    sessions
      .flatMap(messagesOf)
      .filter(
        ({ role, content }) =>
          role === "user" &&
          (content as { type: string }[])[0]?.type === "input_audio",
      ).length;

  it("changes the session in a pause, before the old one ends, and nothing is told as lost", async () => {
    const caller = await begin();
    const first = caller.sessionId;
    await pass(clock, RENEWED_MS, 500);
    assert.deepEqual(reasons(), ["pause"]);
    assert.equal(sessions.length, 2);
    assert.notEqual(caller.sessionId, first);
    assert.equal(caller.sessionId, sessions[1]?.id);
    assert.equal(caller.state.name, "ready");
    assert.deepEqual(faults, []);
    assert.deepEqual(
      life.filter(({ kind }) => kind === "closed"),
      [],
    );
  });

  it("tells the new session what was said, with one note in front and the right content for each role", async () => {
    const caller = await begin();
    caller.say(
      [
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "My name is Ada." }],
        },
      ],
      true,
    );
    await pass(clock, RENEWED_MS, 500);
    const [note, ...rest] = textsOf(sessions[1]);
    assert.match(note ?? "", /^system: .*conversation so far/);
    assert.deepEqual(rest, ["user: My name is Ada.", "assistant: answer 1"]);
  });

  it("waits for the end of the reply and of the user's turn", async () => {
    const caller = await begin({}, { behaviours: [saying(50_000)] });
    caller.respond();
    await pass(clock, 49_000, 500);
    assert.deepEqual(reasons(), [], "the reply sounds");
    await pass(clock, 3_000, 500);
    assert.deepEqual(reasons(), ["pause"]);
  });

  it("takes over five seconds before the end when no pause comes, and says so", async () => {
    const caller = await begin({}, { behaviours: [saying(80_000)] });
    caller.respond();
    await pass(clock, LIMIT_MS - 7_000, 500);
    assert.deepEqual(reasons(), []);
    await pass(clock, 3_000, 500);
    assert.deepEqual(reasons(), ["limit"]);
    assert.deepEqual(faults, []);
  });

  it("says again to the new session what the user was saying when it took over", async () => {
    const caller = await begin({}, { behaviours: [saying(80_000)] });
    caller.respond();
    await pass(clock, LIMIT_MS - 10_000, 500);
    await speak(Buffer.concat([tone(9_000), quiet(1_000)]));
    assert.deepEqual(reasons(), ["limit"]);
    assert.equal(turnsHeard(), 1);
    const turn = sessions[1]?.items.find(({ sound }) => sound !== undefined);
    const heardMs = (turn?.sound?.pcm.length ?? 0) / 48;
    assert.ok(heardMs >= 9_000, `${heardMs} ms of 9,000 were heard`);
  });

  it("loses no turn that begins while the session changes", async () => {
    const caller = await begin();
    // Until the successor is there.
    while (sessions.length < 2) {
      caller.appendAudio(quiet(STEP_MS), MIC);
      clock.tick(STEP_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await speak(Buffer.concat([tone(600), quiet(1_500)]));
    assert.equal(turnsHeard(), 1);
    assert.deepEqual(reasons(), ["pause"]);
  });

  it("tries again when the successor cannot be opened, while the old session talks on", async () => {
    const caller = await begin();
    await pass(clock, 20_000, 500);
    simulator.prependOnceListener("session", (session) =>
      setImmediate(() => session.drop()),
    );
    await pass(clock, LIMIT_MS - 22_000, 100);
    assert.deepEqual(reasons(), ["pause"]);
    assert.equal(sessions.length, 3);
    assert.equal(caller.state.name, "ready");
  });

  it("tells the new session of settings that changed while it was opened", async () => {
    const caller = await begin({}, { behaviours: [saying(50_000)] });
    caller.respond();
    await pass(clock, 40_000, 500);
    assert.equal(sessions.length, 2, "the successor stands by");
    caller.updateSettings({ instructions: "Speak French." });
    await pass(clock, 14_000, 500);
    assert.deepEqual(reasons(), ["pause"]);
    assert.equal(sessions[1]?.settings.instructions, "Speak French.");
  });

  it("remembers what was said when the connection is cut, and greets only once", async () => {
    const caller = await begin({
      greeting: { mode: "exact", text: "Welcome." },
    });
    await pass(clock, 3_000, 100);
    sessions[0]?.drop();
    await pass(clock, 2_000, 100);
    assert.equal(caller.state.name, "ready");
    assert.deepEqual(textsOf(sessions[1]).slice(1), ["assistant: Welcome."]);
  });

  it("warns once that words which are not transcribed are not remembered", async () => {
    await begin({
      settings: {
        turn_detection: { type: "server_vad" },
        input_audio_transcription: null,
      },
    });
    await speak(Buffer.concat([tone(600), quiet(1_500)]));
    await pass(clock, 2 * RENEWED_MS, 500);
    assert.ok(renewals().length >= 2);
    const warnings = life.filter(({ payload }) => payload["code"] === "memory");
    assert.equal(warnings.length, 1);
  });

  it("asks once more for an answer that was under way when the connection was cut", async () => {
    let isCutting = true;
    const caller = await begin(
      {},
      {
        behaviours: [
          ({ turn }) =>
            isCutting
              ? [{ stall: 5_000 }, { say: "late" }]
              : [{ say: `answer ${turn}` }],
        ],
      },
    );
    caller.say(
      [
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "Are you there?" }],
        },
      ],
      true,
    );
    await pass(clock, 1_000, 100);
    isCutting = false;
    sessions[0]?.drop();
    await pass(clock, 4_000, 100);
    assert.match(textsOf(sessions[1]).at(-1) ?? "", /^assistant: answer/);
    const answers = textsOf(sessions[1]).filter((text) =>
      text.startsWith("assistant"),
    );
    assert.equal(answers.length, 1);
  });

  it("goes on with an agent's conversation under its id, and repeats nothing to it", async () => {
    const caller = await begin({
      target: { target: "agent", agent: { name: "helper", project: "p" } },
      settings: {},
    });
    const thread = caller.session?.agent?.thread_id;
    assert.ok(thread);
    await pass(clock, RENEWED_MS, 500);
    assert.deepEqual(reasons(), ["pause"]);
    const url = new URL(sessions[1]?.request.url ?? "", "ws://127.0.0.1");
    assert.equal(url.searchParams.get("conversation-id"), thread);
    assert.deepEqual(textsOf(sessions[1]), []);
  });

  it("goes on with an agent's conversation when a session in between does not name it", async () => {
    const caller = await begin({
      target: { target: "agent", agent: { name: "helper", project: "p" } },
      settings: {},
    });
    const thread = caller.session?.agent?.thread_id;
    simulator.on("session", ({ settings }) => {
      if (sessions.length === 2)
        Object.assign(settings, {
          agent: { ...settings.agent, thread_id: "" },
        });
    });
    await pass(clock, 2 * RENEWED_MS, 500);
    assert.equal(sessions.length, 3);
    assert.equal(sessions[1]?.settings.agent?.thread_id, "");
    for (const { request } of sessions.slice(1)) {
      const url = new URL(request.url, "ws://127.0.0.1");
      assert.equal(url.searchParams.get("conversation-id"), thread);
    }
  });

  it("forgets, in the session too, when it is told to", async () => {
    const caller = await begin();
    caller.say(
      [
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "Forget me." }],
        },
      ],
      true,
    );
    await pass(clock, 3_000, 100);
    caller.clearHistory();
    await pass(clock, 500, 100);
    assert.deepEqual(textsOf(sessions[0]), []);
    assert.deepEqual(caller.exportHistory().items, []);
  });

  it("takes an exported history, for the present session and the next", async () => {
    const caller = await begin();
    caller.importHistory({
      version: 1,
      items: [
        { role: "user", text: "I am Ada." },
        { call: { name: "save", arguments: "{}", output: "saved" } },
        { role: "assistant", text: "Hello Ada." },
      ],
    });
    await pass(clock, 500, 100);
    const told = ["user: I am Ada.", "assistant: Hello Ada."];
    assert.deepEqual(textsOf(sessions[0]), told);
    await pass(clock, RENEWED_MS, 500);
    assert.deepEqual(textsOf(sessions[1]).slice(1), told);
    assert.deepEqual(faults, []);
  });

  it("refuses a history that is no export, and names the entry", async () => {
    const caller = await begin();
    assert.throws(
      () =>
        caller.importHistory({
          version: 1,
          items: [{ role: "user", text: 1 }],
        }),
      /Entry 1 of the history/,
    );
  });
});

describe("planOf", () => {
  const policy = { sessionMs: 3_000_000, marginMs: 120_000 };

  for (const { title, lifeMs, random, expected } of [
    {
      title: "opens the successor a margin before the end",
      lifeMs: 3_600_000,
      random: 0,
      expected: { dueMs: 3_480_000, limitMs: 3_595_000 },
    },
    {
      title: "spreads those that began together over half a margin",
      lifeMs: 3_600_000,
      random: 1,
      expected: { dueMs: 3_420_000, limitMs: 3_595_000 },
    },
    {
      title: "renews at the configured age when the service tells no end",
      lifeMs: undefined,
      random: 0,
      expected: { dueMs: 3_000_000, limitMs: 3_115_000 },
    },
    {
      title: "uses half of a life that is shorter than the margin",
      lifeMs: 60_000,
      random: 0,
      expected: { dueMs: 30_000, limitMs: 55_000 },
    },
  ])
    it(title, () => assert.deepEqual(planOf(policy, lifeMs, random), expected));
});
