import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import path from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import RED from "node-red";
import type { OutletMode } from "../../lib/client";
import { deltaFrame, pcm } from "../sessions/frames";
import { DELTA_MS, Microphones } from "../sessions/microphones";
import { SETTINGS } from "../user-dir";
import { latestOf, type Arrival } from "./lateness";
import { StopWatch, watchSockets } from "./stop-watch";

// Started by `RedProcess`: a real Node-RED with one flow, in which many devices talk.
//
//     microphone ─▶ audio in ─▶ service ─▶ audio out ─▶ ear

/** What it is told. */
export type RedOrder =
  | {
      readonly type: "start";
      readonly userDir: string;
      readonly port: number;
      readonly mode: OutletMode;
    }
  | { readonly type: "connect"; readonly count: number }
  | { readonly type: "talk"; readonly ms: number }
  /** Until nothing is heard any more. */
  | { readonly type: "hear-out" }
  | { readonly type: "flushes" };

/** What one stretch of talk was like. */
export interface FlowTalk {
  readonly cpuUs: number;
  readonly frames: number;
  readonly deltas: number;
  /** Message into audio in → bytes on the socket. */
  readonly upMs: readonly number[];
  /** Delta from the socket → message out of audio out. */
  readonly downMs: readonly number[];
  /** How late the latest chunk left; means something only where speech is paced and the service ahead. */
  readonly latestMs: number;
  /** 99th percentile of what a turn of the event loop came late. */
  readonly loopDelayMs: number;
}

const FRAME_MS = 40;
/** What a device is given ahead of what it plays. */
const LEAD_MS = 200;
/** A device that has played its lead and got no more has heard all. */
const HEARD_OUT_MS = 2 * LEAD_MS;
/** Finer, and the measuring itself would be most of what one device costs. */
const LOOP_RESOLUTION_MS = 10;
const DELTA_BYTES = deltaFrame(DELTA_MS).length;
/** Audio of one frame of the microphone, as it is written. */
const BASE64_BYTES = pcm(FRAME_MS).toString("base64").length;

interface RunningNode {
  receive(msg: object): void;
  on(event: "input", listener: (msg: FlowMessage) => void): void;
}

interface FlowMessage {
  readonly payload: unknown;
  readonly voice?: {
    readonly conversation: string;
    readonly startMs?: number;
    readonly durationMs?: number;
  };
}

const up = new StopWatch();
const down = new StopWatch();
const flush = new StopWatch();
let bytesOf = new WeakMap<Socket, number>();
/** Of each conversation: when its chunks came, and their place in the reply. */
const arrivals = new Map<string, Arrival[]>();
let isTalking = false;
let isFlushing = false;
let deltas = 0;
let heardAt = 0;
let microphones: Microphones | undefined;
let count = 0;

watchSockets({
  wrote: (bytes) => {
    if (!isTalking) return;
    const frames = Math.max(1, Math.floor(bytes / BASE64_BYTES));
    for (let frame = 0; frame < frames; frame++) up.out();
  },
  read: (socket, chunk) => {
    if (isFlushing && chunk.includes("speech_started")) flush.in();
    if (!isTalking) return;
    let bytes = (bytesOf.get(socket) ?? 0) + chunk.length;
    for (; bytes >= DELTA_BYTES; bytes -= DELTA_BYTES) down.in();
    bytesOf.set(socket, bytes);
  },
});

async function start({
  userDir,
  port,
  mode,
}: Extract<RedOrder, { type: "start" }>): Promise<void> {
  writeFileSync(
    path.join(userDir, "flows.json"),
    JSON.stringify(flowOf(port, mode)),
  );
  writeFileSync(
    path.join(userDir, "flows_cred.json"),
    JSON.stringify({ resource: { apiKey: "any" } }),
  );
  RED.init(createServer(), { ...SETTINGS, userDir } as never);
  const started = new Promise((resolve) =>
    RED.events.once("flows:started", resolve),
  );
  await RED.start();
  await started;
  nodeOf("ear").on("input", onHeard);
  nodeOf("playback").on("input", ({ payload }) => {
    if (payload === "flush") flush.out();
  });
}

