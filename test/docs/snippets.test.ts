import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { parseScript } from "../../lib/simulator/script-schema";
import { trustProxies } from "../../lib/talk/visitor";
import type { FlowNode } from "../../scripts/flow-file";
import { packageRoot } from "../../scripts/user-dir";
import { flowsOf, PAGES, snippetsOf } from "./pages";

/** What becomes of a block of each language. Flows are deployed and pressed in recipes.test.ts, the shell's blocks are typed by .ci/run. */
const RUNS: Readonly<Record<string, (code: string) => void | Promise<void>>> = {
  json: runJson,
  js: runSettings,
  sh: runShell,
  xml: expectElements,
  nginx: expectBlocks,
  text: () => undefined,
};

describe("blocks in the docs", () => {
  for (const { file, heading, language, code } of PAGES.flatMap(snippetsOf)) {
    it(`are right, ${language || "without a language"}: ${file}, ${heading}`, async () => {
      const run = RUNS[language];
      assert.ok(run, `a block is one of ${Object.keys(RUNS).join(", ")}`);
      await run(code);
    });
  }
});

function runJson(code: string): void {
  const value: unknown = JSON.parse(code);
  if (/"do":/.test(code)) parseScript(value);
}

interface OwnSettings {
  readonly contextStorage?: Readonly<Record<string, { module: string }>>;
  readonly voiceLiveTalk?: {
    readonly verify: (request: unknown, secret: string) => unknown;
    readonly proxies: readonly string[];
  };
}

/** Members for Node-RED's settings.js. */
async function runSettings(code: string): Promise<void> {
  const given = { currentCode: () => Promise.resolve("of today") };
  const { contextStorage, voiceLiveTalk } = runInNewContext(
    `({${code}})`,
    given,
  ) as OwnSettings;
  assert.ok(contextStorage ?? voiceLiveTalk, "it sets something");
  for (const { module } of Object.values(contextStorage ?? {}))
    assert.ok(
      require.resolve(`@node-red/runtime/lib/nodes/context/${module}`),
      module,
    );
  if (!voiceLiveTalk) return;
  const { verify, proxies } = voiceLiveTalk;
  assert.equal(await verify({ headers: {} }, "of today"), true);
  assert.equal(await verify({ headers: {} }, "of yesterday"), false);
  assert.doesNotThrow(() => trustProxies(proxies));
}

const { scripts, name: packageName } = JSON.parse(
  readFileSync(path.join(packageRoot, "package.json"), "utf8"),
) as { scripts: Readonly<Record<string, string>>; name: string };

async function runShell(code: string): Promise<void> {
  const lines = code.split("\n").map((line) => line.replace(/ +#.*/, ""));
  for (const line of lines.filter((each) => each.trim() !== ""))
    await runCommand(line);
}

async function runCommand(line: string): Promise<void> {
  const [program = "", ...rest] = line
    .split(" ")
    .filter((word) => !/^[A-Z_]+=/.test(word));
  for (const file of rest.filter((word) => word.startsWith("recordings/")))
    assert.ok(existsSync(path.join(packageRoot, file)), file);
  if (program === "npx") return runSimulator(rest);
  assert.equal(program, "npm", line);
  const [command = "", name = ""] = rest;
  if (command === "run") assert.ok(scripts[name], line);
  else if (command === "install") assert.equal(name, packageName);
  else if (command !== "ci" && command !== "pack")
    assert.ok(scripts[command], line);
}

/** On a free port, whatever the block says: the one it names may be taken here. */
async function runSimulator([
  command,
  ...options
]: readonly string[]): Promise<void> {
  assert.equal(command, "voice-live-simulator");
  const port = options.indexOf("--port");
  const free = options.map((each, index) =>
    port >= 0 && index === port + 1 ? "0" : each,
  );
  const main = path.join(packageRoot, "dist/lib/simulator/command.js");
  const child = spawn(process.execPath, [main, ...free]);
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    assert.match(String(line), /^listening on ws:\/\/127\.0\.0\.1:\d+\n$/);
  } finally {
    child.kill();
    await once(child, "exit");
  }
}

/** Each element that begins ends, in order. */
function expectElements(code: string): void {
  const open: string[] = [];
  for (const [, end, name = "", empty] of code.matchAll(
    /<(\/?)(\w+)(?: \w+="[^"<]*")*(\/?)>/g,
  )) {
    if (end) assert.equal(open.pop(), name);
    else if (!empty) open.push(name);
  }
  assert.deepEqual(open, []);
  assert.equal(code.replaceAll(/<[^<>]*>/g, "").trim(), "", "elements only");
}

/** Each line is a directive, or begins or ends a block. */
function expectBlocks(code: string): void {
  let depth = 0;
  for (const line of code.trim().split("\n")) {
    assert.match(line, /[;{}]$/);
    depth += line.endsWith("{") ? 1 : line.trim() === "}" ? -1 : 0;
    assert.ok(depth >= 0);
  }
  assert.equal(depth, 0);
}

describe("flows in the docs", () => {
  const flows = PAGES.flatMap(flowsOf);

  it("are there", () => {
    assert.ok(flows.length >= 7);
  });

  it("have ids that no other of them has", () => {
    const ids = flows.flat().map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const flow of flows) {
    it(`have no loose end: ${String(flow[0]?.["label"] ?? flow[0]?.["name"])}`, () => {
      const ids = new Set(flow.map(({ id }) => id));
      assert.deepEqual(
        flow.flatMap(targetsOf).filter((id) => !ids.has(id)),
        [],
      );
    });
  }
});

/** Ids of the nodes that a node names. */
function targetsOf(node: FlowNode): string[] {
  const { wires, links, scope, session, resource, z } = node;
  return [wires, links, scope, session, resource, z]
    .flat(2)
    .filter((id): id is string => typeof id === "string");
}
