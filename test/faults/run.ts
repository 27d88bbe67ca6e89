// npm run test:faults: every file of suites/ at its full count, each in a process of its own, so that one that runs out of
// memory takes nobody along; then one table. `npm run test:faults -- soak` runs the files with that in their name only.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ROWS_VARIABLE, SEED_VARIABLE, SIZE_VARIABLE } from "./suite";
import { formatTable, type TableRow } from "./table";

/** The whole run ends by itself within 30 minutes, its own start and table included. */
const LIMIT_MS = 29 * 60_000;
/** The soak waits for most of its 20 minutes, and leaves room for the others. */
const AT_ONCE = 2;
/** Those that take longest begin first. */
const FIRST = ["soak"];

const root = path.resolve(__dirname, "../../..");
const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    /** Where the suites are; for the test of this file. */
    folder: { type: "string", default: path.join(__dirname, "suites") },
    "limit-ms": { type: "string", default: String(LIMIT_MS) },
  },
});
const folder = path.resolve(values.folder);
const limitMs = Number(values["limit-ms"]);
const seed = process.env[SEED_VARIABLE] ?? String(Date.now() % 1_000_000_007);

void main();

async function main(): Promise<void> {
  const files = findSuites();
  if (files.length === 0) {
    process.stderr.write(`test:faults: no suite is named ${names.join(" ")}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(
    `${files.length} files, at most ${Math.round(limitMs / 60_000)} minutes; again with ${SEED_VARIABLE}=${seed}\n`,
  );
  const rows = await runAll(files);
  process.stdout.write(`\n${formatTable(rows)}\n`);
  const failed = rows.filter(({ result }) => result !== "ok").length;
  process.stdout.write(`\n${rows.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function findSuites(): string[] {
  const isWanted = (file: string): boolean =>
    names.length === 0 || names.some((name) => file.includes(name));
  const isFirst = (file: string): boolean =>
    FIRST.some((name) => file.startsWith(`${name}.`));
  return readdirSync(folder)
    .filter((file) => file.endsWith(".test.js") && isWanted(file))
    .toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
}

async function runAll(files: readonly string[]): Promise<TableRow[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), "faults-"));
  const waiting = [...files];
  const rows = new Map<string, TableRow[]>();
  const untilMs = performance.now() + limitMs;
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift())
      rows.set(file, await runFile(file, { work, untilMs }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  rmSync(work, { recursive: true });
  return files.flatMap((file) => rows.get(file) ?? []);
}

interface RunOptions {
  readonly work: string;
  readonly untilMs: number;
}

/** What mocha has printed is shown only when something failed. */
async function runFile(file: string, options: RunOptions): Promise<TableRow[]> {
  const leftMs = options.untilMs - performance.now();
  if (leftMs <= 0) return [lost(file, "no time left")];
  const rowsFile = path.join(options.work, `${file}.jsonl`);
  const child = spawn(
    process.execPath,
    [mocha, "--exit", path.join(folder, file)],
    {
      cwd: root,
      env: {
        ...process.env,
        [SIZE_VARIABLE]: "full",
        [SEED_VARIABLE]: seed,
        [ROWS_VARIABLE]: rowsFile,
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: Math.ceil(leftMs),
      killSignal: "SIGKILL",
    },
  );
  const { ending, output } = await finished(child);
  const rows = readRows(rowsFile);
  const hasFailed = rows.some(({ result }) => result !== "ok");
  if (ending !== "passed" && !hasFailed) rows.push(lost(file, ending));
  if (rows.length === 0) rows.push(lost(file, "no suite has finished"));
  if (rows.some(({ result }) => result !== "ok"))
    process.stderr.write(`\n── ${file}: ${ending} ──\n${output}\n`);
  return rows;
}

async function finished(
  child: ChildProcess,
): Promise<{ readonly ending: string; readonly output: string }> {
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (part: Buffer) => parts.push(part));
  const ending = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? "passed" : `ended with ${signal ?? `code ${code}`}`),
    );
  });
  return { ending, output: Buffer.concat(parts).toString("utf8") };
}

function readRows(file: string): TableRow[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return []; // nothing was finished, which the caller reports
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TableRow);
}

function lost(file: string, figure: string): TableRow {
  return { name: file, count: 0, result: "FAILED", figure, seconds: 0 };
}
