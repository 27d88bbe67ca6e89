import assert from "node:assert/strict";
import { rms } from "../../lib/audio";
import {
  Speaker,
  SoundRecorder,
  type ProgramName,
  type SoundCardError,
  type Voice,
} from "../../lib/soundcard";
import { recording, tone } from "../simulator/sounds";
import {
  ALSA_MICROPHONE,
  ALSA_SPEAKER,
  eventually,
  MICROPHONE,
  RATE,
  SPEAKER,
  usePulse,
  type Ear,
} from "../support/pulse";
import { likeness } from "./likeness";

const FORMAT = {
  encoding: "signed-integer",
  sampleRate: RATE,
  channels: 1,
} as const;
/** Its first second. */
const SPEECH = recording("question-hello.wav").subarray(0, 2 * RATE);

/** Milliseconds of a recording that are louder than silence. */
function loudMs(pcm: Buffer): number {
  const step = 2 * (RATE / 1_000);
  let loud = 0;
  for (let at = 0; at + step <= pcm.length; at += step)
    if (rms(pcm.subarray(at, at + step)) > 0.01) loud += 1;
  return loud;
}

describe("sound card on PulseAudio", function () {
  this.timeout(30_000);
  const pulse = usePulse();
  let saved: NodeJS.ProcessEnv;
  let ear: Ear;

  before(() => {
    saved = { ...process.env };
    Object.assign(process.env, pulse.env);
  });
  after(() => {
    for (const name of Object.keys(pulse.env)) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });
  afterEach(() => assert.deepEqual(pulse.programs(), []));

  describe("SoundRecorder", () => {
    for (const [program, device] of [
      ["parec", MICROPHONE],
      ["arecord", ALSA_MICROPHONE],
      ["sox", MICROPHONE],
    ] as const) {
      it(`records with ${program} what is played into the microphone`, async () => {
        const { recorder, chunks, faults } = record(program, device);
        recorder.start();
        await eventually("the first chunk", () => chunks.length > 0);
        await pulse.speak(SPEECH);
        const spoken = chunks.length;
        await eventually("the last word", () => chunks.length > spoken + 10);
        await recorder.stop();
        assert.deepEqual(faults, []);
        assert.ok(chunks.every(({ length }) => length === 40 * 48));
        const { correlation } = likeness(SPEECH, Buffer.concat(chunks));
        assert.ok(correlation > 0.98, `correlation ${correlation}`);
      });
    }

    it("says that there is no such device, and tries again", async () => {
      const { recorder, faults } = record("parec", "nosuch");
      recorder.start();
      await eventually("two attempts", () => faults.length === 2);
      await recorder.stop();
      assert.equal(faults[0]?.code, "unknown-device");
      assert.equal(faults[0]?.message, "There is no sound device nosuch");
    });

    it("goes on after the sound server was away", async () => {
      const { recorder, chunks, faults } = record("auto", "");
      recorder.start();
      await eventually("the first chunk", () => chunks.length > 0);
      await pulse.kill();
      await eventually("the fault", () => faults.length > 0);
      await pulse.start();
      const before = chunks.length;
      await eventually("more chunks", () => chunks.length > before);
      assert.deepEqual(pulse.programs(), ["parec"]);
      await recorder.stop();
      assert.equal(faults[0]?.code, "no-server");
    });
  });

  describe("Speaker", () => {
    beforeEach(async () => (ear = await pulse.listen()));
    afterEach(() => ear.close());

    for (const [program, device] of [
      ["pacat", SPEAKER],
      ["aplay", ALSA_SPEAKER],
      ["sox", SPEAKER],
    ] as const) {
      it(`plays with ${program} what it is given, and reports the end when it is heard`, async () => {
        const { speaker, reports, faults } = speak(program, device);
        speaker.play(SPEECH, FORMAT, { itemId: "item-1", startMs: 0 });
        await eventually(
          "the end",
          () => reports.at(-1)?.ms === Math.floor(SPEECH.length / 48),
        );
        const endOfReport = ear.pcm.length / 2;
        await ear.passes(200);
        await speaker.close();
        assert.deepEqual(faults, []);
        const { correlation, at } = likeness(SPEECH, ear.pcm);
        assert.ok(correlation > 0.98, `correlation ${correlation}`);
        const lateMs = (endOfReport - at - SPEECH.length / 2) / 24;
        assert.ok(Math.abs(lateMs) < 80, `reported ${lateMs} ms late`);
        assert.deepEqual(reports[0]?.voice, { itemId: "item-1" });
      });
    }

    it("plays on without a gap when the rate changes", async () => {
      const { speaker, reports } = speak("pacat", SPEAKER);
      const half = { ...FORMAT, sampleRate: 12_000 };
      speaker.play(tone(400), FORMAT, { itemId: "item-1" });
      speaker.play(tone(400, 12_000), half, { itemId: "item-1" });
      speaker.play(tone(400), FORMAT, { itemId: "item-1" });
      speaker.end();
      await eventually("the end", () => reports.at(-1)?.ms === 1_200);
      await ear.passes(150);
      await speaker.close();
      assert.ok(
        Math.abs(loudMs(ear.pcm) - 1_200) < 10,
        `${loudMs(ear.pcm)} ms`,
      );
    });

    it("falls silent within 100 ms of a flush, and tells how much was heard", async () => {
      const { speaker, reports } = speak("pacat", SPEAKER);
      speaker.play(tone(3_000), FORMAT, {
        itemId: "item-1",
        conversation: "a",
        generation: 1,
      });
      await eventually("some sound", () => (reports.at(-1)?.ms ?? 0) > 700);
      const before = loudMs(ear.pcm);
      speaker.flush({ conversation: "a", generation: 2 });
      const { ms } = reports.at(-1)!;
      await ear.passes(400);
      await speaker.close();
      const heard = loudMs(ear.pcm);
      assert.ok(heard - before < 100, `${heard - before} ms after the flush`);
      assert.ok(Math.abs(heard - ms) < 60, `${ms} ms told, ${heard} ms heard`);
    });

    it("plays the next reply after a flush, and nothing more of the old one", async () => {
      const { speaker, reports } = speak("pacat", SPEAKER);
      const old = {
        itemId: "old",
        conversation: "a",
        sessionId: "s",
        generation: 1,
      };
      const next = { ...old, itemId: "next", generation: 2 };
      speaker.play(tone(3_000), FORMAT, old);
      await eventually("some sound", () => reports.length > 1);
      speaker.play(SPEECH, FORMAT, next);
      speaker.play(tone(500), FORMAT, old);
      await eventually(
        "the end",
        () => reports.at(-1)?.ms === Math.floor(SPEECH.length / 48),
      );
      await ear.passes(200);
      await speaker.close();
      const { correlation, at } = likeness(SPEECH, ear.pcm);
      assert.ok(correlation > 0.98, `correlation ${correlation}`);
      assert.ok(loudMs(ear.pcm.subarray(0, 2 * at)) < 1_500);
      assert.ok(loudMs(ear.pcm.subarray(2 * at + SPEECH.length)) < 5);
    });

    it("plays what has not been heard when the sound server is back", async () => {
      const { speaker, reports, faults } = speak("pacat", SPEAKER);
      speaker.play(tone(1_500), FORMAT, { itemId: "item-1" });
      await eventually("some sound", () => (reports.at(-1)?.ms ?? 0) > 600);
      await pulse.kill();
      await eventually("the fault", () => faults.length > 0);
      await pulse.start();
      await eventually("the end", () => reports.at(-1)?.ms === 1_500);
      await speaker.close();
      assert.equal(faults[0]?.code, "no-server");
      ear = await pulse.listen();
    });
  });

  function record(program: ProgramName | "auto", device: string) {
    const chunks: Buffer[] = [];
    const faults: SoundCardError[] = [];
    const recorder = new SoundRecorder(
      { program, device, sampleRate: RATE, chunkMs: 40, latencyMs: 40 },
      {
        audio: (pcm) => chunks.push(pcm),
        fault: (fault) => faults.push(fault),
      },
    );
    return { recorder, chunks, faults };
  }

  function speak(program: ProgramName, device: string) {
    const reports: { voice: Voice; ms: number }[] = [];
    const faults: SoundCardError[] = [];
    const speaker = new Speaker(
      { program, device, latencyMs: 100 },
      {
        played: (voice, ms) => reports.push({ voice, ms }),
        overflow: () => assert.fail("nothing is dropped"),
        fault: (fault) => faults.push(fault),
        ready: () => {},
        activity: () => {},
      },
    );
    return { speaker, reports, faults };
  }
});
