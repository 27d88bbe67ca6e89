import assert from "node:assert/strict";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import { randomFrom } from "../audio/signals";
import { stopClock, type StoppedClock } from "./clock";

const MINUTE_MS = 60_000;

describe("HandshakeBudget", () => {
  let clock: StoppedClock;
  beforeEach(() => (clock = stopClock()));
  afterEach(() => clock.uninstall());

  it("lets the first ones start at once and the next when the first is a minute old", () => {
    const budget = new HandshakeBudget(2);
    const started: string[] = [];
    for (const name of ["a", "b", "c", "d"]) {
      budget.request(() => started.push(`${name} ${performance.now()}`));
      clock.tick(1_000);
    }
    assert.deepEqual(started, ["a 0", "b 1000"]);
    assert.equal(budget.waiting, 2);
    clock.tick(MINUTE_MS);
    assert.deepEqual(started.slice(2), ["c 60000", "d 61000"]);
    assert.equal(budget.waiting, 0);
  });

  it("never starts more than its number in any 60 s, loses none and keeps their order", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomFrom(seed);
      const perMinute = 1 + Math.floor(random() * 8);
      const budget = new HandshakeBudget(perMinute);
      const started: { id: number; at: number }[] = [];
      const withdrawn = new Set<number>();
      for (let id = 0; id < 100; id += 1) {
        const withdraw = budget.request(() =>
          started.push({ id, at: performance.now() }),
        );
        if (random() < 0.2 && !started.some((one) => one.id === id)) {
          withdraw();
          withdrawn.add(id);
        }
        if (random() < 0.3) clock.tick(Math.floor(random() * 20_000));
      }
      clock.tick(101 * MINUTE_MS);
      started.forEach(({ at }, index) => {
        const later = started[index + perMinute];
        assert.ok(!later || later.at - at >= MINUTE_MS, `seed ${seed}`);
      });
      assert.deepEqual(
        started.map(({ id }) => id),
        Array.from({ length: 100 }, (_, id) => id).filter(
          (id) => !withdrawn.has(id),
        ),
        `seed ${seed}`,
      );
    }
  });

  it("gives the place of one that was withdrawn to the next", () => {
    const budget = new HandshakeBudget(1);
    const started: string[] = [];
    budget.request(() => started.push("a"));
    const withdraw = budget.request(() => started.push("b"));
    budget.request(() => started.push("c"));
    withdraw();
    withdraw();
    clock.tick(MINUTE_MS);
    assert.deepEqual(started, ["a", "c"]);
  });

  it("does not give back a place that was used", () => {
    const budget = new HandshakeBudget(1);
    let second = false;
    budget.request(() => undefined)();
    budget.request(() => (second = true));
    clock.tick(MINUTE_MS - 1);
    assert.equal(second, false);
    clock.tick(1);
    assert.equal(second, true);
  });

  it("keeps no timer when nobody waits", () => {
    const budget = new HandshakeBudget(1);
    budget.request(() => undefined);
    assert.equal(clock.countTimers(), 0);
    const withdraw = budget.request(() => undefined);
    assert.equal(clock.countTimers(), 1);
    withdraw();
    assert.equal(clock.countTimers(), 0);
  });

  it("may be asked again from inside a start", () => {
    const budget = new HandshakeBudget(2);
    const started: string[] = [];
    budget.request(() => {
      started.push("a");
      budget.request(() => started.push("b"));
      budget.request(() => started.push("c"));
    });
    assert.deepEqual(started, ["a", "b"]);
    clock.tick(MINUTE_MS);
    assert.deepEqual(started, ["a", "b", "c"]);
  });

  it("refuses a number that is no number of handshakes", () => {
    for (const perMinute of [0, -1, 1.5, NaN, Infinity])
      assert.throws(() => new HandshakeBudget(perMinute), RangeError);
  });
});
