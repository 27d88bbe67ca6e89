import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import {
  SoundRecorder,
  Speaker,
  type SoundCardError,
} from "../../lib/soundcard";
import { stopClock, type StoppedClock } from "../client/clock";
import { tone } from "../simulator/sounds";
import { FakePrograms } from "./fake-programs";

const FORMAT = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
} as const;

describe("a sound device that hangs", () => {
  const programs = new FakePrograms();
  let clock: StoppedClock;
  let wake = (): void => {};
  let close = (): Promise<void> => Promise.resolve();
  const faults: SoundCardError[] = [];
  const fault = (each: SoundCardError): void => {
    faults.push(each);
    wake();
  };

  before(function () {
    // The programs are shell scripts.
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    faults.length = 0;
    clock = stopClock();
  });
  afterEach(async () => {
    clock.uninstall();
    await close();
    programs.remove();
  });

  /** Programs are real, so they take their time, whatever the clock says. */
  function until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      wake = () => isTrue() && resolve();
      wake();
    });
  }

  it("is given up as a microphone after 5 s without sound, and tried again", async () => {
    programs.install({ parec: "head -c 1920 /dev/zero; exec sleep 60" });
    let chunks = 0;
    const recorder = new SoundRecorder(
      {
        program: "auto",
        device: "",
        sampleRate: 24_000,
        chunkMs: 40,
        latencyMs: 40,
      },
      { audio: () => ((chunks += 1), wake()), fault },
    );
    close = () => recorder.stop();
    recorder.start();
    await until(() => chunks === 1);
    clock.tick(4_999);
    assert.ok(recorder.isStarted && faults.length === 0);
    clock.tick(1);
    await until(() => faults.length === 1);
    assert.equal(faults[0]?.code, "stalled");
    clock.tick(250);
    await until(() => chunks === 2);
  });

  it("is given up as a speaker when it has taken nothing for 3 s", async () => {
    programs.install({ pacat: "exec sleep 60" });
    const speaker = newSpeaker();
    for (let second = 0; second < 10; second += 1)
      speaker.play(tone(1_000), FORMAT, {});
    // The pipe holds a few seconds.
    for (let ms = 0; ms < 20_000 && faults.length === 0; ms += 20) {
      clock.tick(20);
      await new Promise(setImmediate);
    }
    assert.equal(faults[0]?.code, "stalled");
  });

  it("is let go 10 s after the last sound, and opened for the next", async () => {
    const folder = programs.install({ pacat: `exec cat >> "$0.played"` });
    const file = path.join(folder, "pacat.played");
    const played = (): number =>
      statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const starts: number[] = [];
    const speaker = newSpeaker(() => starts.push(clock.now));
    const beep = (): void =>
      speaker.play(tone(100, 4_000), { ...FORMAT, sampleRate: 4_000 }, {});
    /** The program is real: time waits for it. It is given up to 250 ms ahead, and nothing more until those have passed. */
    const pass = async (ms: number): Promise<void> => {
      const bytes = played() + ms * 8;
      for (let passed = 0; passed < ms; passed += 20) {
        clock.tick(20);
        while (played() < bytes - (ms - passed + 300) * 8)
          await new Promise(setImmediate);
      }
    };
    beep();
    await pass(9_800);
    beep();
    await pass(9_800);
    assert.equal(starts.length, 1);
    const before = played();
    clock.tick(60_000);
    beep();
    // The first program has to be gone before the second one comes.
    for (; starts.length < 2; await new Promise(setImmediate)) clock.tick(20);
    assert.ok(played() - before < 3_000 * 8);
    assert.deepEqual(faults, []);
  });

  function newSpeaker(ready: () => unknown = () => {}): Speaker {
    const speaker = new Speaker(
      { program: "auto", device: "", latencyMs: 100 },
      {
        played: () => {},
        overflow: () => {},
        activity: () => {},
        ready,
        fault,
      },
    );
    close = () => speaker.close();
    return speaker;
  }
});
