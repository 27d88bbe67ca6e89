import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import RED, { type NodeAPI } from "node-red";
import { FakePrograms } from "./fake-programs";

interface TestHelper {
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  load(nodes: readonly unknown[], flow: readonly object[]): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): EventEmitter & { receive(msg: object): void } & {
    readonly warn: { readonly callCount: number };
  };
  request(): { get(path: string): Promise<{ status: number; body: unknown }> };
}

const helper = require("node-red-node-test-helper") as TestHelper;
const { hooks } = RED as unknown as {
  hooks: {
    add(name: string, listener: (detail: never) => void): void;
    remove(name: string): void;
  };
};
const events = RED.events;
const HOOK = "voice-live-sound";
const WAIT_LIMIT_MS = 5_000;

type Message = Readonly<Record<string, unknown>>;

/** Gives a `describe` one node of the sound card in a Node-RED runtime, and programs of our own in place of the real ones. */
export function useSoundNode(nodeSet: (api: NodeAPI) => void): SoundNodeFlow {
  const flow = new SoundNodeFlow(nodeSet);
  before(() => helper.startServer());
  beforeEach(() => flow.observe());
  afterEach(() => flow.clear());
  after(() => helper.stopServer());
  return flow;
}

export class SoundNodeFlow {
  sent: Message[] = [];
  caught: (Error & { code: string })[] = [];
  statuses: string[] = [];
  completions: (Error | undefined)[] = [];
  readonly #nodeSet: (api: NodeAPI) => void;
  readonly #programs = new FakePrograms();
  readonly #checks = new Set<() => void>();
  readonly #onStatus = ({
    status,
  }: {
    status: { fill: string; shape: string; text: string };
  }): void => {
    this.statuses.push(`${status.fill} ${status.shape} ${status.text}`);
    this.#wake();
  };

  constructor(nodeSet: (api: NodeAPI) => void) {
    this.#nodeSet = nodeSet;
  }

  /** Until the end of the test, these shell scripts are the only sound programs of the machine. */
  programs(scripts: Readonly<Record<string, string>>): void {
    this.#programs.install(scripts);
  }

  load(type: string, config: object = {}): Promise<void> {
    const place = { z: "tab", x: 0, y: 0 };
    return helper.load(
      [this.#nodeSet],
      [
        { id: "tab", type: "tab", label: "test" },
        { id: "node", type, ...place, wires: [["sink"]], ...config },
        { id: "catch", type: "catch", ...place, wires: [["sink"]] },
        { id: "sink", type: "helper", ...place, wires: [] },
      ],
    );
  }

  unload(): Promise<void> {
    return helper.unload();
  }

  /** @returns the error with which the node was done, if there was one */
  async send(msg: object): Promise<(Error & { code?: string }) | undefined> {
    const before = this.completions.length;
    helper.getNode("node").receive(msg);
    await this.until("done", () => this.completions.length > before);
    return this.completions.at(-1);
  }

  /** How often the node has warned. */
  get warnings(): number {
    return helper.getNode("node").warn.callCount;
  }

  request(where: string): Promise<{ status: number; body: unknown }> {
    return helper.request().get(where);
  }

  until(what: string, isTrue: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `Waited in vain for ${what}; statuses: ${this.statuses.join(", ")}`,
            ),
          ),
        WAIT_LIMIT_MS,
      );
      const check = (): void => {
        if (!isTrue()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  observe(): void {
    hooks.add(
      `onSend.${HOOK}`,
      (each: readonly { msg: Message; source: { id: string } }[]) => {
        for (const { msg, source } of each) {
          if (source.id === "catch")
            this.caught.push(msg["error"] as Error & { code: string });
          else this.sent.push(msg);
        }
        this.#wake();
      },
    );
    hooks.add(
      `onComplete.${HOOK}`,
      ({ error, node }: { error?: Error; node: { id: string } }) => {
        if (node.id === "node") this.completions.push(error);
        this.#wake();
      },
    );
    events.on("node-status", this.#onStatus);
  }

  async clear(): Promise<void> {
    await helper.unload();
    hooks.remove(`*.${HOOK}`);
    events.off("node-status", this.#onStatus);
    this.#programs.remove();
    for (const error of this.caught) assert.match(error.message, /^[^\n]+$/);
    this.sent = [];
    this.caught = [];
    this.statuses = [];
    this.completions = [];
    this.#checks.clear();
  }

  #wake(): void {
    setImmediate(() => {
      for (const check of this.#checks) check();
    });
  }
}
