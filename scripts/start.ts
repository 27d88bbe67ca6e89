// npm start: Node-RED with the nodes of this package and the demo flow. Its user directory is .node-red/ in the repository,
// where edits to the flow survive; --reset loads the flow afresh.
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { asUsageError, reportFailure, UsageError } from "./command-error";
import { demoUserDir, prepareDemoUserDir } from "./demo-user-dir";
import { demoName, talkName } from "./flow-file";

const usage = `Usage: npm start [-- --reset]

Starts Node-RED on http://127.0.0.1:1880 with the flows "${demoName}" and "${talkName}" on the built-in
simulator: a page to talk on is at http://127.0.0.1:1880/talk/.

  --reset    load the flow afresh, dropping edits made in the editor
  --help     show this text
  PORT=1881  environment variable: another port`;

const highestPort = 65_535;

async function start(): Promise<void> {
  const { reset, help } = readArguments();
  if (help) return console.log(usage);
  const port = readPort(process.env["PORT"]);
  await checkPort(port);
  prepareDemoUserDir(demoUserDir, reset);
  // The settings read the port again, after this check of it. Node-RED's own command takes over: it handles signals.
  process.argv.splice(
    2,
    Infinity,
    "--settings",
    path.join(__dirname, "start-settings.js"),
  );
  createRequire(__filename)("node-red/red.js");
}

function readArguments(): { reset: boolean; help: boolean } {
  try {
    const options = {
      reset: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw asUsageError(error, "npm start -- --help");
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return 1880;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= highestPort) return port;
  throw new UsageError(
    `Expected PORT to be a number from 1 to ${highestPort}, got "${text}"`,
  );
}

/** Node-RED itself reports a port in use in three log lines, after loading everything. */
function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(describePortProblem(error, port), { cause: error })),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

function describePortProblem(
  error: NodeJS.ErrnoException,
  port: number,
): string {
  if (error.code === "EADDRINUSE")
    return `Port ${port} is in use: stop what runs there, or choose another: PORT=${port + 1} npm start`;
  return `Port ${port} cannot be opened (${error.code}): choose another: PORT=1881 npm start`;
}

void start().catch(reportFailure);
