import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FlowNode } from "../../scripts/flow-file";
import type { SentMessage } from "../../scripts/sent-messages";
import { linkPackage } from "../../scripts/user-dir";

/** What the child process tells: see node-red-settings.ts. */
export type ChildReport =
  | { kind: "sent"; sent: SentMessage }
  /** The status of a node that a deploy removes is missing. */
  | { kind: "status"; id: string; status?: { text?: string } }
  | { kind: "started"; routes: readonly string[] }
  | ({ kind: "probe" } & Probe);

/** What the process of Node-RED holds. */
export interface Probe {
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: Readonly<Record<string, number>>;
}

export interface NodeRedOptions {
  /** Flows to start with. */
  readonly flows?: readonly FlowNode[];
  /** A user directory with the package in it; without one, a temporary directory with a link to this package. */
  readonly userDir?: string;
  /** Folder of the `node-red` package to run; by default the one that `require` finds. */
  readonly nodeRed?: string;
  /** Node.js to run it with; by default the one that runs the test. */
  readonly execPath?: string;
  readonly env?: Readonly<Record<string, string>>;
}

// Starting takes 2 s here and a turn of the simulator 5 s; whoever waits longer than this waits in vain, and should be told
// what for before mocha's own limit ends the test.
const WAIT_LIMIT_MS = 18_000;
const STOP_LIMIT_MS = 10_000;

interface Wait {
  /** Looks at what there is and answers whether it has found what it waits for. */
  readonly check: () => boolean;
  readonly reject: (error: Error) => void;
}

