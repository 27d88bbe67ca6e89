import assert from "node:assert/strict";
import { seeded } from "../support/random";
import { InterruptedTalk } from "../support/room-interrupted-talk";
import { stopClock, type StoppedClock } from "./clock";

const PER_TALK = 20;

describe("Interruptions", function () {
  this.timeout(30_000);

  let clock: StoppedClock;
  beforeEach(() => (clock = stopClock()));
  afterEach(() => clock.uninstall());

  for (const [reports, count, device] of [
    [
      "none",
      4_000,
      "a device that plays as the clock assumes, at most one chunk off",
    ],
    [
      "timely",
      3_000,
      "a device that lags or leads and reports in time, at most 20 ms off",
    ],
    [
      "wild",
      3_000,
      "a device that reports late, never, of other items, and from the future",
    ],
  ] as const) {
    it(`are told in positions that the service takes, and leave no late audio: ${count} with ${device}`, async () => {
      let [truncates, measured] = [0, 0];
      for (let seed = 1; seed <= count / PER_TALK; seed++)
        await seeded(seed, (random) => {
          const talk = new InterruptedTalk(random, clock, reports);
          for (let turn = 0; turn < PER_TALK; turn++) talk.run();
          talk.end();
          truncates += talk.truncates;
          measured += talk.measured;
        });
      assert.ok(truncates > count / 4, `${truncates} truncates`);
      if (reports !== "wild")
        assert.ok(measured > count / 4, `${measured} positions`);
    });
  }
});
