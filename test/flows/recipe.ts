import assert from "node:assert/strict";
import type { FlowNode } from "../../scripts/flow-file";
import { readExample, withProperties } from "../../scripts/flow-file";
import type { SentMessage } from "../../scripts/sent-messages";
import { spoken } from "../simulator/sounds";
import { sha1 } from "../support/audio";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { likeness } from "./likeness";

/** A device at the other end of a recipe's broker or socket. */
export interface Peer {
  /** Sends a moment of silence: the first sound of a device opens its conversation. */
  isSilent(): Promise<void>;
  /** Sends mono PCM16 at the recipe's rate, in the pieces that the recipe asks for. */
  speak(pcm: Buffer): Promise<void>;
  /** Resolves when so many bytes of audio have come. */
  hasHeard(bytes: number): Promise<void>;
  /** Audio as it came. */
  heard(): Buffer;
  /** The same as mono PCM16 at the recipe's rate. */
  heardPcm(): Buffer;
}

export interface Recipe {
  /** Name of the example. */
  readonly name: string;
  /** What its ids begin with. */
  readonly prefix: string;
  /** Of the devices, Hz. */
  readonly rate: number;
  /** Of what the devices hear. */
  readonly bytesPerMs: number;
}

const QUESTIONS = [
  { file: "question-hello.wav", text: "Hello, how are you today?" },
  { file: "question-weather.wav", text: "What is the weather in Lisbon?" },
] as const;

/** The same words above this, however they were packed; other words far below. */
const SAME_WORDS = 0.95;
const OTHER_WORDS = 0.5;

/**
 * Starts Node-RED with the recipe's example.
 * @param script - of the simulator
 * @param changes - properties that differ on the test's machine, by node type
 */
export function startRecipe(
  { name }: Recipe,
  script: string,
  changes: Readonly<Record<string, object>> = {},
): Promise<NodeRed> {
  const all = { "voice-live-resource": { script }, ...changes };
  const flows = Object.entries(all).reduce<FlowNode[]>(
    (flow, [type, properties]) => withProperties(flow, type, properties),
    readExample(name),
  );
  return startNodeRed({ flows });
}

/** Two devices ask at the same time, and a service that says everything back: each hears its own words and nothing else. */
export async function holdTwoConversations(
  nodeRed: NodeRed,
  { prefix, rate }: Recipe,
  peers: readonly Peer[],
): Promise<void> {
  for (const peer of peers) await peer.isSilent();
  // Audio that comes before a session is ready waits in a queue of 2 s, too short for a question sent at once.
  await nodeRed.waitForStatus(`${prefix}-audio-in`, /\b2\b/);
  const said = QUESTIONS.map(({ file }) => spoken(file, rate));
  await Promise.all(peers.map((peer, index) => peer.speak(said[index]!))); // one for each
  for (const [index, peer] of peers.entries()) {
    const conversation = await conversationOf(nodeRed, QUESTIONS[index]!.text);
    const reply = await replyIn(nodeRed, conversation);
    await peer.hasHeard(reply.length);
    assert.equal(sha1(peer.heard()), sha1(reply));
    const [own, other] = [said[index]!, said[1 - index]!];
    const [same, different] = [own, other].map((pcm) =>
      likeness(peer.heardPcm(), pcm),
    );
    assert.ok(same! > SAME_WORDS, `the own words compare with ${same}`);
    assert.ok(different! < OTHER_WORDS, `the other's words with ${different}`);
  }
  assert.deepEqual(problems(nodeRed), []);
}

/** What the device gets of a long reply before its user interrupts; the estimate says that nearly all of it was heard. */
const SENT_MS = 3_000;
/** What the device says it has played. */
const PLAYED_MS = 200;
/** Between the two, far from both. */
const BETWEEN_MS = 1_800;

/**
 * A user talks into a long reply, on a device that is far behind the estimate and says so.
 * @param reports - the device says how much it has played, ms
 * @param isFlushed - resolves when the device has been told to drop what it has not played
 */
export async function interruptSlowDevice(
  nodeRed: NodeRed,
  { prefix, rate, bytesPerMs }: Recipe,
  peer: Peer,
  reports: (ms: number) => Promise<void>,
  isFlushed: () => Promise<void>,
): Promise<void> {
  await peer.isSilent();
  await nodeRed.waitForStatus(`${prefix}-audio-in`, /^ready$/);
  await peer.speak(spoken("question-story.wav", rate));
  await peer.hasHeard(SENT_MS * bytesPerMs);
  await reports(PLAYED_MS);
  await nodeRed.waitForSent(
    "the report to come",
    ({ msg }) => String(msg["payload"]) === String(PLAYED_MS),
  );
  await peer.speak(spoken(QUESTIONS[0].file, rate));
  await isFlushed();
  const { msg } = await nodeRed.waitForSent(
    "the flush",
    (sent) => sent.port === 1 && sent.msg["payload"] === "flush",
  );
  const { playedMs } = voiceOf(msg);
  assert.ok(
    playedMs! >= PLAYED_MS && playedMs! < BETWEEN_MS,
    `${playedMs} ms were heard`,
  );
  await conversationOf(nodeRed, QUESTIONS[0].text);
  assert.deepEqual(problems(nodeRed), []);
}

/** What Catch nodes were told. */
function problems(nodeRed: NodeRed): unknown[] {
  return nodeRed.sent
    .filter(({ type }) => type === "catch")
    .map(({ msg }) => msg["error"]);
}

/** All conversations have ended. */
export async function endsAllConversations(
  nodeRed: NodeRed,
  { prefix }: Recipe,
): Promise<void> {
  await nodeRed.waitFor("the last conversation to end", () =>
    nodeRed.statuses.get(`${prefix}-audio-in`)?.at(-1) === "idle"
      ? true
      : undefined,
  );
}

/** Key of the conversation in which the user said this. */
async function conversationOf(nodeRed: NodeRed, text: string): Promise<string> {
  const { msg } = await nodeRed.waitForSent(
    `the user to say ${text}`,
    ({ type, msg: { topic, payload } }) =>
      type === "voice-live-transcript" && topic === "user" && payload === text,
  );
  return voiceOf(msg).conversation;
}

/** All that audio out has said in a conversation, up to the end of its first reply. */
async function replyIn(
  nodeRed: NodeRed,
  conversation: string,
): Promise<Buffer> {
  const isHere = ({ type, msg }: SentMessage): boolean =>
    type === "voice-live-audio-out" &&
    voiceOf(msg).conversation === conversation;
  await nodeRed.waitForSent(
    `the end of the reply to ${conversation}`,
    (sent) => isHere(sent) && sent.port === 1 && sent.msg["payload"] === "end",
  );
  const chunks = nodeRed.sent.filter((sent) => isHere(sent) && sent.port === 0);
  return Buffer.concat(chunks.map(({ msg }) => bytesOf(msg["payload"])));
}

function bytesOf(payload: unknown): Buffer {
  return Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(String(payload), "base64");
}

function voiceOf(msg: SentMessage["msg"]) {
  return msg["voice"] as {
    readonly conversation: string;
    readonly playedMs?: number;
  };
}
