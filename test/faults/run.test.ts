import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const RUN = path.join(__dirname, "run.js");
const SUITE = JSON.stringify(path.join(__dirname, "suite.js"));

/** Source of a file with one suite. */
const suiteOf = (name: string, body: string): string =>
  `require(${SUITE}).faultSuite(${JSON.stringify(name)}, { quick: 1, full: 1000 }, async (size, random) => { ${body} });`;

const HOLDS = suiteOf("holds", 'return { count: size, figure: "0 lost" };');

interface Ending {
  readonly code: number | null;
  readonly lines: readonly string[];
}

describe("test:faults", function () {
  this.timeout(60_000);

  let folder: string;
  beforeEach(
    () => (folder = mkdtempSync(path.join(os.tmpdir(), "fault-suites-"))),
  );
  afterEach(() => rmSync(folder, { recursive: true }));

  /** @param files - source by name */
  async function run(
    files: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<Ending> {
    for (const [name, source] of Object.entries(files))
      writeFileSync(path.join(folder, `${name}.test.js`), source);
    const child = spawn(process.execPath, [RUN, "--folder", folder, ...args], {
      env: { ...process.env, FAULTS_SEED: "7" },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    const code = await new Promise<number | null>((resolve) =>
      child.once("close", resolve),
    );
    return { code, lines: output.split("\n") };
  }

  const rowOf = ({ lines }: Ending, name: string): string =>
    lines.find((line) => line.startsWith(name)) ?? "";

  it("prints one table of the full counts, and ends with 0", async () => {
    const ending = await run({ a: HOLDS });
    assert.match(rowOf(ending, "holds"), /^holds\s+1,000\s+ok\s+0 lost\s+0$/);
    assert.equal(ending.lines.at(-2), "1 passed, 0 failed");
    assert.equal(ending.code, 0);
  });

  it("names the seed of a suite that fails, runs the others and ends with 1", async () => {
    const fails = suiteOf("fails", 'throw new Error("two sessions");');
    const ending = await run({ a: fails, b: HOLDS });
    assert.match(
      rowOf(ending, "fails"),
      /^fails\s+0\s+FAILED\s+Error: seed 7: two sessions\s+0$/,
    );
    assert.match(rowOf(ending, "holds"), /ok/);
    assert.equal(ending.lines.at(-2), "1 passed, 1 failed");
    assert.equal(ending.code, 1);
  });

  it("fails a suite that leaves a rejection unhandled", async () => {
    const leaks = suiteOf(
      "leaks",
      'void Promise.reject(new Error("left")); await new Promise(setImmediate); return { count: 1, figure: "" };',
    );
    const ending = await run({ a: leaks });
    assert.match(ending.lines.join("\n"), /FAILED/);
    assert.equal(ending.code, 1);
  });

  it("fails a file whose process ends, and one without a suite", async () => {
    const ending = await run({
      a: suiteOf("dies", "process.exit(0);"),
      b: "",
    });
    assert.match(rowOf(ending, "a.test.js"), /FAILED\s+no suite has finished/);
    assert.match(rowOf(ending, "b.test.js"), /FAILED\s+no suite has finished/);
    assert.equal(ending.code, 1);
  });

  it("ends a suite that takes longer than is left", async () => {
    const hangs = suiteOf(
      "hangs",
      "await new Promise(() => setInterval(() => {}, 1000));",
    );
    const ending = await run(
      { a: hangs, b: hangs, c: HOLDS },
      "--limit-ms",
      "3000",
    );
    assert.match(rowOf(ending, "a.test.js"), /FAILED\s+ended with SIGKILL/);
    assert.match(rowOf(ending, "c.test.js"), /FAILED\s+no time left/);
    assert.equal(ending.code, 1);
  });

  it("runs what is asked for, and says when there is no such thing", async () => {
    const one = await run({ alpha: HOLDS, beta: suiteOf("other", "") }, "alp");
    assert.equal(one.lines.at(-2), "1 passed, 0 failed");
    const none = await run({}, "gamma");
    assert.equal(none.code, 2);
  });
});
