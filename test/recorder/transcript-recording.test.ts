import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { TranscriptRecording } from "../../lib/recorder/transcript-recording";
import { cueOf } from "../../lib/recorder/webvtt";

describe("TranscriptRecording", () => {
  let root: string;
  let transcript: TranscriptRecording;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "transcript-"));
    transcript = await TranscriptRecording.create(path.join(root, "a"), {
      conversation: "ключ",
      started: "2026-03-01T10:00:00.000Z",
      audio: null,
    });
  });
  afterEach(async () => {
    await transcript.close();
    await rm(root, { recursive: true });
  });

  const read = (name: string): Promise<string> =>
    readFile(path.join(root, name), "utf8");

  it("is whole JSON after each line", async () => {
    const facts = {
      conversation: "ключ",
      started: "2026-03-01T10:00:00.000Z",
      audio: null,
    };
    const lines = [
      { who: "user", fromMs: 0, toMs: 900, text: "Wie spät ist es? 🙂" },
      { who: "assistant", fromMs: 1_000, toMs: 1_500, text: '"', heard: "" },
    ] as const;
    assert.deepEqual(JSON.parse(await read("a.json")), { ...facts, lines: [] });
    for (const [index, line] of lines.entries()) {
      await transcript.write(line);
      assert.deepEqual(JSON.parse(await read("a.json")), {
        ...facts,
        lines: lines.slice(0, index + 1),
      });
    }
  });

  it("has its cues in the order in which they were said, however late the words come", async () => {
    for (const [fromMs, text] of [
      [1_000, "äöü"],
      [3_000, "three"],
      [2_000, "two"],
      [500, "half"],
      [4_000, "four"],
    ] as const)
      await transcript.write({ who: "user", fromMs, toMs: fromMs, text });
    const vtt = await read("a.vtt");
    assert.deepEqual(
      [...vtt.matchAll(/<v User>(.*)\n\n/g)].map(([, text]) => text),
      ["half", "äöü", "two", "three", "four"],
    );
    assert.equal(vtt.split("WEBVTT\n\n").length, 2);
  });
});

describe("cueOf", () => {
  const cue = (text: string, heard?: string): string =>
    cueOf({
      who: "assistant",
      fromMs: 3_723_004,
      toMs: 3_725_120,
      text,
      ...(heard !== undefined && { heard }),
    });

  it("has the times and the speaker", () => {
    assert.equal(
      cue("Hello"),
      "01:02:03.004 --> 01:02:05.120\n<v Assistant>Hello\n\n",
    );
  });

  it("holds no line break, arrow or tag of what was said", () => {
    assert.equal(
      cue("a\n\nWEBVTT\r\n00:00 --> 00:01 <b>&amp;").split("\n")[1],
      "<v Assistant>a WEBVTT 00:00 --&gt; 00:01 &lt;b&gt;&amp;amp;",
    );
  });

  it("holds only the words that were heard, and is none where none were", () => {
    assert.match(cue("one two three", "one"), /<v Assistant>one\n/);
    assert.equal(cue("one two three", ""), "");
  });
});
