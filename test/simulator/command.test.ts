import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMMAND = join(__dirname, "..", "..", "lib", "simulator", "command.js");

function run(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [COMMAND, ...args]);
}

async function finished(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

describe("voice-live-simulator", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "voice-live-simulator-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`says where it listens and ends cleanly on ${signal}`, async () => {
      const child = run();
      const result = finished(child);
      const [chunk] = await once(child.stdout, "data");
      assert.match(String(chunk), /^listening on ws:\/\/127\.0\.0\.1:\d+\n$/);
      child.kill(signal);
      assert.equal((await result).code, 0);
    });
  }

  it("explains itself", async () => {
    const { code, stdout } = await finished(run("--help"));
    assert.deepEqual(
      [code, stdout.split("\n")[0]?.startsWith("Usage: voice-live-simulator")],
      [0, true],
    );
  });

  for (const args of [
    ["--port", "x"],
    ["--port", "70000"],
    ["--nonsense"],
    ["--script", "/nowhere.json"],
    ["stray"],
  ]) {
    it(`refuses ${args.join(" ")} in one line`, async () => {
      const { code, stdout, stderr } = await finished(run(...args));
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^voice-live-simulator: .+\n$/);
    });
  }

  it("names the file of a script that is no JSON", async () => {
    const file = join(folder, "cut.json");
    writeFileSync(file, '[{"when":');
    const { code, stderr } = await finished(run("--script", file));
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^voice-live-simulator: Cannot read .*cut\.json: .*JSON.*\n$/,
    );
  });

  it("names the rule of a script that is wrong", async () => {
    const file = join(folder, "wrong.json");
    writeFileSync(file, '[{"when":{},"do":[]},{"when":{"text":"("},"do":[]}]');
    const { code, stderr } = await finished(run("--script", file));
    assert.equal(code, 2);
    assert.match(
      stderr,
      /Script rule 2: `when\.text` must be a regular expression/,
    );
  });
});
