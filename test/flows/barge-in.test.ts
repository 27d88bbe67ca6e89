import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { SimulatedSession, Simulator } from "../../lib/simulator";
import { useNodeRed, type TestFlow } from "../support/flow";
import { microphone } from "../support/microphone";
import { Random, seeded } from "../support/random";
import {
  ScriptedService,
  type ScriptedSession,
  type WireEvent,
} from "../support/scripted-service";
import { exchange, fakeTime } from "./fake-time";
import { Listener } from "./listener";
import { Talk } from "./talk";

const BARGE_INS = 1_000;
const PER_TALK = 10;

describe("Barge-in through real nodes", function () {
  // A thousand of them, with every delta taken across a socket.
  this.timeout(60_000);

  const nodeRed = useNodeRed();
  let service: ScriptedService;
  let clock: Clock;

  beforeEach(async () => {
    service = await ScriptedService.start();
    clock = fakeTime();
  });
  afterEach(async () => {
    clock.uninstall();
    await service.close();
  });

  const cases = [
    { leadMs: 200, chunkMs: 40, autoTruncate: false, count: BARGE_INS * 0.6 },
    { leadMs: 500, chunkMs: 20, autoTruncate: false, count: BARGE_INS * 0.2 },
    { leadMs: 100, chunkMs: 50, autoTruncate: true, count: BARGE_INS * 0.2 },
  ];

  for (const { leadMs, chunkMs, autoTruncate, count } of cases) {
    const who = autoTruncate ? "the service" : "the client";
    it(`silences the old reply and ${who} truncates it, in ${count} orders of events with a lead of ${leadMs} ms`, async () => {
      const flow = await deploy({ leadMs, chunkMs }, autoTruncate);
      let truncated = 0;
      for (let index = 0; index < count / PER_TALK; index++) {
        await seeded(leadMs * 1_000 + index, async (random) => {
          const key = `caller-${index}`;
          const { session, speak } = await connect(key);
          const talk = new Talk({
            key,
            random,
            service: session,
            flow,
            clock,
            speak,
            chunkMs,
            leadMs,
            autoTruncate,
          });
          for (let turn = 0; turn < PER_TALK; turn++) await talk.bargeIn();
          await talk.end();
          truncated += talk.truncated;
          microphone("control", {
            action: "disconnect",
            _session: { id: key },
          });
        });
      }
      if (autoTruncate) assert.equal(truncated, 0);
      else
        assert.ok(
          truncated > count / 3,
          `${truncated} truncations of ${count} barge-ins`,
        );
      assert.deepEqual(
        flow.completions.filter(({ error }) => error),
        [],
      );
    });
  }

  it("truncates at what has sounded where a long reply has left at once", async () => {
    const flow = await deploy({ mode: "received" }, false);
    const { session } = await connect("caller");
    const at = {
      response_id: "resp",
      item_id: "item",
      output_index: 0,
      content_index: 0,
    };
    session.send({
      type: "response.created",
      response: { id: "resp", output: [] },
    });
    for (let second = 0; second < 60; second++)
      session.send({
        type: "response.audio.delta",
        ...at,
        delta: Buffer.alloc(48_000).toString("base64"),
      });
    session.send({ type: "response.audio.done", ...at });
    await session.settled();
    assert.equal(flow.from("audio-out").length, 60);
    clock.tick(7_000);
    session.send({
      type: "input_audio_buffer.speech_started",
      audio_start_ms: 0,
      item_id: "question",
    });
    await session.settled();
    const [, truncate, ...others] = session.received;
    assert.deepEqual(
      { ...truncate, event_id: undefined },
      {
        type: "conversation.item.truncate",
        item_id: "item",
        content_index: 0,
        audio_end_ms: 7_000,
        event_id: undefined,
      },
    );
    assert.deepEqual(others, []);
  });

  function deploy(audioOut: object, autoTruncate: boolean): Promise<TestFlow> {
    return nodeRed.deploy({
      nodes: [
        { id: "audio-in", type: "voice-live-audio-in" },
        { id: "audio-out", type: "voice-live-audio-out", ...audioOut },
        { id: "interrupt", type: "voice-live-interrupt" },
        {
          id: "event",
          type: "voice-live-event",
          kinds: ["error", "warning", "closed"],
        },
        { id: "control", type: "voice-live-control" },
      ],
      resource: {
        service: "azure",
        auth: "key",
        endpoint: service.url,
        connectsPerMinute: 10_000,
      },
      session: {
        conversations: "keyed",
        connect: "input",
        settings: {
          turn_detection: {
            type: "azure_semantic_vad",
            auto_truncate: autoTruncate,
          },
        },
      },
    });
  }

  /** A new caller, whose first word connects. */
  async function connect(
    key: string,
  ): Promise<{ session: ScriptedSession; speak: () => void }> {
    const speak = (): void =>
      microphone("audio-in", {
        payload: Buffer.alloc(1_920),
        _session: { id: key },
      });
    const arrival = service.session();
    speak();
    const session = await arrival;
    await session.settled();
    return { session, speak };
  }
});

/** Of the microphone, and of time. */
const STEP_MS = 40;
const CALLERS = 12;
/** Time for three or four turns of each. */
const TALK_MS = 10_000;

