import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeWav } from "../../lib/audio";
import speaker from "../../nodes/voice-live-speaker";
import { at, tone } from "../simulator/sounds";
import { useSoundNode } from "../soundcard/node-flow";

const TYPE = "voice-live-speaker";
const VOICE = {
  conversation: "a",
  sessionId: "s",
  generation: 1,
  responseId: "r",
  itemId: "item-1",
};
const SOUND = tone(120);

describe(TYPE, function () {
  // The programs are shell scripts.
  before(function () {
    if (process.platform === "win32") this.skip();
  });
  const flow = useSoundNode(speaker);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "voice-live-played-"));
    // Each run writes a file of its own, and its options beside it.
    flow.programs({
      pacat: `n=$(ls ${folder} | wc -l); echo "$*" > ${folder}/$n.args; exec cat > ${folder}/$n.pcm`,
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** All that was played, without the silence around it. */
  function played(): Buffer {
    const pcm = Buffer.concat([0, 2, 4].map((run) => read(`${run}.pcm`)));
    const first = pcm.findIndex((byte) => byte !== 0);
    const last = pcm.findLastIndex((byte) => byte !== 0);
    return pcm.subarray(first - (first % 2), last + 2 - (last % 2));
  }

  function read(file: string): Buffer {
    try {
      return readFileSync(path.join(folder, file));
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** The same without the zeros at the ends, as `played` has it. */
  function trimmed(pcm: Buffer): Buffer {
    return pcm.subarray(2);
  }

  it("plays what comes, in order, and reports it as played reads it", async () => {
    await flow.load(TYPE);
    assert.ifError(
      await flow.send({
        payload: SOUND.subarray(0, 1_920),
        rate: 24_000,
        voice: { ...VOICE, startMs: 0, durationMs: 40 },
      }),
    );
    assert.ifError(
      await flow.send({
        payload: SOUND.subarray(1_920),
        rate: 24_000,
        voice: { ...VOICE, startMs: 40, durationMs: 80 },
      }),
    );
    await flow.until("the end", () => flow.sent.at(-1)?.["payload"] === 120);
    const { _msgid, ...report } = flow.sent.at(-1)!;
    assert.deepEqual(report, { topic: "played", payload: 120, voice: VOICE });
    assert.equal(played().compare(trimmed(SOUND)), 0);
    assert.match(
      read("0.args").toString(),
      /--rate=24000 --channels=1 --latency-msec=100/,
    );
  });

  it("shows whether it plays", async () => {
    await flow.load(TYPE);
    await flow.send({ payload: SOUND, voice: VOICE });
    await flow.until("the end", () => flow.statuses.length === 3);
    assert.deepEqual(
      flow.statuses.map((status) => status.replace(`${TYPE}.status.`, "")),
      ["grey ring idle", "blue dot playing", "grey ring idle"],
    );
  });

  it("takes WAV, and opens the device at its rate", async () => {
    await flow.load(TYPE);
    const pcm = at(SOUND, 16_000);
    const wav = writeWav(pcm, {
      sampleRate: 16_000,
      channels: 1,
      bits: 16,
      encoding: "signed-integer",
    });
    assert.ifError(await flow.send({ payload: wav }));
    await flow.until("the end", () => flow.sent.at(-1)?.["payload"] === 120);
    assert.match(read("0.args").toString(), /--rate=16000/);
  });

  it("drops sound of a generation that was interrupted", async () => {
    await flow.load(TYPE);
    await flow.send({ payload: "flush", voice: { ...VOICE, generation: 2 } });
    assert.ifError(await flow.send({ payload: tone(500), voice: VOICE }));
    await flow.send({
      payload: SOUND,
      voice: { ...VOICE, generation: 2, itemId: "item-2" },
    });
    await flow.until("the end", () => flow.sent.at(-1)?.["payload"] === 120);
    assert.equal(played().compare(trimmed(SOUND)), 0);
  });

  it("ends the program at a flush, and plays what follows with another one", async () => {
    await flow.load(TYPE);
    await flow.send({ payload: tone(2_000), voice: VOICE });
    await flow.until("a report", () => flow.sent.length > 0);
    await flow.send({ payload: "flush", voice: { ...VOICE, generation: 2 } });
    const heard = Number(flow.sent.at(-1)?.["payload"]);
    assert.ok(heard > 0 && heard < 1_500, `${heard} ms`);
    await flow.send({
      payload: SOUND,
      voice: { ...VOICE, generation: 2, itemId: "item-2" },
    });
    await flow.until("the end", () => flow.sent.at(-1)?.["payload"] === 120);
    assert.ok(read("2.pcm").length > 0);
  });

  it("warns once when more than 10 s wait, and drops the oldest", async () => {
    await flow.load(TYPE);
    for (let second = 0; second < 14; second += 1)
      await flow.send({ payload: tone(1_000), voice: VOICE });
    assert.equal(flow.warnings, 1);
    await flow.until("a report from behind the gap", () =>
      flow.sent.some(({ payload }) => Number(payload) > 3_000),
    );
  });

  it("accepts the other events of audio out", async () => {
    await flow.load(TYPE);
    assert.ifError(await flow.send({ payload: "start", voice: VOICE }));
    assert.ifError(await flow.send({ payload: "end", voice: VOICE }));
  });

  it("refuses what is no sound", async () => {
    await flow.load(TYPE);
    assert.equal(
      (await flow.send({ payload: { a: 1 } }))?.code,
      "VOICE_LIVE_PAYLOAD",
    );
    assert.equal(
      (await flow.send({ payload: Buffer.from("OggS\0\u0002 and so on") }))
        ?.code,
      "VOICE_LIVE_AUDIO",
    );
  });

  it("says what to install when there is no program", async () => {
    flow.programs({});
    await flow.load(TYPE, { program: "aplay" });
    await flow.send({ payload: SOUND, voice: VOICE });
    await flow.until("the error", () => flow.caught.length > 0);
    assert.equal(flow.caught[0]?.code, "VOICE_LIVE_AUDIO");
    assert.match(
      flow.caught[0].message,
      /aplay is not installed\. Install alsa-utils, or choose another program\.$/,
    );
  });

  it("refuses a device that looks like an option, and every message", async () => {
    await flow.load(TYPE, { device: "-D" });
    await flow.until("the error", () => flow.caught.length > 0);
    assert.equal(flow.caught[0]?.code, "VOICE_LIVE_CONFIGURATION");
    assert.equal(
      (await flow.send({ payload: SOUND }))?.code,
      "VOICE_LIVE_CONFIGURATION",
    );
  });
});
