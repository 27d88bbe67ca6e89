import assert from "node:assert/strict";
import { inspect } from "node:util";
import { EventEmitter } from "node:events";
import type { RequestListener } from "node:http";
import RED, { type NodeAPI } from "node-red";
import { ERROR_CODES, VoiceLiveError } from "../../lib/client";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
  type SimulatorOptions,
} from "../../lib/simulator";
import voiceLive from "../../nodes/voice-live";
import sessions from "../../nodes/voice-live-sessions";

/** Any member, any depth: tests look at what came, the assertions check it. */
type Loose = ReturnType<typeof JSON.parse>;

/** A message as a node sent it, the very object. */
export interface Message {
  readonly payload: Loose;
  readonly topic: string;
  readonly voice: Loose;
  readonly [property: string]: Loose;
}

export interface NodeConfig {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export interface FlowOptions {
  readonly nodes: readonly NodeConfig[];
  /** Connects through the settings for Azure, so that the test sees the service's side. */
  readonly simulator?: Simulator;
  /** Properties of the node `resource`; by default the built-in simulator. */
  readonly resource?: object;
  readonly credentials?: object;
  /** Further config nodes, and their credentials by id. */
  readonly configs?: readonly NodeConfig[];
  readonly configCredentials?: Readonly<Record<string, object>>;
  /** Properties of the node `session`. */
  readonly session?: object;
}

interface Sent {
  readonly id: string;
  readonly port: number;
  readonly msg: Message;
}

interface Completion {
  readonly id: string;
  readonly msgid: string;
  readonly error: VoiceLiveError | undefined;
}

interface Status {
  readonly id: string;
  readonly fill: string;
  readonly shape: string;
  readonly text: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface AdminRequest extends PromiseLike<AdminAnswer> {
  set(header: string, value: string): AdminRequest;
  send(body: string): AdminRequest;
}

interface AdminRequests {
  get(path: string): AdminRequest;
  post(path: string): AdminRequest;
}

/** Members of the test helper that are used here; it has no types of its own. */
interface TestHelper {
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  load(
    nodes: readonly unknown[],
    flow: readonly object[],
    credentials: object,
  ): Promise<void>;
  setFlows(
    flow: readonly object[],
    type: string,
    credentials: object,
  ): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): { receive(msg: object): void };
  readonly _httpAdmin: RequestListener;
  request(): AdminRequests;
}

interface Hooks {
  add(name: string, listener: (detail: never) => void): void;
  remove(name: string): void;
}

const helper = require("node-red-node-test-helper") as TestHelper;
const { hooks } = RED as unknown as { hooks: Hooks };
const log = RED.log as unknown as {
  addHandler(handler: EventEmitter): void;
  removeHandler(handler: EventEmitter): void;
};

/** Key of every resource in every test. It has to be found nowhere afterwards; dots keep it out of reach of what hides long words. */
export const KEY = "Canary.Key.of.the.Tests";

const CORE = "@node-red/nodes/core/network";

const NODE_SETS: readonly ((api: NodeAPI) => void)[] = [
  require(`${CORE}/05-tls`) as (api: NodeAPI) => void,
  require(`${CORE}/06-httpproxy`) as (api: NodeAPI) => void,
  voiceLive,
  sessions,
];

/** Turns on loopback take milliseconds; whoever waits longer waits in vain and is told what for. */
const WAIT_LIMIT_MS = 12_000;
/** Tests may put a clock of their own in the place of the global one; waiting goes by the real one. */
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;
const STATUS_PREFIX =
  "@voicewire/node-red-voice-live/voice-live:voice-live-session.status.";
/** Nodes of the sound card have status texts of their own. */
const STATUS_KEY = /^(?:(voice-live-[a-z-]+)\.status\.)?(.*)$/;
const HOOK = "voice-live-test";

/** Gives a `describe` a Node-RED runtime; each of its tests deploys a flow, which is checked and cleared away at the end. */
export function useNodeRed(): TestNodeRed {
  const nodeRed = new TestNodeRed();
  before(() => nodeRed.start());
  afterEach(() => nodeRed.clear());
  after(() => nodeRed.stop());
  return nodeRed;
}

export class TestNodeRed {
  readonly #simulators: Simulator[] = [];
  readonly #rejections: unknown[] = [];
  readonly #onRejection = (reason: unknown): void =>
    void this.#rejections.push(reason);
  #flow: TestFlow | undefined;

