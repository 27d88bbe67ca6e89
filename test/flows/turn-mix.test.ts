import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { Answer, Behaviour } from "../../lib/simulator/behaviour";
import type { SimulatedSession, Simulator } from "../../lib/simulator";
import { useNodeRed, type NodeConfig, type TestFlow } from "../support/flow";
import { microphone } from "../support/microphone";
import { Random, seeded } from "../support/random";
import { exchange, fakeTime } from "./fake-time";
import { CALL_LIMIT_MS, MixedTalk, STEP_MS } from "./mixed-talk";

/** At the same time, on one session node. */
const TALKS = 20;
const BUSY_MS = 6_000;
/** With the microphone on, for the last words to be followed by silence. */
const PAUSE_MS = 1_600;
/** For the last call to be given up, and for the answer to that. */
const QUIET_MS = 5_000;

const NODES: readonly NodeConfig[] = [
  { id: "audio-in", type: "voice-live-audio-in" },
  { id: "audio-out", type: "voice-live-audio-out" },
  { id: "message", type: "voice-live-message" },
  { id: "function-result", type: "voice-live-function-result" },
  { id: "control", type: "voice-live-control" },
  ...["look_up", "store"].map((functionName) => ({
    id: functionName,
    type: "voice-live-function",
    functionName,
    parameters: {
      type: "object",
      properties: { id: { type: "integer" } },
      required: ["id"],
    },
    timeoutMs: CALL_LIMIT_MS,
  })),
];

/** Audio that costs nothing to make. */
function words(ms: number): Answer[number] {
  return {
    play: { pcm: Buffer.alloc(ms * 48, 1), sampleRate: 24_000 },
    transcript: "a few words",
  };
}

/** Calls functions when asked for it in writing, and now and then when spoken to. */
function callOften(): Behaviour {
  let calls = 0;
  const call = (count: number): Answer =>
    Array.from({ length: count }, () => ({
      call: calls % 3 === 0 ? "store" : "look_up",
      arguments: { id: calls++ },
    }));
  return ({ text, source, turn, outputs }) => {
    if (outputs.length > 0) return [words(1_000)];
    const asked = Number(/call (\d)/.exec(text)?.[1] ?? 0);
    if (asked > 0) return call(asked);
    if (source === "speech" && turn % 3 === 0) return [words(500), ...call(2)];
    return [words(2_500)];
  };
}

describe("Typed messages, function results and spoken turns", function () {
  this.timeout(180_000);

  const nodeRed = useNodeRed();
  let clock: Clock;

  beforeEach(() => (clock = fakeTime()));
  afterEach(() => clock.uninstall());

  for (const { mixes, speed } of [
    { mixes: 120, speed: Infinity },
    { mixes: 80, speed: 4 },
  ]) {
    it(`get their answers, each result once, in ${mixes} random mixes at speed ${speed}`, async () => {
      const { flow, simulator } = await deploy(speed);
      for (let index = 0; index < mixes / TALKS; index++)
        await seeded(1_000 * mixes + index, (random) =>
          mix(flow, simulator, random),
        );
    });
  }

  it("of one response are followed by one response, however out of order", async () => {
    await seeded(1, async (random) => {
      const { flow, simulator } = await deploy(Infinity);
      const session = await connect(simulator, "caller");
      microphone("message", { payload: "call 3", _session: { id: "caller" } });
      await exchange();
      const calls = flow.sent
        .filter(({ id }) => id === "look_up" || id === "store")
        .map(({ msg }) => msg);
      assert.equal(calls.length, 3);
      for (const msg of random.shuffled(calls)) {
        assert.equal(countOf(session, "response.create"), 1);
        microphone("function-result", { payload: "done", voice: msg.voice });
        await exchange();
      }
      assert.equal(countOf(session, "response.create"), 2);
      assert.equal(countOf(session, "conversation.item.create"), 4);
    });
  });

  async function deploy(
    speed: number,
  ): Promise<{ flow: TestFlow; simulator: Simulator }> {
    const simulator = await nodeRed.simulator({
      speed,
      behaviours: [callOften()],
    });
    const flow = await nodeRed.deploy({
      simulator,
      nodes: NODES,
      resource: { connectsPerMinute: 10_000 },
      session: {
        conversations: "keyed",
        connect: "command",
        settings: { turn_detection: { type: "server_vad" } },
      },
    });
    return { flow, simulator };
  }

  async function connect(
    simulator: Simulator,
    key: string,
  ): Promise<SimulatedSession> {
    const arrival = new Promise<SimulatedSession>((resolve) =>
      simulator.once("session", resolve),
    );
    microphone("control", { action: "connect", _session: { id: key } });
    const session = await arrival;
    await exchange();
    return session;
  }

  /** Twenty conversations at the same time, each a mix of its own. */
  async function mix(
    flow: TestFlow,
    simulator: Simulator,
    random: Random,
  ): Promise<void> {
    const talks = new Map<string, MixedTalk>();
    const from = flow.sent.length;
    for (let index = 0; index < TALKS; index++) {
      const key = `caller-${random.seed}-${index}`;
      const feed = (node: string, msg: object): void =>
        microphone(node, { _session: { id: key }, ...msg });
      const talk = new MixedTalk(
        await connect(simulator, key),
        new Random(random.between(0, 1e9)),
        feed,
      );
      talk.plan(clock.now, clock.now + BUSY_MS);
      talks.set(key, talk);
    }
    let seen = from;
    const pass = async (ms: number): Promise<void> => {
      clock.tick(ms);
      await exchange();
      for (; seen < flow.sent.length; seen++) {
        const { id, msg } = flow.sent[seen]!; // the index is below the length
        if (id === "look_up" || id === "store")
          talks.get(msg.voice.conversation)?.called(msg, clock.now);
      }
    };
    for (let ms = 0; ms < BUSY_MS + PAUSE_MS; ms += STEP_MS) {
      for (const talk of talks.values()) talk.step(clock.now);
      await pass(STEP_MS);
    }
    for (let ms = 0; ms < QUIET_MS; ms += 100) {
      for (const talk of talks.values()) talk.doDue(clock.now);
      await pass(100);
    }
    const caught = flow.caught;
    for (const [key, talk] of talks) {
      talk.check(caught.filter((msg) => msg.voice.conversation === key));
      microphone("control", { action: "disconnect", _session: { id: key } });
    }
  }
});

function countOf(session: SimulatedSession, type: string): number {
  return session.received.filter((event) => event.type === type).length;
}
