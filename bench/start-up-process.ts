// Started by the start-up bench: Node-RED with an empty flow, until it runs. Its last line says what that has cost.
import { createServer } from "node:http";
import RED from "node-red";
import { SETTINGS } from "./user-dir";

/** What a start has cost. */
export interface Start {
  readonly cpuMs: number;
  readonly residentMb: number;
  /** Node sets of the package that were loaded. */
  readonly sets: number;
}

const PACKAGE = "@voicewire/node-red-voice-live";
const userDir = process.argv[2] ?? "";

async function main(): Promise<void> {
  const server = createServer();
  RED.init(server, { ...SETTINGS, userDir } as never);
  const started = new Promise((resolve) =>
    RED.events.once("flows:started", resolve),
  );
  await RED.start();
  await started;
  const { user, system } = process.cpuUsage();
  const start: Start = {
    cpuMs: (user + system) / 1_000,
    residentMb: process.memoryUsage().rss / 1e6,
    sets: await countSets(),
  };
  process.stdout.write(`\n${JSON.stringify(start)}\n`);
  process.exit(0);
}

async function countSets(): Promise<number> {
  const sets = (await RED.runtime.nodes.getNodeList({})) as {
    readonly module?: string;
  }[];
  return sets.filter(({ module }) => module === PACKAGE).length;
}

void main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exit(1);
});
