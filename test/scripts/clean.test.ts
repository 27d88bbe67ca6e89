import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../scripts/user-dir";

describe("clean.mjs", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "voice-live-clean-"));
    add("scripts/clean.mjs");
    cpSync(
      path.join(packageRoot, "scripts", "clean.mjs"),
      path.join(root, "scripts", "clean.mjs"),
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function add(file: string): void {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), "");
  }

  function clean(...args: string[]): void {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, "scripts", "clean.mjs"), ...args],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
  }

  const built: readonly [source: string, output: string][] = [
    ["lib/audio/pcm.ts", "dist/lib/audio/pcm.js"],
    ["lib/audio/pcm.ts", "dist/lib/audio/pcm.js.map"],
    ["lib/audio/pcm.ts", "dist/lib/audio/pcm.d.ts"],
    // Not of a template: a plugin has none.
    ["nodes/voice-live.editor.ts", "dist/nodes/voice-live.html"],
    ["icons/voice-live-event.svg", "dist/nodes/icons/voice-live-event.svg"],
    [
      "locales/en-US/voice-live-event.html",
      "dist/nodes/locales/en-US/voice-live.html",
    ],
    [
      "locales/en-US/voice-live-sessions.json",
      "dist/nodes/locales/en-US/voice-live-sessions.json",
    ],
  ];

  for (const [source, output] of built) {
    it(`--stale removes ${output} when ${source} is gone`, () => {
      add(output);
      clean("--stale");
      assert.equal(existsSync(path.join(root, output)), false);
    });

    it(`--stale keeps ${output} while ${source} is there`, () => {
      add(source);
      add(output);
      clean("--stale");
      assert.equal(existsSync(path.join(root, output)), true);
    });
  }

  it("--stale drops the compiler's notes with an orphan, so that a source that comes back is compiled", () => {
    add("dist/.tsbuildinfo");
    add("dist/lib/audio/pcm.js");
    clean("--stale");
    assert.equal(existsSync(path.join(root, "dist/.tsbuildinfo")), false);
  });

  it("--stale keeps the compiler's notes when nothing is stale, so the next build is quick", () => {
    add("dist/.tsbuildinfo");
    clean("--stale");
    assert.equal(existsSync(path.join(root, "dist/.tsbuildinfo")), true);
  });

  it("--stale is content without a dist", () => {
    clean("--stale");
  });

  it("removes all of dist without --stale", () => {
    add("lib/audio/pcm.ts");
    add("dist/lib/audio/pcm.js");
    add("dist/.tsbuildinfo");
    clean();
    assert.equal(existsSync(path.join(root, "dist")), false);
  });
});
