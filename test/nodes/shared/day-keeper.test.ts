import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { DayUsage } from "../../../lib/client";
import { DayKeeper } from "../../../nodes/shared/day-keeper";

type Answer = (error?: unknown, value?: unknown) => void;

/** A context store that answers when the test says so. */
class Store {
  readonly asked: { readonly what: string; readonly answer: Answer }[] = [];
  readonly written: unknown[] = [];
  /** Thrown instead of an answer. */
  broken: unknown;

  get(_key: string, store: string, answer: Answer): void {
    this.#take(`get ${store}`, answer);
  }

  set(_key: string, value: unknown, store: string, answer: Answer): void {
    this.#take(`set ${store}`, answer);
    this.written.push(value);
  }

  /** Answers the oldest question. */
  answer(error?: unknown, value?: unknown): void {
    const next = this.asked.shift();
    assert.ok(next, "the store was asked");
    next.answer(error, value);
  }

  #take(what: string, answer: Answer): void {
    if (this.broken !== undefined) throw this.broken;
    this.asked.push({ what, answer });
  }
}

const NOON = new Date(2026, 6, 15, 12).getTime();
const TODAY = { day: "2026-07-15", connectedMs: 0, tokens: 5 };

describe("DayKeeper", () => {
  let clock: Clock;
  let store: Store;
  let day: DayUsage;
  let log: string[];

  beforeEach(() => {
    clock = install({ now: NOON });
    store = new Store();
    day = new DayUsage(NOON);
    log = [];
  });
  afterEach(() => clock.uninstall());

  function keep(isFresh = true): DayKeeper {
    return new DayKeeper({
      day,
      context: store as unknown as ConstructorParameters<
        typeof DayKeeper
      >[0]["context"],
      store: "disk",
      isFresh,
      onRestored: () => log.push("restored"),
      onFault: ({ code, message }) => log.push(`${code} ${message}`),
    });
  }

  const asked = (): readonly string[] => store.asked.map(({ what }) => what);
  const close = (keeper: DayKeeper): void =>
    keeper.close(() => log.push("closed"));

  it("reads what was counted before, adds it, and then writes changes only", () => {
    const keeper = keep();
    day.addTokens(1, NOON);
    assert.deepEqual(asked(), ["get disk"]);
    store.answer(undefined, TODAY);
    assert.equal(day.at(NOON).tokens, 6);
    assert.deepEqual(log, ["restored"]);
    clock.tick(10_000);
    store.answer();
    clock.tick(60_000);
    assert.deepEqual(asked(), []);
    day.addTokens(1, Date.now());
    clock.tick(10_000);
    store.answer();
    assert.deepEqual(
      store.written.map((value) => (value as typeof TODAY).tokens),
      [6, 7],
    );
    close(keeper);
    assert.deepEqual(log, ["restored", "closed"]);
    assert.equal(clock.countTimers(), 0);
  });

  it("writes nothing over counts that it has not read", () => {
    const keeper = keep();
    clock.tick(60_000);
    assert.deepEqual(asked(), ["get disk"]);
    close(keeper);
    assert.deepEqual(store.written, []);
    assert.deepEqual(log, ["closed"]);
  });

  it("reads nothing after a redeploy: what it has is newer", () => {
    day.addTokens(3, NOON);
    keep(false);
    assert.deepEqual(asked(), ["set disk"]);
  });

  it("writes what is new when it closes, and waits for that", () => {
    const keeper = keep(false);
    store.answer();
    day.addTokens(3, NOON);
    close(keeper);
    assert.deepEqual(log, []);
    store.answer();
    assert.deepEqual(log, ["closed"]);
    assert.equal(clock.countTimers(), 0);
  });

  it("waits for a store that does not answer no longer than two seconds", () => {
    const keeper = keep(false);
    store.answer();
    day.addTokens(3, NOON);
    close(keeper);
    clock.tick(1_999);
    assert.deepEqual(log, []);
    clock.tick(1);
    assert.deepEqual(log, ["closed"]);
    store.answer();
    assert.deepEqual(log, ["closed"]);
  });

  it("tells once of a store that fails, and tries again", () => {
    keep();
    store.answer(new Error("disk is gone"));
    clock.tick(10_000);
    store.answer(new Error("disk is gone"));
    assert.equal(log.length, 1);
    assert.match(log[0] ?? "", /disk did not read the day's.*disk is gone/);
    clock.tick(10_000);
    store.answer(undefined, TODAY);
    assert.equal(day.at(NOON).tokens, 5);
    clock.tick(10_000);
    store.answer("full");
    assert.match(log.at(-1) ?? "", /disk did not write .*full/);
  });

  it("survives a store that throws", () => {
    store.broken = new Error("no such plug-in");
    const keeper = keep();
    assert.match(log[0] ?? "", /did not read .*no such plug-in/);
    close(keeper);
    assert.equal(log.at(-1), "closed");
  });

  it("says when it cannot read what the store gives, and counts from zero", () => {
    keep();
    store.answer(undefined, "yesterday");
    assert.match(log[0] ?? "", /cannot be read.*counted from zero/);
    assert.equal(log[1], "restored");
  });
});
