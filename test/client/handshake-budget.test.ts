import assert from "node:assert/strict";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import { randomFrom } from "../audio/signals";
import { stopClock, type StoppedClock } from "./clock";

/** A minute, and a second for what is slow on its way. */
const MINUTE_MS = 61_000;

const isActive = (id: number): boolean => id % 3 === 0;

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
    assert.deepEqual(started.slice(2), ["c 61000", "d 62000"]);
    assert.equal(budget.waiting, 0);
  });

  it("never starts more than its number in any 60 s, loses none and keeps the order of each class", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomFrom(seed);
      const perMinute = 1 + Math.floor(random() * 8);
      const budget = new HandshakeBudget(perMinute);
      const started: { id: number; at: number }[] = [];
      const withdrawn = new Set<number>();
      for (let id = 0; id < 100; id += 1) {
        const withdraw = budget.request(
          () => started.push({ id, at: performance.now() }),
          () => isActive(id),
        );
        if (random() < 0.02) budget.holdFor(Math.floor(random() * 90_000));
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
      for (const ofClass of [isActive, (id: number) => !isActive(id)]) {
        assert.deepEqual(
          started.map(({ id }) => id).filter(ofClass),
          Array.from({ length: 100 }, (_, id) => id).filter(
            (id) => !withdrawn.has(id) && ofClass(id),
          ),
          `seed ${seed}`,
        );
      }
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

  it("serves active callers first, and each class in the order it came", () => {
    const budget = new HandshakeBudget(1);
    const started: string[] = [];
    for (const name of ["first", "idle 1", "busy 1", "idle 2", "busy 2"])
      budget.request(
        () => started.push(name),
        () => name.startsWith("busy"),
      );
    clock.tick(4 * MINUTE_MS);
    assert.deepEqual(started, [
      "first",
      "busy 1",
      "busy 2",
      "idle 1",
      "idle 2",
    ]);
  });

  it("looks who is active when a place becomes free", () => {
    const budget = new HandshakeBudget(1);
    const started: string[] = [];
    let isTalking = false;
    budget.request(() => undefined);
    budget.request(() => started.push("silent"));
    budget.request(
      () => started.push("talker"),
      () => isTalking,
    );
    clock.tick(MINUTE_MS - 1);
    isTalking = true;
    clock.tick(1 + MINUTE_MS);
    assert.deepEqual(started, ["talker", "silent"]);
  });

  it("starts nothing while it is held, and keeps the longest hold", () => {
    const budget = new HandshakeBudget(10);
    const started: number[] = [];
    const request = () => budget.request(() => started.push(performance.now()));
    budget.holdFor(20_000);
    budget.holdFor(5_000);
    request();
    clock.tick(19_000);
    budget.holdFor(3_000);
    request();
    clock.tick(2_999);
    assert.deepEqual(started, []);
    clock.tick(1);
    assert.deepEqual(started, [22_000, 22_000]);
    assert.equal(clock.countTimers(), 0);
  });

  it("keeps no timer for a hold when nobody waits", () => {
    const budget = new HandshakeBudget(1);
    budget.holdFor(20_000);
    assert.equal(clock.countTimers(), 0);
    const withdraw = budget.request(() => undefined);
    assert.equal(clock.countTimers(), 1);
    budget.holdFor(30_000);
    assert.equal(clock.countTimers(), 1);
    withdraw();
    assert.equal(clock.countTimers(), 0);
  });

  it("lets 100 conversations that were dropped together in within 4 minutes, 30 in any minute", () => {
    const budget = new HandshakeBudget(30);
    const started: number[] = [];
    for (let id = 0; id < 100; id += 1)
      budget.request(
        () => started.push(performance.now()),
        () => id % 7 === 0,
      );
    clock.tick(4 * MINUTE_MS);
    assert.equal(started.length, 100);
    started.forEach((at, index) =>
      assert.ok((started[index + 30] ?? Infinity) - at >= MINUTE_MS),
    );
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
