import assert from "node:assert/strict";
import { mock } from "node:test";
import { silentFrame } from "../../lib/client/silence";
import { SilenceFeeder } from "../../lib/client/silence-feeder";
import { stopClock, type StoppedClock } from "./clock";

describe("SilenceFeeder", () => {
  let clock: StoppedClock;
  let fedMs: number;
  let gaveUp: number;
  let microphone: { arrivals: number; arrivedAt: number };
  let feeder: SilenceFeeder;

  beforeEach(() => {
    clock = stopClock();
    fedMs = 0;
    gaveUp = 0;
    microphone = { arrivals: 0, arrivedAt: Number.NEGATIVE_INFINITY };
    feeder = new SilenceFeeder({
      microphone,
      feed: (ms) => (fedMs += ms),
      onGaveUp: () => (gaveUp += 1),
    });
  });
  afterEach(() => {
    feeder.close();
    clock.uninstall();
  });

  function audioArrives(at: number): void {
    microphone.arrivals++;
    microphone.arrivedAt = at;
  }

  function speak(ms: number): void {
    for (let at = 0; at < ms; at += 40) {
      audioArrives(performance.now());
      clock.tick(40);
    }
  }

  it("feeds nothing while the microphone goes on", () => {
    feeder.speechStarted();
    speak(5_000);
    assert.equal(fedMs, 0);
  });

  it("looks at a microphone that goes on three times a second, however often that sends", () => {
    feeder.speechStarted();
    // Whoever is woken looks at the clock.
    const looks = mock.method(performance, "now");
    for (let at = 0; at < 3_000; at += 10) {
      audioArrives(at);
      clock.tick(10);
    }
    looks.mock.restore();
    assert.ok(looks.mock.callCount() <= 11, `${looks.mock.callCount()}`);
    assert.equal(fedMs, 0);
  });

  it("feeds 300 ms after the last audio, whenever that was", () => {
    feeder.speechStarted();
    speak(1_240);
    audioArrives(performance.now());
    clock.tick(299);
    assert.equal(fedMs, 0);
    clock.tick(1);
    assert.equal(fedMs, 100);
  });

  it("feeds in real time, 300 ms after the last audio, until the turn ends", () => {
    feeder.speechStarted();
    audioArrives(performance.now());
    clock.tick(299);
    assert.equal(fedMs, 0);
    clock.tick(1);
    assert.equal(fedMs, 100);
    clock.tick(1_000);
    assert.equal(fedMs, 1_100);
    feeder.speechStopped();
    clock.tick(5_000);
    assert.equal(fedMs, 1_100);
    assert.equal(clock.countTimers(), 0);
  });

  it("feeds nothing while nobody speaks", () => {
    audioArrives(0);
    clock.tick(60_000);
    assert.equal(fedMs, 0);
    assert.equal(clock.countTimers(), 0);
  });

  it("stops feeding when the microphone comes back", () => {
    feeder.speechStarted();
    clock.tick(500);
    const before = fedMs;
    speak(1_000);
    assert.equal(fedMs, before);
  });

  it("gives up ten seconds after the last audio, also when its end was told at once", () => {
    feeder.speechStarted();
    clock.tick(9_000);
    audioArrives(performance.now());
    feeder.endOfSpeech();
    clock.tick(9_950);
    assert.equal(gaveUp, 0);
    clock.tick(200);
    assert.equal(gaveUp, 1);
  });

  it("gives up once, after ten seconds of silence in vain", () => {
    feeder.speechStarted();
    feeder.speechStarted();
    clock.tick(60_000);
    assert.deepEqual([fedMs, gaveUp], [10_000, 1]);
    assert.equal(clock.countTimers(), 0);
    feeder.speechStarted();
    clock.tick(60_000);
    assert.deepEqual([fedMs, gaveUp], [20_000, 2]);
  });

  it("feeds a second at once when speech is said to be over, and goes on without waiting", () => {
    feeder.speechStarted();
    audioArrives(performance.now());
    feeder.endOfSpeech();
    assert.equal(fedMs, 1_000);
    clock.tick(100);
    assert.equal(fedMs, 1_100);
  });

  it("feeds once for each stretch of audio, however often its end is told", () => {
    feeder.endOfSpeech();
    assert.equal(fedMs, 0);
    audioArrives(performance.now());
    for (let index = 0; index < 100; index += 1) feeder.endOfSpeech();
    assert.equal(fedMs, 1_000);
    audioArrives(performance.now());
    feeder.endOfSpeech();
    assert.equal(fedMs, 2_000);
  });
});

describe("silentFrame", () => {
  it("is silence in every encoding, in whole samples", () => {
    for (const [encoding, sampleRate, ms, bytes, value] of [
      ["signed-integer", 24_000, 100, 4_800, 0],
      ["signed-integer", 44_100, 25, 2_206, 0],
      ["floating-point", 16_000, 10, 640, 0],
      ["mu-law", 8_000, 100, 800, 0xff],
      ["a-law", 8_000, 100, 800, 0xd5],
    ] as const) {
      const frame = silentFrame({ encoding, sampleRate }, ms);
      assert.equal(frame.length, bytes, encoding);
      assert.ok(
        frame.every((byte) => byte === value),
        encoding,
      );
    }
  });
});
