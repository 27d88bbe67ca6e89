import assert from "node:assert/strict";
import { SilenceWatch } from "../../lib/client/silence-watch";
import { stopClock, type StoppedClock } from "./clock";

describe("SilenceWatch", () => {
  let clock: StoppedClock;
  let told: [at: number, silentMs: number][];
  let watch: SilenceWatch;

  beforeEach(() => {
    clock = stopClock();
    told = [];
    watch = watchEvery(5_000);
  });
  afterEach(() => {
    watch.stop();
    clock.uninstall();
  });

  function watchEvery(everyMs: number): SilenceWatch {
    return new SilenceWatch(everyMs, (silentMs) =>
      told.push([performance.now(), silentMs]),
    );
  }

  it("tells each time the silence has lasted so long again", () => {
    watch.update(true);
    clock.tick(16_000);
    assert.deepEqual(told, [
      [5_000, 5_000],
      [10_000, 10_000],
      [15_000, 15_000],
    ]);
  });

  it("counts on when it hears again that all is quiet", () => {
    watch.update(true);
    clock.tick(4_000);
    watch.update(true);
    clock.tick(1_000);
    assert.deepEqual(told, [[5_000, 5_000]]);
  });

  it("stops with the silence, and begins the next one from zero", () => {
    watch.update(true);
    clock.tick(9_000);
    watch.update(false);
    clock.tick(60_000);
    watch.update(true);
    clock.tick(5_000);
    assert.deepEqual(told, [
      [5_000, 5_000],
      [74_000, 5_000],
    ]);
  });

  it("tells nothing where nobody wants to know", () => {
    watch = watchEvery(0);
    watch.update(true);
    clock.tick(600_000);
    assert.deepEqual(told, []);
    assert.equal(clock.countTimers(), 0);
  });

  it("leaves no timer behind", () => {
    watch.update(true);
    watch.stop();
    assert.equal(clock.countTimers(), 0);
  });
});
