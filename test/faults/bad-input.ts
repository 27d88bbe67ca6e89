import assert from "node:assert/strict";
import type { VoiceLiveError } from "../../lib/client";
import { TestNodeRed, type NodeConfig, type TestFlow } from "../support/flow";
import { FakePrograms } from "../soundcard/fake-programs";
import type { Random } from "../support/random";
import { KINDS, type BadMessage } from "./bad-messages";
import type { Finding } from "./suite";

/** A node, and a message that it would take. */
interface Target {
  readonly config: NodeConfig;
  readonly good: BadMessage;
  /** Kinds that are nothing bad to it: it may take them. */
  readonly takes: "all" | readonly string[];
}

const PCM = { payload: Buffer.alloc(480), rate: 24_000 };
/** The rest may come with the next message. */
const BEGINNING = "half the head of a WAV";
const TEXTS = [
  "a negative number",
  "a format that is none",
  "a megabyte that is no base64",
];
const CALL = { voice: { callId: "call_unknown" } };

/** What the messages themselves throw; anything else would be a fault of the node. */
const TRAPS = /a trap|a proxy that has been revoked/;

function control(action: string, takes: Target["takes"]): Target {
  const config = { id: action, type: "voice-live-control", action };
  return { config, good: { payload: {} }, takes };
}

const TARGETS: readonly Target[] = [
  {
    config: { id: "audio-in", type: "voice-live-audio-in" },
    good: PCM,
    takes: [BEGINNING],
  },
  {
    config: { id: "convert", type: "voice-live-convert" },
    good: PCM,
    takes: [BEGINNING],
  },
  {
    config: { id: "speaker", type: "voice-live-speaker", program: "aplay" },
    good: PCM,
    takes: [BEGINNING],
  },
  {
    config: { id: "message", type: "voice-live-message", respond: false },
    good: { payload: "Hello" },
    takes: TEXTS,
  },
  {
    config: { id: "exact", type: "voice-live-message", exact: true },
    good: { payload: "Hello" },
    takes: TEXTS,
  },
  {
    config: { id: "result", type: "voice-live-function-result" },
    good: { payload: "fine", ...CALL },
    takes: [],
  },
  {
    config: { id: "played", type: "voice-live-played", unit: "samples" },
    good: { ...PCM, payload: 5 },
    takes: [],
  },
  {
    config: { id: "interrupt", type: "voice-live-interrupt" },
    good: {},
    takes: "all",
  },
  {
    config: { id: "control", type: "voice-live-control" },
    good: { payload: {} },
    takes: [],
  },
  control("send", []),
  control("update", "all"),
  control("respond", "all"),
  control("history-import", []),
  control("approve", []),
  control("deny", []),
  control("avatar-connect", []),
];

const NODES: readonly NodeConfig[] = [
  ...TARGETS.map(({ config }) => config),
  { id: "transcript", type: "voice-live-transcript" },
];

/** Every kind of bad input to every node with an input, so many times each; the session has to outlive them. */
export async function sendBadInput(
  times: number,
  random: Random,
): Promise<Finding> {
  const nodeRed = new TestNodeRed();
  await nodeRed.start();
  const programs = new FakePrograms();
  programs.install({ aplay: "cat > /dev/null" });
  let [sent, refused] = [0, 0];
  try {
    for (let round = 0; round < times; round++) {
      // Each on a flow of its own: the simulator remembers all that it was told, and the test all that happened.
      const simulator = await nodeRed.simulator();
      const flow = await nodeRed.deploy({ simulator, nodes: NODES });
      const { id } = await flow.service();
      for (const [kind, target] of random.shuffled(pairs())) {
        const error = await spoil(flow, target, kind, random);
        sent++;
        if (error) refused++;
        flow.forget();
      }
      await expectTalk(flow, round);
      assert.equal((await flow.service()).id, id, "it is the same session");
      await nodeRed.clear();
    }
  } catch (thrown) {
    // What it was doing when it failed says more than what was left behind.
    await nodeRed.clear().catch(() => undefined);
    throw thrown;
  } finally {
    await nodeRed.stop();
    programs.remove();
  }
  return { count: sent, figure: `${refused} refused, session alive` };
}

function pairs(): readonly (readonly [string, Target])[] {
  return TARGETS.flatMap((target) =>
    Object.keys(KINDS).map((kind) => [kind, target] as const),
  );
}

async function spoil(
  flow: TestFlow,
  { config, good, takes }: Target,
  kind: string,
  random: Random,
): Promise<VoiceLiveError | undefined> {
  const error = await flow.sendAsIs(
    config.id,
    (msgid) => KINDS[kind]!({ ...good, _msgid: msgid }, random), // it is one of its keys
  );
  const what = `${config.id}: ${kind}`;
  if (!error) {
    assert.ok(takes === "all" || takes.includes(kind), `${what} is refused`);
    return undefined;
  }
  if (error.code === "VOICE_LIVE_INTERNAL")
    assert.match(String(error.cause), TRAPS, `${what}: ${error.stack}`);
  await flow.until(`Catch to be told of ${what}`, () =>
    flow.caught.some(
      (msg) =>
        msg["error"].code === error.code &&
        msg["error"].source.id === config.id,
    ),
  );
  return error;
}

async function expectTalk(flow: TestFlow, round: number): Promise<void> {
  await flow.accept("message", { payload: `Round ${round}`, respond: true });
  await flow.message(
    "transcript",
    "an answer",
    ({ topic, voice }) => topic === "assistant" && voice.final,
  );
}