function flowOf(port: number, mode: OutletMode): readonly object[] {
  const place = { z: "tab", x: 0, y: 0 };
  return [
    { id: "tab", type: "tab", label: "bench" },
    {
      id: "resource",
      type: "voice-live-resource",
      service: "azure",
      auth: "key",
      endpoint: `http://127.0.0.1:${port}`,
      connectsPerMinute: 100_000,
    },
    {
      id: "session",
      type: "voice-live-session",
      resource: "resource",
      target: "model",
      model: "gpt-realtime",
      settings: {},
      conversations: "keyed",
      key: "device",
      keyType: "msg",
      connect: "input",
      maxConversations: 1_000,
    },
    { id: "microphone", type: "junction", ...place, wires: [["in"]] },
    {
      id: "in",
      type: "voice-live-audio-in",
      session: "session",
      ...place,
      wires: [],
    },
    {
      id: "out",
      type: "voice-live-audio-out",
      session: "session",
      mode,
      leadMs: LEAD_MS,
      ...place,
      wires: [["ear"], ["playback"]],
    },
    { id: "ear", type: "junction", ...place, wires: [[]] },
    { id: "playback", type: "junction", ...place, wires: [[]] },
  ];
}

function nodeOf(id: string): RunningNode {
  const nodes = RED.nodes as unknown as {
    getNode(id: string): RunningNode | null;
  };
  const node = nodes.getNode(id);
  if (!node) throw new Error(`The flow has no node ${id}`);
  return node;
}

function onHeard({ voice }: FlowMessage): void {
  heardAt = performance.now();
  if (!voice || !isTalking) return;
  deltas++;
  down.out();
  const { conversation, startMs = 0, durationMs = 0 } = voice;
  const known = arrivals.get(conversation) ?? [];
  arrivals.set(conversation, known);
  known.push({ at: heardAt, startMs, endMs: startMs + durationMs });
  microphones?.heard(Number(conversation));
}

/** A first message begins a conversation, as a device's first audio does. */
function connect(wanted: number): void {
  const microphone = nodeOf("microphone");
  count = wanted;
  const audio = pcm(FRAME_MS);
  const append = (device: number): void => {
    if (isTalking) up.in();
    microphone.receive({
      payload: audio,
      device: String(device),
      _msgid: "bench",
    });
  };
  for (let device = 0; device < count; device++) append(device);
  microphones = new Microphones({ append, count, frameMs: FRAME_MS });
}

async function talk(ms: number): Promise<FlowTalk> {
  if (!microphones) throw new Error("Nobody is connected");
  deltas = 0;
  arrivals.clear();
  bytesOf = new WeakMap();
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  isTalking = true;
  delay.enable();
  const before = process.cpuUsage();
  const { frames } = await microphones.run(ms, "real-time");
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  isTalking = false;
  return {
    cpuUs: user + system,
    frames,
    deltas,
    upMs: up.take(),
    downMs: down.take(),
    latestMs: Math.max(
      0,
      ...[...arrivals.values()].map((reply) => latestOf(reply, LEAD_MS)),
    ),
    loopDelayMs: delay.percentile(99) / 1e6 - LOOP_RESOLUTION_MS,
  };
}

async function hearOut(): Promise<void> {
  for (;;) {
    const waitMs = heardAt + HEARD_OUT_MS - performance.now();
    if (waitMs <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

async function flushes(): Promise<readonly number[]> {
  isFlushing = true;
  flush.take();
  await microphones?.run(2_000, "real-time");
  isFlushing = false;
  return flush.take();
}

async function obey(order: RedOrder): Promise<unknown> {
  switch (order.type) {
    case "start":
      await start(order);
      return "started";
    case "connect":
      connect(order.count);
      return "connecting";
    case "talk":
      return await talk(order.ms);
    case "hear-out":
      return await hearOut();
    case "flushes":
      return await flushes();
  }
}

process.on("message", (order: RedOrder) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
