import assert from "node:assert/strict";
import fs, { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { mock } from "node:test";
import { RecordingFolder } from "../../lib/recorder";
import { stopClock } from "../client/clock";
import { exchange } from "../flows/fake-time";

const DAY = new Date("2026-03-01T10:00:00.000Z");
const later = (seconds: number): Date => new Date(+DAY + seconds * 1_000);

describe("RecordingFolder", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "recordings-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const folder = (
    limits: Partial<ConstructorParameters<typeof RecordingFolder>[1]> = {},
    name = root,
  ): RecordingFolder =>
    new RecordingFolder(name, {
      maxRecordings: 3,
      maxBytes: 1_000,
      whenFull: "delete",
      ...limits,
    });

  /** Writes a complete recording. */
  async function record(
    into: RecordingFolder,
    seconds: number,
    bytes = 100,
  ): Promise<string> {
    const base = await into.begin("caller", later(seconds));
    await writeFile(`${base}.wav`, Buffer.alloc(bytes));
    await writeFile(`${base}.json`, "{}");
    into.end(base);
    return path.basename(base);
  }

  it("is made when it is missing, for its owner only", async () => {
    const inner = path.join(root, "a", "b");
    await folder({}, inner).begin("caller", DAY);
    for (const made of [inner, path.dirname(inner)])
      assert.equal((await stat(made)).mode & 0o777, 0o700);
  });

  it("is refused where nothing can be made, though it is not there", async function () {
    if (process.platform !== "linux") return this.skip();
    await assert.rejects(folder({}, "/proc/nope/deep").begin("caller", DAY), {
      code: "VOICE_LIVE_RECORDING",
      message:
        /^Cannot record to \S+: the folder is gone, or cannot be made\. Connect/,
    });
  });

  for (const name of ["mkdir", "readdir"] as const)
    it(`that does not answer ${name} is given up after ten seconds`, async () => {
      const clock = stopClock();
      const silent = mock.method(fs, name, () => new Promise(() => undefined));
      const lost = path.join(root, name);
      try {
        const begun = [1, 2].map((second) =>
          folder({}, lost).begin("caller", later(second)),
        );
        const refused = Promise.all(
          begun.map((each) =>
            assert.rejects(each, {
              code: "VOICE_LIVE_RECORDING",
              message: `Cannot record to ${lost}: the folder does not answer. Is it on a disk of the network? Connect that again, or choose another folder. The conversation goes on; its recording has ended.`,
            }),
          ),
        );
        // Until all that does answer has answered.
        while (clock.countTimers() !== 2 || silent.mock.callCount() === 0)
          await exchange();
        clock.tick(10_000);
        await refused;
        if (name === "mkdir") assert.equal(silent.mock.callCount(), 1);
        assert.equal(clock.countTimers(), 0);
      } finally {
        silent.mock.restore();
        clock.uninstall();
      }
    });

  for (const key of [
    "../../etc/passwd",
    "..",
    "/etc/passwd",
    "..\\..\\windows",
    "a\0b",
    ".hidden",
    "+49 40 123\n",
    "ключ",
    "",
    "k".repeat(256),
  ])
    it(`keeps the file of the key ${JSON.stringify(key).slice(0, 30)} inside`, async () => {
      const base = await folder().begin(key, DAY);
      assert.equal(path.dirname(base), root);
      assert.match(
        path.basename(base),
        /^2026-03-01T10-00-00-000Z_[A-Za-z0-9_-]{1,60}$/,
      );
    });

  it("gives callers of the same millisecond files of their own", async () => {
    const one = folder();
    const bases = [await one.begin("a/b", DAY), await one.begin("a.b", DAY)];
    assert.deepEqual(
      bases.map((base) => path.basename(base)),
      ["2026-03-01T10-00-00-000Z_a_b", "2026-03-01T10-00-00-000Z_a_b.2"],
    );
  });

  it("deletes the oldest recording, all files of it, to make room for one more", async () => {
    const into = folder();
    for (let second = 0; second < 5; second++) await record(into, second);
    const titles = (await readdir(root)).map((name) => path.parse(name).name);
    assert.deepEqual([...new Set(titles)].toSorted(), [
      "2026-03-01T10-00-02-000Z_caller",
      "2026-03-01T10-00-03-000Z_caller",
      "2026-03-01T10-00-04-000Z_caller",
    ]);
    assert.equal(titles.length, 6);
  });

  it("deletes nothing that is not of its making", async () => {
    const foreign = ["notes.wav", "2026-03-01_caller.wav", "a.json"];
    for (const name of foreign)
      await writeFile(path.join(root, name), Buffer.alloc(5_000));
    const into = folder({ maxRecordings: 1 });
    await record(into, 1);
    await record(into, 2);
    const names = await readdir(root);
    for (const name of foreign) assert.ok(names.includes(name), name);
  });

  it("deletes the oldest while another grows, and never one that is being written", async () => {
    const into = folder();
    await record(into, 1, 600);
    const base = await into.begin("caller", later(2));
    await into.grow(300);
    await writeFile(`${base}.wav`, Buffer.alloc(300));
    await into.grow(500);
    assert.deepEqual(await readdir(root), [`${path.basename(base)}.wav`]);
    await assert.rejects(into.grow(5_000), { code: "VOICE_LIVE_RECORDING" });
    assert.deepEqual(await readdir(root), [`${path.basename(base)}.wav`]);
    into.end(base);
  });

  it("refuses one more where the oldest is to stay, and says which limit is reached", async () => {
    const byNumber = folder({ whenFull: "stop", maxRecordings: 1 });
    await record(byNumber, 1);
    await assert.rejects(byNumber.begin("caller", later(2)), {
      code: "VOICE_LIVE_RECORDING",
      message: /reached the limit of 1\..*number of recordings/,
    });
    const bySize = folder({ whenFull: "stop", maxBytes: 1 });
    await assert.rejects(bySize.begin("caller", later(3)), {
      message: /total size/,
    });
  });

  it("says of a folder that is a file what is wrong and what to do", async () => {
    const file = path.join(root, "file");
    await writeFile(file, "");
    for (const name of [file, path.join(file, "inside")])
      await assert.rejects(folder({}, name).begin("caller", DAY), {
        code: "VOICE_LIVE_RECORDING",
        message: /there is a file of that name\. Choose another folder\./,
      });
  });
});