/** Starts a real Node-RED in a process of its own, on a free port; resolves when its flows run and its editor answers. */
export async function startNodeRed(
  options: NodeRedOptions = {},
): Promise<NodeRed> {
  const userDir =
    options.userDir ?? mkdtempSync(path.join(tmpdir(), "voice-live-"));
  if (options.userDir === undefined) linkPackage(userDir);
  writeFileSync(
    path.join(userDir, "flows.json"),
    JSON.stringify(options.flows ?? []),
  );
  const nodeRed =
    options.nodeRed ?? path.dirname(require.resolve("node-red/package.json"));
  const settings = path.join(__dirname, "node-red-settings.js");
  const child = fork(
    path.join(nodeRed, "red.js"),
    ["--userDir", userDir, "--settings", settings],
    {
      cwd: userDir,
      env: { ...process.env, NODE_RED_HOME: nodeRed, ...options.env },
      execPath: options.execPath ?? process.execPath,
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const started = new NodeRed(child, userDir, options.userDir === undefined);
  try {
    await started.ready();
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

/** A running Node-RED: what it logs and what its nodes send, and ways to wait for either. */
export class NodeRed {
  readonly userDir: string;
  readonly logs: string[] = [];
  readonly sent: SentMessage[] = [];
  /** Status texts by node id, oldest first. */
  readonly statuses = new Map<string, string[]>();
  /** How often flows have started: once at the beginning, then at each deploy. */
  starts = 0;
  #probe: Probe | undefined;
  /** Admin routes that nodes have registered, as `GET /path`. */
  adminRoutes: readonly string[] = [];
  readonly #child: ChildProcess;
  readonly #isTemporary: boolean;
  readonly #waits = new Set<Wait>();
  #exit: string | undefined;

  constructor(child: ChildProcess, userDir: string, isTemporary: boolean) {
    this.#child = child;
    this.userDir = userDir;
    this.#isTemporary = isTemporary;
    for (const stream of [child.stdout!, child.stderr!])
      this.#collectLines(stream);
    child.on("message", (report: ChildReport) => this.#take(report));
    child.on("exit", (code, signal) =>
      this.#ended(`Node-RED has ended (${signal ?? code})`),
    );
    child.on("error", (error) =>
      this.#ended(`Node-RED did not start: ${error.message}`),
    );
  }

  /** Address of the editor, with a slash at the end. */
  get url(): string {
    const line = this.logs.find((each) => listening.test(each));
    return listening.exec(line ?? "")?.[0] ?? "";
  }

  async ready(): Promise<void> {
    await this.waitFor("the flows to start and the editor to answer", () =>
      this.starts > 0 && this.url !== "" ? true : undefined,
    );
  }

  /**
   * Resolves to what `find` finds, at once or as soon as something new makes it find it.
   * @param what - "a reply": completes "Waited … for" in the error
   */
  waitFor<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const check = (): boolean => {
        const found = find();
        if (found === undefined) return false;
        clearTimeout(timer);
        this.#waits.delete(wait);
        resolve(found);
        return true;
      };
      const wait: Wait = {
        check,
        reject: (error) => (
          clearTimeout(timer),
          this.#waits.delete(wait),
          reject(error)
        ),
      };
      const timer = setTimeout(
        () =>
          wait.reject(
            this.#failure(`Waited ${WAIT_LIMIT_MS / 1000} s for ${what}`),
          ),
        WAIT_LIMIT_MS,
      );
      this.#waits.add(wait);
      if (!check() && this.#exit !== undefined)
        wait.reject(this.#failure(`${this.#exit} before there was ${what}`));
    });
  }

  waitForLog(pattern: RegExp): Promise<string> {
    return this.waitFor(`a log line like ${pattern}`, () =>
      this.logs.find((line) => pattern.test(line)),
    );
  }

  /** @param from - first message that counts, an index into `sent` */
  waitForSent(
    what: string,
    matches: (sent: SentMessage) => boolean,
    from = 0,
  ): Promise<SentMessage> {
    return this.waitFor(what, () => this.sent.slice(from).find(matches));
  }

  waitForStatus(id: string, pattern: RegExp): Promise<string> {
    return this.waitFor(`node ${id} to show ${pattern}`, () =>
      this.statuses.get(id)?.find((text) => pattern.test(text)),
    );
  }

  /** What the process holds now. */
  async probe(): Promise<Probe> {
    this.#probe = undefined;
    this.#child.send("probe");
    const { resources, listeners } = await this.waitFor(
      "word of what is held",
      () => this.#probe,
    );
    return { resources, listeners };
  }

  /** Presses the button of an inject node. */
  async inject(id: string): Promise<void> {
    await this.request("POST", `inject/${id}`, {});
  }

  /** Replaces all flows and resolves when the new ones run. */
  async deploy(flows: readonly FlowNode[]): Promise<void> {
    const before = this.starts;
    await this.request("POST", "flows", flows);
    await this.waitFor("the deployed flows to start", () =>
      this.starts > before ? true : undefined,
    );
  }

  /**
   * Calls the admin API.
   * @returns parsed JSON, or the text when it is none
   * @throws Error with the status and the answer when it refuses
   */
  async request(
    method: "GET" | "POST",
    where: string,
    body?: unknown,
  ): Promise<unknown> {
    const response = await fetch(this.url + where, {
      method,
      headers: {
        accept: "application/json",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw this.#failure(
        `${method} /${where} was answered ${response.status}: ${text}`,
      );
    return /json/.test(response.headers.get("content-type") ?? "")
      ? (JSON.parse(text) as unknown)
      : text;
  }

  /** Ends the process as a power cut does; the user directory stays, for whoever has handed it in. */
  async kill(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  async stop(): Promise<void> {
    if (this.#exit === undefined) {
      const exited = once(this.#child, "exit");
      const timer = setTimeout(
        () => this.#child.kill("SIGKILL"),
        STOP_LIMIT_MS,
      );
      // Node-RED knows this message from process managers; unlike a signal it works on every platform.
      this.#child.send("shutdown");
      await exited;
      clearTimeout(timer);
    }
    if (this.#isTemporary)
      rmSync(this.userDir, { recursive: true, force: true });
  }

  #collectLines(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      this.logs.push(...lines);
      this.#wake();
    });
  }

  #take(report: ChildReport): void {
    if (report.kind === "sent") this.sent.push(withBuffers(report.sent));
    else if (report.kind === "started") {
      this.starts += 1;
      this.adminRoutes = report.routes;
    } else if (report.kind === "probe") this.#probe = report;
    else
      this.statuses.set(report.id, [
        ...(this.statuses.get(report.id) ?? []),
        report.status?.text ?? "",
      ]);
    this.#wake();
  }

  #wake(): void {
    for (const wait of this.#waits) wait.check();
  }

  #ended(how: string): void {
    this.#exit ??= how;
    for (const wait of this.#waits) wait.reject(this.#failure(how));
  }

  #failure(what: string): Error {
    const caught = this.sent
      .filter(({ type }) => type === "catch")
      .map(({ msg }) => `Caught: ${JSON.stringify(msg["error"])}`);
    return new Error(
      [`${what}. The log ends with:`, ...this.logs.slice(-25), ...caught].join(
        "\n",
      ),
    );
  }
}

const listening = /http:\/\/127\.0\.0\.1:[1-9]\d*\//;

/** Undoes what the child did to send Buffers. */
function withBuffers(sent: SentMessage): SentMessage {
  const { payload } = sent.msg;
  if (!isBase64(payload)) return sent;
  return {
    ...sent,
    msg: { ...sent.msg, payload: Buffer.from(payload.base64, "base64") },
  };
}

function isBase64(value: unknown): value is { base64: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { base64?: unknown }).base64 === "string"
  );
}
