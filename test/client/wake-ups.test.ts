import assert from "node:assert/strict";
import { WakeUps } from "../../lib/client/wake-ups";
import { stopClock, type StoppedClock } from "./clock";

describe("WakeUps", () => {
  let clock: StoppedClock;
  let log: string[];
  let wakeUps: WakeUps;

  beforeEach(() => {
    clock = stopClock();
    log = [];
    wakeUps = new WakeUps();
  });
  afterEach(() => {
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  const note = (name: string) => (): void =>
    void log.push(`${name} ${performance.now()}`);

  it("wakes each within a millisecond behind its time, in order, with one timer", () => {
    const begin = performance.now();
    for (const [name, at] of [
      ["c", 11],
      ["a", 3.2],
      ["d", 40],
      ["b", 3.9],
    ] as const)
      wakeUps.at(begin + at, note(name));
    assert.equal(clock.countTimers(), 1);
    clock.tick(100);
    assert.deepEqual(log, ["a 4", "b 4", "c 11", "d 40"]);
  });

  it("wakes at once whoever is due already, but not before the caller is done", () => {
    clock.tick(50);
    wakeUps.at(10, note("late"));
    assert.deepEqual(log, []);
    clock.tick(0);
    assert.deepEqual(log, ["late 50"]);
  });

  it("does not wake whoever is called off, also by one that wakes in the same turn", () => {
    const forget = wakeUps.at(4.9, note("never"));
    wakeUps.at(4.1, () => callOff());
    const callOff = wakeUps.at(5, note("nor this"));
    forget();
    forget();
    clock.tick(10);
    assert.deepEqual(log, []);
  });

  it("keeps no timer when all are called off", () => {
    const all = [7, 20, 20].map((at) => wakeUps.at(at, note("never")));
    for (const forget of all) forget();
    assert.equal(clock.countTimers(), 0);
  });

  it("takes one that asks again from inside", () => {
    const again = (): void => {
      note("again")();
      if (log.length < 3) wakeUps.at(performance.now() + 10, again);
    };
    wakeUps.at(10, again);
    clock.tick(100);
    assert.deepEqual(log, ["again 10", "again 20", "again 30"]);
  });

  it("wakes the others also when one throws, and lets that be heard", () => {
    wakeUps.at(5, () => {
      throw new Error("broken");
    });
    wakeUps.at(5, note("same turn"));
    wakeUps.at(10, note("next"));
    assert.throws(() => clock.tick(5), /broken/);
    clock.tick(5);
    assert.deepEqual(log, ["same turn 5", "next 10"]);
  });

  it("makes up for a blocked event loop in the order of what was due", () => {
    wakeUps.at(31, note("b"));
    wakeUps.at(12, note("a"));
    clock.setSystemTime(0);
    clock.jump(200);
    assert.deepEqual(log, ["a 200", "b 200"]);
  });
});
