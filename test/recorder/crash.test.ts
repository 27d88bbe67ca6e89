import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseWav, pickChannel } from "../../lib/audio";
import { Random } from "../support/random";

const SEED = 23;

describe("A recording of a process that is killed", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "crash-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const file = async (ending: string): Promise<string> => {
    const name = (await readdir(root)).find((each) => each.endsWith(ending));
    return name === undefined ? "" : path.join(root, name);
  };
  const sizeOf = async (ending: string): Promise<number> =>
    (await stat(await file(ending)).catch(() => ({ size: 0 }))).size;

  it("can be read: a whole WAV, whole JSON and whole cues, of all that the header tells", async () => {
    const script = path.join(__dirname, "recording-child.js");
    const child = spawn(process.execPath, [script, root, String(SEED)], {
      stdio: "inherit",
    });
    while (
      (await sizeOf(".wav")) < 200_000 ||
      (await sizeOf(".json")) < 2_000
    ) {
      assert.equal(child.exitCode, null, "the child goes on");
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill("SIGKILL");
    await once(child, "exit");

    const bytes = await readFile(await file(".wav"));
    const wav = parseWav(bytes);
    const told = bytes.readUInt32LE(40);
    assert.equal(wav.dataLength, told, "all that the header tells is there");
    assert.ok(told >= 150_000 && told % 4 === 0);
    assert.equal(bytes.readUInt32LE(4), told + 36);
    const assistant = pickChannel(wav.data, 2, 1);
    const said = new Random(SEED).noise(assistant.length / 2, 0.5);
    const from = assistant.findIndex((byte) => byte !== 0) & ~1;
    const delay = from - (said.findIndex((byte) => byte !== 0) & ~1);
    assert.ok(
      assistant.subarray(delay).equals(said.subarray(0, said.length - delay)),
    );

    const { lines } = JSON.parse(
      await readFile(await file(".json"), "utf8"),
    ) as { lines: readonly { text: string }[] };
    assert.deepEqual(
      lines.map(({ text }) => text),
      lines.map((_line, index) => `word ${index + 1}`),
    );
    assert.ok(lines.length > 10);
    assert.match(
      await readFile(await file(".vtt"), "utf8"),
      /^WEBVTT\n\n(\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}\n<v User>word \d+\n\n)+$/,
    );
  });
});