  async start(): Promise<void> {
    process.on("unhandledRejection", this.#onRejection);
    await helper.startServer();
  }

  /** Asks the editor's routes. */
  get admin(): AdminRequests {
    return helper.request();
  }

  /** A service that takes only `KEY`, and sends all audio at once unless told otherwise. */
  async simulator(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = await startSimulator({
      speed: Infinity,
      apiKey: KEY,
      ...options,
    });
    this.#simulators.push(simulator);
    return simulator;
  }

  async deploy(options: FlowOptions): Promise<TestFlow> {
    assert.equal(this.#flow, undefined, "one flow for each test");
    this.#flow = new TestFlow(options);
    await this.#flow.load();
    return this.#flow;
  }

  /** Takes the flow away and looks at what it did. */
  async clear(): Promise<void> {
    const flow = this.#flow;
    this.#flow = undefined;
    try {
      await flow?.unload();
    } finally {
      await Promise.all(
        this.#simulators.splice(0).map((simulator) => simulator.close()),
      );
    }
    flow?.release();
    flow?.check();
    assert.deepEqual(
      this.#rejections.splice(0),
      [],
      "no promise is left to reject unheard",
    );
  }

  /** The editor's side of Node-RED's HTTP. */
  get httpAdmin(): RequestListener {
    return helper._httpAdmin;
  }

  async stop(): Promise<void> {
    await helper.stopServer();
    process.off("unhandledRejection", this.#onRejection);
  }
}

/** A running flow: what goes in, and all that comes out of it. */
export class TestFlow {
  readonly sent: Sent[] = [];
  readonly completions: Completion[] = [];
  readonly statuses: Status[] = [];
  readonly logs: object[] = [];
  readonly #options: FlowOptions;
  readonly #waits = new Set<() => void>();
  readonly #logHandler = new EventEmitter();
  readonly #onStatus = ({
    id,
    status,
  }: {
    id: string;
    status?: Omit<Status, "id">;
  }): void => {
    // Node-RED clears the status of a node that is gone.
    if (status?.text !== undefined) this.statuses.push({ id, ...status });
    this.#wake();
  };
  /** Node id of each message that was sent in; its place is in its `_msgid`. */
  readonly #inputs: string[] = [];
  #sentAtClose = Infinity;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#observe();
    await helper.load(
      NODE_SETS,
      flowFile(this.#options, this.#options.nodes),
      credentials(this.#options),
    );
  }

  /**
   * Deploys other nodes; those that stay as they are go on.
   * @param persona - other properties of the node `session`
   */
  async redeploy(
    nodes: readonly NodeConfig[],
    persona = this.#options.session,
  ): Promise<void> {
    await helper.setFlows(
      flowFile(
        { ...this.#options, ...(persona && { session: persona }) },
        nodes,
      ),
      "nodes",
      credentials(this.#options),
    );
  }

  async unload(): Promise<void> {
    await helper.unload();
    this.#sentAtClose = this.sent.length;
  }

  release(): void {
    hooks.remove(`*.${HOOK}`);
    events.off("node-status", this.#onStatus);
    log.removeHandler(this.#logHandler);
  }

  /**
   * Sends a message into a node.
   * @returns the error with which the node was done, if there was one
   */
  async send(
    id: string,
    msg: object = {},
  ): Promise<VoiceLiveError | undefined> {
    const msgid = this.#receive(id, msg);
    return (await this.#done(id, msgid)).error;
  }

  /**
   * Sends a message that is handed over as it is, traps and all.
   * @param make - gets the id that the message has to carry
   * @returns the error with which the node was done, if there was one
   */
  async sendAsIs(
    id: string,
    make: (msgid: string) => object,
  ): Promise<VoiceLiveError | undefined> {
    const msgid = `input-${this.#inputs.push(id) - 1}`;
    helper.getNode(id).receive(make(msgid));
    return (await this.#done(id, msgid)).error;
  }

  /** Lets go of what has been sent so far, where there will be much of it. */
  forget(): void {
    this.sent.length = 0;
  }

  /** Sends a message that the node has to take. */
  async accept(id: string, msg: object = {}): Promise<void> {
    assert.ifError(await this.send(id, msg));
  }

  /** Sends a message that the node has to refuse: to Catch with that message, and to its status. */
  async refuse(id: string, msg: object = {}): Promise<VoiceLiveError> {
    const msgid = this.#receive(id, msg);
    const { error } = await this.#done(id, msgid);
    assert.ok(error, `${id} refuses ${inspect(msg)}`);
    const caught = await this.until("Catch to be told", () =>
      this.caught.find(({ _msgid }) => _msgid === msgid),
    );
    assert.equal(caught["error"].code, error.code);
    assert.equal(caught["error"].source.id, id);
    const shown =
      error.code === "VOICE_LIVE_NO_SESSION"
        ? "noSession"
        : `fault.${error.code}`;
    assert.equal(this.look(id), `red ring ${shown}`);
    return error;
  }

  /** What a node has sent so far. */
  from(id: string, port = 0): readonly Message[] {
    return this.sent
      .filter((sent) => sent.id === id && sent.port === port)
      .map(({ msg }) => msg);
  }

  /** What a node has warned of so far. */
  warnings(id: string): readonly string[] {
    const WARN = 30;
    return (this.logs as readonly Loose[])
      .filter((entry) => entry.id === id && entry.level === WARN)
      .map((entry): string => entry.msg);
  }

  /** What has reached Catch so far. */
  get caught(): readonly Message[] {
    return this.from("catch");
  }

  /** A message that a node has sent or will send. */
  message(
    id: string,
    what = "anything",
    matches: (msg: Message) => boolean = () => true,
    port = 0,
  ): Promise<Message> {
    return this.until(`${id} to send ${what}`, () =>
      this.from(id, port).find(matches),
    );
  }

  /** A fault of this code that has reached Catch or will. */
  fault(code: string): Promise<Message> {
    return this.until(`Catch to hear of ${code}`, () =>
      this.caught.find((msg) => msg["error"].code === code),
    );
  }

  /** Colour, shape and catalog key of a node's status. */
  look(id: string): string {
    const status = this.statuses.findLast((each) => each.id === id);
    return status
      ? `${status.fill} ${status.shape} ${status.text.replace(STATUS_PREFIX, "")}`
      : "";
  }

  async looks(id: string, look: string): Promise<void> {
    await this.until(
      `${id} to show ${look}, not ${this.look(id)}`,
      () => this.look(id) === look,
    );
  }

  /** Resolves to what `find` finds: anything but `undefined` and `false`. */
  until<T>(what: string, find: () => T | undefined | false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const check = (): void => {
        const found = find();
        if (found === undefined || found === false) return;
        settle(() => resolve(found));
      };
      const settle = (then: () => void): void => {
        stopTimer(timer);
        this.#waits.delete(check);
        then();
      };
      const timer = startTimer(
        () =>
          settle(() =>
            reject(
              new Error(
                `Waited ${WAIT_LIMIT_MS / 1000} s for ${what}.\n${this.#story()}`,
              ),
            ),
          ),
        WAIT_LIMIT_MS,
      );
      this.#waits.add(check);
      check();
    });
  }

  /** The service's side of the only session that is open. */
  async service(): Promise<SimulatedSession> {
    const { simulator } = this.#options;
    assert.ok(simulator, "the test has the simulator");
    return this.until("a session at the service", () => simulator.sessions[0]);
  }

  /** Client events of one type that the service has received. */
  async received(type: string, count = 1): Promise<readonly Loose[]> {
    const service = await this.service();
    const ofType = (): readonly Loose[] =>
      service.received.filter((each) => each.type === type);
    return this.until(
      `the service to receive ${count} ${type}`,
      () => ofType().length >= count && ofType(),
    );
  }

  /** What holds for every flow, whatever it is about. */
  check(): void {
    this.#checkCompletions();
    this.#checkErrors();
    this.#checkStatuses();
    assert.equal(
      this.sent.length,
      Math.min(this.#sentAtClose, this.sent.length),
      "nothing is sent after close",
    );
    for (const each of [
      ...this.sent,
      ...this.completions,
      ...this.statuses,
      ...this.logs,
    ])
      assert.ok(
        !inspect(each, {
          depth: 15,
          showHidden: true,
          maxStringLength: 5_000,
        }).includes(KEY),
        "the key is in no message, status, error or log",
      );
  }

  #checkCompletions(): void {
    for (const [index, node] of this.#inputs.entries()) {
      const times = this.completions.filter(
        ({ id, msgid }) => id === node && msgid === `input-${index}`,
      ).length;
      assert.equal(times, 1, `${node} calls done once for input ${index}`);
    }
  }

  #checkErrors(): void {
    const errors = [
      ...this.completions.map(({ error }) => error),
      ...this.caught.map((msg) => msg["error"] as Error & { code: string }),
    ];
    for (const error of errors) {
      if (!error) continue;
      assert.ok(
        (ERROR_CODES as readonly string[]).includes(error.code ?? ""),
        `${inspect(error)} has a documented code`,
      );
      assert.match(error.message, /^[^\n]+$/, "the error is one line");
      if (error instanceof VoiceLiveError)
        assert.ok(error.nextStep, `${error.message} names the next step`);
    }
  }

  #checkStatuses(): void {
    for (const { text } of this.statuses) {
      const [, type = "voice-live-session", key = ""] =
        STATUS_KEY.exec(text.replace(STATUS_PREFIX, "")) ?? [];
      const words = key
        .split(".")
        .reduce<Loose>((texts, name) => texts?.[name], statusTexts(type));
      assert.equal(
        typeof words,
        "string",
        `the catalog has a status text for ${text}`,
      );
    }
  }

  #receive(id: string, msg: object): string {
    const msgid = `input-${this.#inputs.push(id) - 1}`;
    helper.getNode(id).receive({ ...msg, _msgid: msgid });
    return msgid;
  }

  #done(id: string, msgid: string): Promise<Completion> {
    return this.until(`${id} to be done with its message`, () =>
      this.completions.find((each) => each.msgid === msgid),
    );
  }

  #observe(): void {
    hooks.add(
      `onSend.${HOOK}`,
      (
        each: readonly { msg: Message; source: { id: string; port: number } }[],
      ) => {
        for (const { msg, source } of each)
          this.sent.push({ id: source.id, port: source.port, msg });
        this.#wake();
      },
    );
    hooks.add(
      `onComplete.${HOOK}`,
      ({
        msg,
        node,
        error,
      }: {
        msg: Message;
        node: { id: string };
        error?: VoiceLiveError;
      }) => {
        this.completions.push({ id: node.id, msgid: msg["_msgid"], error });
        this.#wake();
      },
    );
    events.on("node-status", this.#onStatus);
    log.addHandler(
      this.#logHandler.on("log", (entry: object) => this.logs.push(entry)),
    );
    this.#options.simulator?.on("refused", () => this.#wake());
    this.#options.simulator?.on("session", (each) => {
      this.#wake();
      for (const name of ["client", "server", "close"] as const)
        each.on(name, () => this.#wake());
    });
  }

  /** Looked at once the event has taken effect everywhere. */
  #wake(): void {
    setImmediate(() => {
      for (const check of this.#waits) check();
    });
  }

  #story(): string {
    const lines = [
      ...this.sent
        .slice(-15)
        .map(
          ({ id, port, msg }) =>
            `${id}[${port}] sent ${inspect(msg, { depth: 3, breakLength: Infinity })}`,
        ),
      ...this.statuses
        .slice(-5)
        .map(
          ({ id, fill, shape, text }) =>
            `${id} showed ${fill} ${shape} ${text.replace(STATUS_PREFIX, "")}`,
        ),
      ...(this.#options.simulator?.sessions ?? []).flatMap((each) =>
        each.received
          .slice(-10)
          .map(
            (received) =>
              `the service received ${inspect(received, { breakLength: Infinity })}`,
          ),
      ),
    ];
    return lines.map((line) => line.slice(0, 400)).join("\n");
  }
}

const { events } = RED;

function flowFile(
  { simulator, resource: where, session: persona, configs = [] }: FlowOptions,
  nodes: readonly NodeConfig[],
): readonly object[] {
  const service = simulator
    ? { service: "azure", auth: "key", endpoint: simulator.url }
    : { service: "simulator" };
  // Node-RED takes a node without a place in the editor for a config node.
  const place = { z: "tab", x: 0, y: 0 };
  const wires = [["sink"], ["sink"]];
  return [
    { id: "tab", type: "tab", label: "test" },
    ...configs,
    { id: "resource", type: "voice-live-resource", ...service, ...where },
    {
      id: "session",
      type: "voice-live-session",
      resource: "resource",
      target: "model",
      model: "gpt-realtime",
      settings: {},
      ...persona,
    },
    { id: "catch", type: "catch", ...place, wires },
    { id: "sink", type: "helper", ...place, wires: [] },
    ...nodes.map((node) => ({ ...place, session: "session", wires, ...node })),
  ];
}

function credentials({
  credentials: secrets,
  configCredentials,
}: FlowOptions): object {
  return { resource: { apiKey: KEY, ...secrets }, ...configCredentials };
}

function statusTexts(type: string): Loose {
  return require(`../../../locales/en-US/${type}.json`)[type].status;
}
