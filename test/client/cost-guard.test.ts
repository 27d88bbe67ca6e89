import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { CostGuard, type CostMeter } from "../../lib/client/cost-guard";
import { NO_COST_LIMITS, type CostLimits } from "../../lib/client/cost-limits";
import { DayUsage } from "../../lib/client/day-usage";
import { faultOf } from "./faults";

const MINUTE = 60_000;
const NOON = new Date(2026, 6, 15, 12).getTime();

describe("CostGuard", () => {
  let clock: Clock;
  let day: DayUsage;
  let talks: string[];
  let log: string[];
  let guard: CostGuard<string>;

  beforeEach(() => {
    clock = install({
      now: NOON,
      toFake: ["setInterval", "clearInterval", "performance", "Date"],
    });
    day = new DayUsage(Date.now());
    talks = ["a", "b"];
    log = [];
  });
  afterEach(() => {
    guard.close();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  function limit(limits: Partial<CostLimits>): void {
    guard = new CostGuard({
      limits: { ...NO_COST_LIMITS, ...limits },
      day,
      conversations: () => [...talks],
      onReached: (talk, reached) => {
        log.push(`${talk} ${reached.limit} ${reached.value}`);
        talks = talks.filter((other) => other !== talk);
        guard.forget(talk);
      },
    });
  }

  function meter(talk: string): CostMeter {
    return guard.meterFor(() => talk);
  }

  it("counts connected time only, in as many stretches as there are", () => {
    limit({ maxMinutes: 3 });
    const a = meter("a");
    for (let stretch = 0; stretch < 2; stretch++) {
      a.connected(true);
      clock.tick(MINUTE);
      a.connected(false);
      clock.tick(10 * MINUTE);
    }
    assert.deepEqual(log, []);
    assert.equal(day.at(Date.now()).connectedMs, 2 * MINUTE);
    a.connected(true);
    clock.tick(MINUTE - 1_000);
    assert.deepEqual(log, []);
    clock.tick(1_000);
    assert.deepEqual(log, ["a maxMinutes 3"]);
  });

  it("ends one conversation, and the others go on", () => {
    limit({ maxMinutes: 2 });
    meter("a").connected(true);
    clock.tick(MINUTE);
    meter("b").connected(true);
    clock.tick(MINUTE);
    assert.deepEqual(log, ["a maxMinutes 2"]);
    clock.tick(MINUTE);
    assert.deepEqual(log, ["a maxMinutes 2", "b maxMinutes 2"]);
  });

  it("begins anew for a conversation that was disconnected", () => {
    limit({ maxMinutes: 2 });
    const a = meter("a");
    a.connected(true);
    clock.tick(1.5 * MINUTE);
    a.connected(false);
    a.reset();
    a.connected(true);
    clock.tick(1.5 * MINUTE);
    assert.deepEqual(log, []);
    assert.equal(day.at(Date.now()).connectedMs, 3 * MINUTE);
  });

  it("adds up all conversations of a day, and ends them all", () => {
    limit({ dayMinutes: 4 });
    meter("a").connected(true);
    meter("b").connected(true);
    clock.tick(2 * MINUTE - 1_000);
    guard.admit();
    clock.tick(1_000);
    assert.deepEqual(log, ["a dayMinutes 4", "b dayMinutes 4"]);
    const fault = faultOf("VOICE_LIVE_LIMIT", () => guard.admit());
    assert.match(fault.message, /4 minutes a day.*after midnight, or raise/);
  });

  it("admits again after midnight, and counts only what lies behind it", () => {
    limit({ dayMinutes: 60 });
    clock.tick(11 * 60 * MINUTE);
    meter("a").connected(true);
    clock.tick(60 * MINUTE - 1_000);
    guard.admit();
    clock.tick(11_000);
    assert.equal(day.at(Date.now()).connectedMs, 10_000);
    assert.deepEqual(log, []);
  });

  it("does not give the day back to one that is made anew", () => {
    limit({ dayTokens: 100 });
    meter("a").spend(60);
    guard.close();
    limit({ dayTokens: 100 });
    assert.deepEqual(meter("b").spend(40), { conversation: 40, day: 100 });
    guard.enforce();
    assert.deepEqual(log, ["a dayTokens 100", "b dayTokens 100"]);
  });

  it("sums tokens of a conversation and of the day, and tells when asked to", () => {
    limit({ maxTokens: 100 });
    assert.deepEqual(meter("a").spend(60), { conversation: 60, day: 60 });
    assert.deepEqual(meter("b").spend(50), { conversation: 50, day: 110 });
    guard.enforce();
    assert.deepEqual(log, []);
    assert.deepEqual(meter("a").spend(40), { conversation: 100, day: 150 });
    meter("a").enforce();
    assert.deepEqual(log, ["a maxTokens 100"]);
  });

  it("needs no timer where no minutes are limited, and still counts them", () => {
    limit({ maxTokens: 5 });
    meter("a").connected(true);
    assert.equal(clock.countTimers(), 0);
    clock.tick(MINUTE);
    meter("a").connected(false);
    assert.equal(day.at(Date.now()).connectedMs, MINUTE);
  });

  it("needs no timer while nobody is connected", () => {
    limit({ maxMinutes: 5 });
    meter("a").connected(true);
    assert.equal(clock.countTimers(), 1);
    meter("a").connected(false);
    assert.equal(clock.countTimers(), 0);
  });
});
