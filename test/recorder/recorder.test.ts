import assert from "node:assert/strict";
import fs, {
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { mock } from "node:test";
import type { Clock } from "@sinonjs/fake-timers";
import { parseWav, pickChannel, type AudioFormat } from "../../lib/audio";
import type { VoiceLiveError } from "../../lib/client";
import type { ConversationHub } from "../../lib/client/conversation-hub";
import { DiskFile } from "../../lib/recorder/disk-file";
import {
  Recorder,
  RecordingFolder,
  type RecorderOptions,
} from "../../lib/recorder";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
} from "../../lib/simulator";
import { fakeTime, pass } from "../flows/fake-time";
import { connectOn, hubOn } from "../support/room-hub";
import { Random } from "../support/random";

const MIC: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};
/** Bytes of a millisecond, of one channel. */
const MS = 48;
const STEP_MS = 40;

describe("Recorder", () => {
  const random = new Random(17);
  const noise = (ms: number): Buffer => random.noise(ms * 24, 0.4);
  let clock: Clock;
  let root: string;
  let simulator: Simulator;
  let hub: ConversationHub;
  let service: SimulatedSession;
  let recorder: Recorder;
  let faults: VoiceLiveError[];
  let startedAt: number;
  let soundAt: number;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "recorder-"));
    clock = fakeTime();
    faults = [];
  });
  afterEach(async () => {
    hub.close();
    await recorder.close();
    clock.uninstall();
    await simulator.close();
    await rm(root, { recursive: true, force: true });
  });

  /** A connected conversation whose assistant answers with `reply`. */
  async function begin(
    reply: Buffer,
    options: Partial<RecorderOptions> = {},
    folder = root,
  ): Promise<void> {
    simulator = await startSimulator({
      behaviours: [
        () => [
          {
            play: { pcm: reply, sampleRate: 24_000 },
            transcript: "one two three four five six seven eight nine ten",
          },
        ],
      ],
    });
    hub = hubOn(simulator, {
      settings: { turn_detection: null },
    });
    hub.addOutlet({
      options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
      audio: () => undefined,
      playback: (_conversation, { event }) => {
        if (event === "start") soundAt = performance.now();
      },
    });
    recorder = new Recorder({
      hub,
      folder: new RecordingFolder(folder, {
        maxRecordings: 10,
        maxBytes: 1e9,
        whenFull: "stop",
      }),
      isActive: true,
      what: "both",
      maxMs: 3_600_000,
      onFault: (_conversation, fault) => faults.push(fault),
      onChanged: () => undefined,
      ...options,
    });
    startedAt = performance.now();
    service = await connectOn(simulator, hub);
  }

  const caller = () => hub.open("caller");

  async function speak(pcm: Buffer): Promise<void> {
    for (let from = 0; from < pcm.length; from += STEP_MS * MS) {
      await pass(clock, STEP_MS);
      caller().appendAudio(pcm.subarray(from, from + STEP_MS * MS), MIC);
    }
  }

  async function files(ending: string): Promise<readonly Buffer[]> {
    await recorder.close();
    const names = (await readdir(root)).filter((name) => name.endsWith(ending));
    return Promise.all(
      names.toSorted().map((name) => readFile(path.join(root, name))),
    );
  }

  async function sides(): Promise<{ user: Buffer; assistant: Buffer }> {
    const wavs = (await files(".wav")).map(parseWav);
    for (const { channels, sampleRate, bits } of wavs)
      assert.deepEqual([channels, sampleRate, bits], [2, 24_000, 16]);
    const data = Buffer.concat(wavs.map((wav) => wav.data));
    return {
      user: pickChannel(data, 2, 0),
      assistant: pickChannel(data, 2, 1),
    };
  }

  /** The side holds `audio` at this time, and nothing else. */
  function holdsOnly(side: Buffer, at: number, audio: Buffer): void {
    const from = Math.round((at - startedAt) * 24) * 2;
    assert.ok(
      side.subarray(0, from).every((byte) => byte === 0),
      "before",
    );
    assert.ok(side.subarray(from, from + audio.length).equals(audio), "there");
    const rest = side.subarray(from + audio.length);
    assert.ok(
      rest.every((byte) => byte === 0),
      "behind",
    );
  }

  it("lays both sides where they were said and heard, to the sample, up to the interruption", async () => {
    const reply = noise(3_000);
    await begin(reply);
    await pass(clock, 120);
    const question = noise(400);
    const askedAt = performance.now();
    await speak(question);
    caller().respond();
    await pass(clock, 500);
    // The device was slower to begin than the estimate.
    caller().reportPlayed(undefined, performance.now() - soundAt - 73);
    await pass(clock, 900);
    const heard = once(hub, "interrupted");
    caller().interrupt();
    const { heardMs } = (await heard) as { heardMs: number };
    assert.equal(heardMs, performance.now() - soundAt - 73);
    await pass(clock, 3_000);
    const { user, assistant } = await sides();
    holdsOnly(user, askedAt, question);
    holdsOnly(assistant, soundAt + 73, reply.subarray(0, heardMs * MS));
    assert.equal(user.length, (performance.now() - startedAt) * MS);
    assert.deepEqual(faults, []);
  });

  for (const [cut, by] of [
    ["interrupted", () => caller().interrupt()],
    ["ended", () => hub.endForNow("caller", "operator")],
    ["ended by a deploy", () => hub.close()],
  ] as const)
    it(`writes what was said and when, as JSON and as WebVTT, of a reply that is ${cut}`, async () => {
      await begin(noise(1_000));
      caller().respond();
      await pass(clock, 600);
      const cutAfter = performance.now() - soundAt;
      by();
      await pass(clock, 100);
      const from = soundAt - startedAt;
      const [json] = await files(".json");
      const [vtt] = await files(".vtt");
      const [wav] = (await readdir(root)).filter((name) =>
        name.endsWith("wav"),
      );
      const { started, ...rest } = JSON.parse(String(json)) as {
        started: string;
        lines: readonly { heard: string; toMs: number }[];
      };
      assert.ok(wav?.startsWith(started.replaceAll(/[:.]/g, "-")));
      const heard = rest.lines[0]?.heard ?? "";
      assert.match(heard, /^one two/);
      assert.deepEqual(rest, {
        conversation: "caller",
        audio: wav,
        lines: [
          {
            who: "assistant",
            fromMs: from,
            toMs: from + cutAfter,
            text: "one two three four five six seven eight nine ten",
            heard,
          },
        ],
      });
      assert.ok(String(vtt).startsWith("WEBVTT\n\n00:00:00."));
      assert.ok(String(vtt).endsWith(`<v Assistant>${heard}\n\n`));
    });

  it("may be read by its owner only", async () => {
    await begin(noise(100));
    await recorder.close();
    const names = await readdir(root);
    assert.equal(names.length, 3);
    for (const name of names)
      assert.equal((await stat(path.join(root, name))).mode & 0o777, 0o600);
  });

  it("goes on in another file where one has its length, without losing a sample", async () => {
    const reply = noise(2_500);
    await begin(reply, { maxMs: 1_000 });
    caller().respond();
    await pass(clock, 6_000);
    const lengths = (await files(".wav")).map(
      (wav) => parseWav(wav).dataLength,
    );
    assert.deepEqual(lengths.slice(0, 6), Array(6).fill(1_000 * 2 * MS));
    holdsOnly((await sides()).assistant, soundAt, reply);
    assert.equal((await files(".json")).length, lengths.length);
  });

  it("records nothing unless it is told to, and then until it is told otherwise", async () => {
    await begin(noise(100), { isActive: false });
    await pass(clock, 3_000);
    assert.deepEqual(await readdir(root), []);
    const told: boolean[] = [];
    hub.on("recorded", (recorded) => told.push(hub.isRecorded(recorded)));
    const from = performance.now();
    recorder.start(caller());
    recorder.start(caller());
    assert.equal(recorder.count, 1);
    assert.deepEqual(told, [true]);
    // By another node, too: who talks need not know how many there are.
    hub.recordingBegan(caller());
    await pass(clock, 400);
    recorder.stop(caller());
    assert.equal(recorder.count, 0);
    assert.deepEqual(told, [true]);
    hub.recordingEnded(caller());
    assert.deepEqual(told, [true, false]);
    await pass(clock, 400);
    const [wav = Buffer.alloc(0)] = await files(".wav");
    assert.equal(parseWav(wav).dataLength, 400 * 2 * MS);
    assert.equal(performance.now() - from, 800);
  });

  it("goes on over a lost connection and ends with the conversation", async () => {
    await begin(noise(100));
    await pass(clock, 200);
    service.drop();
    await pass(clock, 1_000);
    assert.equal(recorder.count, 1);
    const told: boolean[] = [];
    hub.on("recorded", (recorded) => told.push(hub.isRecorded(recorded)));
    hub.end("caller");
    assert.equal(recorder.count, 0);
    assert.deepEqual(told, [false]);
    const wavs = await files(".wav");
    assert.deepEqual(
      wavs.map((wav) => parseWav(wav).dataLength),
      [1_200 * 2 * MS],
    );
  });

  for (const [what, endings] of [
    ["wav", [".wav"]],
    ["transcript", [".json", ".vtt"]],
  ] as const)
    it(`writes ${endings.join(" and ")} where only the ${what} is wanted`, async () => {
      await begin(noise(100), { what });
      caller().respond();
      await pass(clock, 3_000);
      await recorder.close();
      const names = await readdir(root);
      assert.deepEqual(names.map((name) => path.extname(name)).toSorted(), [
        ...endings,
      ]);
    });

  it("tells once that the folder is no good, and leaves the conversation alone", async () => {
    const file = path.join(root, "file");
    await writeFile(file, "");
    await begin(noise(500), {}, file);
    await until(() => faults.length > 0);
    assert.equal(recorder.count, 0);
    assert.equal(faults[0]?.code, "VOICE_LIVE_RECORDING");
    caller().respond();
    await pass(clock, 1_000);
    assert.ok(soundAt > startedAt, "the reply sounds");
    assert.equal(caller().state.name, "ready");
    assert.equal(faults.length, 1);
  });

  it("ends with a clear error where the disk takes no more, and keeps what it took", async function () {
    // Every write to it fails as one to a full disk does.
    const full = await stat("/dev/full").catch(() => undefined);
    if (!full) return this.skip();
    await begin(noise(100), { what: "wav" });
    await pass(clock, 2_600);
    // The last write to the disk is on its way, whatever the clock says.
    const before = 44 + 500 * 2 * MS;
    await until(async () => (await sizeOf()) === before);
    const disk = await open("/dev/full", "w");
    const write = Reflect.get(DiskFile.prototype, "write");
    DiskFile.prototype.write = async (bytes, at) =>
      void (await disk.write(bytes, 0, bytes.length, at));
    try {
      await pass(clock, 1_000);
      await until(() => faults.length > 0);
    } finally {
      DiskFile.prototype.write = write;
      await disk.close();
    }
    assert.match(faults[0]?.message ?? "", /the disk is full\. Make room/);
    assert.equal(recorder.count, 0);
    assert.equal(await sizeOf(), before);
    const [wav = Buffer.alloc(0)] = await files(".wav");
    assert.equal(parseWav(wav).dataLength, before - 44);
    assert.equal(caller().state.name, "ready");
  });

  describe("of a folder that does not answer", () => {
    let answer: () => void;
    beforeEach(async () => {
      const silence = new Promise<undefined>((resolve) => {
        answer = () => resolve(undefined);
      });
      const silent = mock.method(fs, "mkdir", () => silence);
      try {
        await begin(noise(100));
      } finally {
        silent.mock.restore();
      }
    });
    afterEach(() => answer());

    it("tells after ten seconds, and closes at once", async () => {
      await pass(clock, 9_900);
      assert.equal(recorder.count, 1);
      await pass(clock, 200);
      assert.equal(recorder.count, 0);
      assert.deepEqual(
        faults.map(({ code }) => code),
        ["VOICE_LIVE_RECORDING"],
      );
      assert.match(faults[0]?.message ?? "", /the folder does not answer/);
      await recorder.close();
      assert.equal(caller().state.name, "ready");
    });

    it("closes after five seconds, without the files", async () => {
      await pass(clock, 1_000);
      let isClosed = false;
      const closed = recorder.close().then(() => (isClosed = true));
      await pass(clock, 4_900);
      assert.equal(isClosed, false);
      await pass(clock, 200);
      await closed;
    });

    it("makes whole files where it answers in time", async () => {
      await pass(clock, 9_000);
      answer();
      const [wav = Buffer.alloc(0)] = await files(".wav");
      assert.equal(parseWav(wav).dataLength, 9_000 * 2 * MS);
      assert.deepEqual(faults, []);
    });
  });

  async function sizeOf(): Promise<number> {
    const [name = ""] = await readdir(root);
    return (await stat(path.join(root, name))).size;
  }
});

function once(hub: ConversationHub, name: "interrupted"): Promise<unknown> {
  return new Promise((resolve) =>
    hub.once(name, (_conversation, detail) => resolve(detail)),
  );
}

/** The disk is real, whatever the clock says. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds()))
    await new Promise((resolve) => setImmediate(resolve));
}
