import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import RED from "node-red";
import { firstLine } from "./command-error";
import type { FlowNode } from "./flow-file";
import { observeSent, type SentMessage } from "./sent-messages";
import { linkPackage } from "./user-dir";

export interface HeadlessOptions {
  readonly flow: readonly FlowNode[];
  /** Credentials by node id. Give `${NAME}`, which Node-RED takes from the environment: they are written to a file. */
  readonly credentials: Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  readonly onSent: (sent: SentMessage) => void;
  /** An error that no catch node of the flow caught, as Node-RED would log it. */
  readonly onError: (message: string) => void;
}

export interface Headless {
  /** Gives a node of the flow a message, as a wire would. */
  receive(nodeId: string, msg: object): void;
  stop(): Promise<void>;
}

interface LogEntry {
  readonly level: number;
  readonly msg: unknown;
}

/** Runs a flow in a Node-RED inside this process: no editor, no port, and a user directory that goes away at the end. */
export async function startHeadless({
  flow,
  credentials,
  onSent,
  onError,
}: HeadlessOptions): Promise<Headless> {
  const userDir = mkdtempSync(path.join(tmpdir(), "voice-live-demo-"));
  linkPackage(userDir);
  writeFileSync(path.join(userDir, "flows.json"), JSON.stringify(flow));
  writeFileSync(
    path.join(userDir, "flows_cred.json"),
    JSON.stringify(credentials),
  );
  observeSent(RED.hooks, onSent);
  RED.init(createServer(), settingsFor(userDir, onError));
  const flowsStarted = once(RED.events, "flows:started");
  await RED.start();
  await flowsStarted;
  return {
    receive: (nodeId, msg) => findNode(nodeId).receive(msg),
    stop: async () => {
      await RED.stop();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}

function settingsFor(
  userDir: string,
  onError: (message: string) => void,
): Parameters<typeof RED.init>[1] {
  const logErrors = {
    level: "error",
    handler: () => (entry: LogEntry) => onError(firstLine(entry.msg)),
  };
  const settings = {
    userDir,
    flowFile: "flows.json",
    credentialSecret: false,
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: "off" }, demo: logErrors },
  };
  // The published types know neither `false` roots nor handlers of one's own; Node-RED documents both.
  return settings as unknown as Parameters<typeof RED.init>[1];
}

function findNode(id: string): { receive(msg: object): void } {
  const nodes = RED.nodes as {
    getNode(id: string): { receive(msg: object): void } | null;
  };
  const node = nodes.getNode(id);
  if (!node) throw new Error(`The flow has no running node ${id}`);
  return node;
}
