import assert from "node:assert/strict";
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
  afterEach(() => {
    clock.uninstall();
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
    recorder.start();
    await until(() => chunks === 1);
    clock.tick(4_999);
    assert.ok(recorder.isStarted && faults.length === 0);
    clock.tick(1);
    await until(() => faults.length === 1);
    assert.equal(faults[0]?.code, "stalled");
    clock.tick(250);
    await until(() => chunks === 2);
    clock.uninstall();
    await recorder.stop();
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
    clock.uninstall();
    await speaker.close();
  });

  it("is let go 10 s after the last sound, and opened for the next", async () => {
    programs.install({ pacat: "exec cat > /dev/null" });
    let ready = 0;
    const speaker = newSpeaker(() => (ready += 1));
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 20) {
        clock.tick(20);
        await new Promise(setImmediate);
      }
    };
    speaker.play(tone(100), FORMAT, {});
    await pass(9_900);
    speaker.play(tone(100), FORMAT, {});
    await pass(9_900);
    assert.equal(ready, 1);
    await pass(500);
    speaker.play(tone(100), FORMAT, {});
    await pass(1_000);
    assert.equal(ready, 2);
    assert.deepEqual(faults, []);
    clock.uninstall();
    await speaker.close();
  });

  function newSpeaker(ready: () => void = () => {}): Speaker {
    return new Speaker(
      { program: "auto", device: "", latencyMs: 100 },
      {
        played: () => {},
        overflow: () => {},
        activity: () => {},
        ready,
        fault,
      },
    );
  }
});
