#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ScriptOption } from "./behaviours";
import { parseScript } from "./script-schema";
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from "./server";

const HELP = `Usage: voice-live-simulator [--port N] [--script FILE|assistant|echo] [--key KEY]

Plays the Azure Voice Live service on 127.0.0.1, and OpenAI Realtime at /v1/realtime.

  --port N       port to listen on; default: any free port
  --script S     assistant (default), echo, or a JSON file with a list of rules
  --key KEY      the only API key to accept; default: any
  --help         this text
`;

/** Exit code for arguments that make no sense. */
const MISUSE = 2;

void main();

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  try {
    const simulator = await startSimulator(options);
    // Whoever reads the line may send a signal at once.
    closeOnSignals(simulator);
    process.stdout.write(`listening on ${simulator.url}\n`);
  } catch (error) {
    exitWith(1, error);
  }
}

/** @returns `undefined` when there is nothing to start */
function readOptions(): SimulatorOptions | undefined {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string" },
        script: { type: "string" },
        key: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return void process.stdout.write(HELP);
    return {
      port: readPort(values.port ?? "0"),
      script: readScript(values.script ?? "assistant"),
      ...(values.key !== undefined && { apiKey: values.key }),
    };
  } catch (error) {
    return exitWith(MISUSE, error);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new RangeError(
    `Expected --port to be a number from 0 to 65535, got '${text}'`,
  );
}

function readScript(nameOrFile: string): ScriptOption {
  if (nameOrFile === "assistant" || nameOrFile === "echo") return nameOrFile;
  if (!existsSync(nameOrFile)) {
    throw new RangeError(
      `Expected --script to be assistant, echo or a file, got '${nameOrFile}'`,
    );
  }
  try {
    return parseScript(JSON.parse(readFileSync(nameOrFile, "utf8")));
  } catch (error) {
    throw new TypeError(`Cannot read ${nameOrFile}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function exitWith(code: number, error: unknown): undefined {
  process.stderr.write(
    `voice-live-simulator: ${messageOf(error).split("\n")[0]}\n`,
  );
  process.exitCode = code;
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function closeOnSignals(simulator: Simulator): void {
  const close = () => void simulator.close();
  process.once("SIGINT", close);
  process.once("SIGTERM", close);
}
