import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Recording } from "../../lib/recorder/recording";
import { RecordingFolder } from "../../lib/recorder/recording-folder";

const LIMITS = { maxRecordings: 1, maxBytes: 1e9, whenFull: "delete" } as const;

/** A disk that has room for the sound and none for the transcript. */
class HalfFolder extends RecordingFolder {
  ended: string[] = [];

  override async begin(key: string, startedAt: Date): Promise<string> {
    const base = await super.begin(key, startedAt);
    mkdirSync(`${base}.json`);
    return base;
  }

  override end(base: string): void {
    this.ended.push(base);
    super.end(base);
  }
}

describe("Recording", () => {
  let root: string;

  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), "recording-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  it("gives back its name, and closes what it had made, where one of its files cannot be", async () => {
    const folder = new HalfFolder(root, LIMITS);
    const faults: string[] = [];
    const recording = new Recording(
      { key: "caller", addTap: () => () => {} },
      {
        folder,
        what: "both",
        maxMs: 600_000,
        onFault: ({ message }) => faults.push(message),
      },
    );
    await recording.close(performance.now());
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^Cannot record to /);
    assert.equal(folder.ended.length, 1);
    assert.ok(existsSync(`${folder.ended[0]}.wav`));
    assert.deepEqual(openFilesIn(root), []);
  });
});

/** As Linux tells it. */
function openFilesIn(folder: string): readonly string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        // That of the list itself is closed by now.
        return "";
      }
    })
    .filter((file) => file.startsWith(folder));
}