describe("Barge-in on the simulator", function () {
  this.timeout(60_000);

  const nodeRed = useNodeRed();
  let clock: Clock;

  beforeEach(() => (clock = fakeTime()));
  afterEach(() => clock.uninstall());

  for (const speed of [1.5, 8, Infinity]) {
    it(`sends no truncate that is refused, with ${CALLERS} callers who talk into replies of speed ${speed}`, async () => {
      await seeded(speed === Infinity ? 1 : speed * 10, async (random) => {
        const simulator = await nodeRed.simulator({
          speed,
          behaviours: [
            () => [
              {
                play: {
                  pcm: Buffer.alloc(48 * random.between(500, 6_000), 1),
                  sampleRate: 24_000,
                },
                transcript: "words",
              },
            ],
          ],
        });
        const callers = await connectCallers(simulator, random);
        for (let step = 0; step < TALK_MS / STEP_MS; step++) {
          for (const caller of callers) caller.speak();
          clock.tick(STEP_MS);
          await exchange();
          for (const caller of callers) caller.listen(clock.now);
        }
        for (const caller of callers) caller.check();
        const truncated = callers.reduce(
          (sum, caller) => sum + caller.truncated,
          0,
        );
        assert.ok(truncated > CALLERS, `${truncated} truncations`);
      });
    });
  }

  async function connectCallers(
    simulator: Simulator,
    random: Random,
  ): Promise<Caller[]> {
    const flow = await nodeRed.deploy({
      simulator,
      resource: { connectsPerMinute: 10_000 },
      nodes: [
        { id: "audio-in", type: "voice-live-audio-in" },
        { id: "audio-out", type: "voice-live-audio-out" },
        {
          id: "event",
          type: "voice-live-event",
          kinds: ["error", "warning", "closed"],
        },
        { id: "control", type: "voice-live-control" },
      ],
      session: {
        conversations: "keyed",
        settings: { turn_detection: { type: "server_vad" } },
      },
    });
    const callers: Caller[] = [];
    for (let index = 0; index < CALLERS; index++) {
      const arrival = new Promise<SimulatedSession>((resolve) =>
        simulator.once("session", resolve),
      );
      const key = { _session: { id: `caller-${index}` } };
      microphone("control", { action: "connect", ...key });
      callers.push(
        new Caller(
          await arrival,
          new Random(random.between(0, 1e9)),
          (payload) => microphone("audio-in", { payload, ...key }),
        ),
      );
    }
    await exchange();
    assert.deepEqual(flow.caught, []);
    return callers;
  }
});

/** Someone who talks for a while, is silent for a while, and does not care what the assistant does. */
class Caller {
  readonly #session: SimulatedSession;
  readonly #random: Random;
  readonly #speak: (pcm: Buffer) => void;
  readonly #listener = new Listener(40, 200);
  readonly #expected: { itemId: string; ms: number }[] = [];
  readonly #said: WireEvent[] = [];
  #stepsLeft = 0;
  #isSpeaking = false;

  constructor(
    session: SimulatedSession,
    random: Random,
    speak: (pcm: Buffer) => void,
  ) {
    this.#session = session;
    this.#random = random;
    this.#speak = speak;
    session.on("server", (event) => this.#said.push(event as WireEvent));
  }

  get truncated(): number {
    return this.#truncates.length;
  }

  get #truncates() {
    return this.#session.received.filter(
      ({ type }) => type === "conversation.item.truncate",
    );
  }

  /** The next chunk of the microphone. */
  speak(): void {
    if (this.#stepsLeft-- === 0) {
      this.#isSpeaking = !this.#isSpeaking;
      this.#stepsLeft = this.#isSpeaking
        ? this.#random.between(8, 20)
        : this.#random.between(15, 80);
    }
    this.#speak(
      this.#isSpeaking
        ? this.#random.noise(24 * STEP_MS, 0.3)
        : Buffer.alloc(48 * STEP_MS),
    );
  }

  /** Takes in what the service has said since the last time. */
  listen(nowMs: number): void {
    for (const event of this.#said.splice(0)) {
      const itemId = String(event["item_id"]);
      assert.notEqual(event.type, "error", JSON.stringify(event));
      if (event.type === "response.audio.delta")
        this.#listener.receive(
          itemId,
          Buffer.byteLength(String(event["delta"]), "base64") / 2,
          nowMs,
        );
      if (event.type === "response.audio.done")
        this.#listener.finishItem(itemId);
      if (event.type === "response.done") this.#listener.finishReply(nowMs);
      if (event.type === "input_audio_buffer.speech_started")
        this.#interrupt(nowMs);
    }
  }

  check(): void {
    assert.ok(
      this.#session.received.every(
        ({ type }) => type !== "response.cancel" && type !== "response.create",
      ),
    );
    assert.deepEqual(
      this.#truncates.map((event) => event["item_id"]),
      this.#expected.map(({ itemId }) => itemId),
    );
    for (const [index, { ms }] of this.#expected.entries()) {
      const told = Number(this.#truncates[index]?.["audio_end_ms"]);
      assert.ok(
        Number.isInteger(told) && told > 0 && Math.abs(told - ms) <= STEP_MS,
        `${told} ms were told, ${ms} ms heard`,
      );
    }
  }

  #interrupt(nowMs: number): void {
    for (const { itemId, heard, isWhole } of this.#listener.stop(nowMs))
      if (!isWhole && heard >= 24)
        this.#expected.push({ itemId, ms: heard / 24 });
  }
}
