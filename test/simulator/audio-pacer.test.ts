import assert from "node:assert/strict";
import { install } from "@sinonjs/fake-timers";
import { AudioPacer } from "../../lib/simulator/audio-pacer";

describe("AudioPacer", () => {
  let clock: ReturnType<typeof install>;
  beforeEach(() => {
    clock = install();
  });
  afterEach(() => clock.uninstall());

  /** When each position of the answer becomes due, in ms of the clock. */
  async function dueTimes(
    pacer: AudioPacer,
    positions: readonly number[],
  ): Promise<number[]> {
    const times: number[] = [];
    const all = (async () => {
      for (const position of positions) {
        await pacer.until(position);
        times.push(Date.now());
      }
    })();
    await clock.runAllAsync();
    await all;
    return times;
  }

  it("releases audio at a multiple of real time", async () => {
    assert.deepEqual(
      await dueTimes(new AudioPacer({ speed: 4 }), [0, 100, 200, 1000]),
      [0, 25, 50, 250],
    );
  });

  it("catches up after a delay instead of shifting what follows", async () => {
    const pacer = new AudioPacer({ speed: 1 });
    clock.tick(350);
    assert.deepEqual(
      await dueTimes(pacer, [100, 200, 300, 400]),
      [350, 350, 350, 400],
    );
  });

  it("never waits at infinite speed", async () => {
    assert.deepEqual(
      await dueTimes(new AudioPacer({ speed: Infinity }), [0, 1e6]),
      [0, 0],
    );
  });

  it("delays everything after a pause by its length", async () => {
    const pacer = new AudioPacer({ speed: 10 });
    const paused = pacer.pause(500);
    await clock.runAllAsync();
    await paused;
    assert.deepEqual(await dueTimes(pacer, [100]), [510]);
  });

  it("ends its wait and leaves no timer when it is stopped", async () => {
    const pacer = new AudioPacer({ speed: 1 });
    const waiting = pacer.until(1e6);
    pacer.stop();
    await waiting;
    assert.equal(clock.countTimers(), 0);
    await pacer.pause(1e6);
  });
});
