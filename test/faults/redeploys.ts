import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { FlowNode } from "../../scripts/flow-file";
import { startNodeRed, type NodeRed } from "../support/node-red";
import type { Random } from "../support/random";
import {
  ScriptedService,
  type ScriptedSession,
} from "../support/scripted-service";
import type { Finding } from "./suite";

/** A deploy may take so long even when the service does not answer the close. */
const MAX_DEPLOY_MS = 2_000;
/** Sockets get two seconds to close; what is there later has leaked. */
const SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 200;
const DELTA_EVERY_MS = 40;
const TYPES = ["full", "flows", "nodes"] as const;

/** Deploys at random moments of talks with a service that goes silent as soon as somebody leaves. */
export async function redeploy(
  deploys: number,
  random: Random,
): Promise<Finding> {
  const service = await TalkingService.start();
  const nodeRed = await startNodeRed();
  let slowestMs = 0;
  try {
    const flow = flowOf(service.url);
    // Everything that is loaded or opened once is so before it is counted.
    await deploy(nodeRed, flow, "full");
    await service.hasTalk();
    await deploy(nodeRed, [], "full");
    const before = await rest(nodeRed, service);
    await deploy(nodeRed, flow, "full");
    for (let index = 0; index < deploys; index++) {
      if (random.chance(0.3)) await service.hasTalk();
      await wait(random.between(0, 120));
      const changed = change(flow, random, index);
      const tookMs = await deploy(nodeRed, changed, random.pick(TYPES));
      slowestMs = Math.max(slowestMs, tookMs);
    }
    await service.hasTalk();
    await deploy(nodeRed, [], "full");
    const after = await rest(nodeRed, service, before);
    assert.deepEqual(after, before, "nothing is left of two hundred flows");
    assert.ok(slowestMs <= MAX_DEPLOY_MS, `a deploy took ${slowestMs} ms`);
    const crashes = nodeRed.logs.filter((line) =>
      /uncaught|^\w*Error/i.test(line),
    );
    assert.deepEqual(crashes, []);
  } finally {
    await nodeRed.stop();
    await service.close();
  }
  return { count: deploys, figure: `slowest ${Math.round(slowestMs)} ms` };
}

/** Resources and listeners of a Node-RED without flows. @param wanted - is waited for, if given */
async function rest(
  nodeRed: NodeRed,
  service: TalkingService,
  wanted?: unknown,
): Promise<unknown> {
  let found: unknown;
  for (let waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += LOOK_EVERY_MS) {
    await wait(LOOK_EVERY_MS);
    found = { ...(await nodeRed.probe()), sockets: service.openSockets };
    const isThere = wanted === undefined && waitedMs > SETTLE_MS / 3;
    if (isThere || JSON.stringify(found) === JSON.stringify(wanted)) break;
  }
  return found;
}

/** @returns how long it took, ms */
async function deploy(
  nodeRed: NodeRed,
  flow: readonly FlowNode[],
  type: (typeof TYPES)[number],
): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${nodeRed.url}flows`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "node-red-deployment-type": type,
      connection: "close",
    },
    body: JSON.stringify(flow),
  });
  await response.arrayBuffer();
  assert.ok(response.ok, `deploy is answered ${response.status}`);
  return performance.now() - startedAt;
}

/** Two talks: one with the test's service, one with the simulator of a resource node. */
function flowOf(url: string): FlowNode[] {
  const place = { z: "tab", x: 0, y: 0 };
  return [
    { id: "tab", type: "tab", label: "talks" },
    {
      id: "talking",
      type: "voice-live-resource",
      service: "azure",
      auth: "key",
      endpoint: url,
      connectsPerMinute: 100_000,
      credentials: { apiKey: "Key.Of.The.Redeploys" },
    },
    {
      // Not the word of its service, which Node-RED would take for a reference to itself.
      id: "simulated",
      type: "voice-live-resource",
      service: "simulator",
      script: "echo",
      connectsPerMinute: 100_000,
    },
    ...["talking", "simulated"].flatMap((resource) => {
      const session = `session-${resource}`;
      const node = (type: string, more: object = {}) => ({
        ...place,
        id: `${type}-${resource}`,
        type: `voice-live-${type}`,
        session,
        wires: [[], []],
        ...more,
      });
      return [
        {
          id: session,
          type: "voice-live-session",
          resource,
          target: "model",
          model: "gpt-realtime",
          settings: {},
          silenceSeconds: 1,
        },
        node("audio-in"),
        node("audio-out"),
        node("transcript", { partial: true }),
        node("event", { raw: true }),
        node("interrupt"),
        node("function", { functionName: "lookup" }),
        {
          ...place,
          id: `inject-${resource}`,
          type: "inject",
          repeat: "0.05",
          once: true,
          onceDelay: 0.05,
          props: [{ p: "payload" }],
          payload: Buffer.alloc(2_400, 1).toString("base64"),
          payloadType: "str",
          wires: [[`audio-in-${resource}`]],
        },
      ];
    }),
    {
      ...place,
      id: "microphone",
      type: "voice-live-microphone",
      device: "no such device",
      wires: [[]],
    },
    { ...place, id: "catch", type: "catch", scope: null, wires: [[]] },
  ];
}

/** One node is another than it was. */
function change(
  flow: readonly FlowNode[],
  random: Random,
  index: number,
): FlowNode[] {
  const id = random.pick(flow.filter(({ type }) => type !== "tab")).id;
  return flow.map((node) =>
    node.id === id ? { ...node, name: `deploy ${index}` } : node,
  );
}

/** Speaks to whoever comes, without a pause; answers no close, nor anything else. */
class TalkingService {
  readonly #service: ScriptedService;
  readonly #sessions = new Set<ScriptedSession>();
  readonly #speaking: NodeJS.Timeout;
  #talks = 0;
  #onTalk: (() => void) | undefined;

  static async start(): Promise<TalkingService> {
    return new TalkingService(await ScriptedService.start());
  }

  constructor(service: ScriptedService) {
    this.#service = service;
    service.onSession((session) => void this.#greet(session));
    this.#speaking = setInterval(() => this.#speak(), DELTA_EVERY_MS);
  }

  get url(): string {
    return this.#service.url;
  }

  get openSockets(): number {
    return [...this.#sessions].filter((session) => !session.isGone).length;
  }

  /** Until somebody new listens. */
  async hasTalk(): Promise<void> {
    await new Promise<void>((resolve) => (this.#onTalk = resolve));
  }

  async close(): Promise<void> {
    clearInterval(this.#speaking);
    await this.#service.close();
  }

  async #greet(session: ScriptedSession): Promise<void> {
    await session.ready;
    session.goDeaf();
    this.#sessions.add(session);
    const response = { id: `resp_${++this.#talks}`, status: "in_progress" };
    session.send({ type: "response.created", response });
  }

  #speak(): void {
    for (const session of this.#sessions) {
      if (session.isGone) this.#sessions.delete(session);
      session.send({
        type: "response.audio.delta",
        response_id: "resp",
        item_id: "item",
        delta: Buffer.alloc(1_920, 1).toString("base64"),
      });
    }
    if (this.#sessions.size > 0) this.#onTalk?.();
  }
}
