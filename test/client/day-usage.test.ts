import assert from "node:assert/strict";
import { DayUsage } from "../../lib/client/day-usage";

const at = (day: number, hour: number, minute = 0): number =>
  new Date(2026, 6, day, hour, minute).getTime();
const NOON = at(15, 12);

describe("DayUsage", () => {
  it("sums what the day has used", () => {
    const day = new DayUsage(NOON);
    day.addConnected(60_000, NOON);
    day.addTokens(10, at(15, 13));
    day.addConnected(1, at(15, 23, 59));
    day.addTokens(5, at(15, 23, 59));
    assert.deepEqual(day.at(at(15, 23, 59)), {
      day: "2026-07-15",
      connectedMs: 60_001,
      tokens: 15,
    });
  });

  it("begins anew at local midnight, whoever looks first", () => {
    const day = new DayUsage(NOON);
    day.addTokens(10, NOON);
    assert.equal(day.at(at(16, 0)).tokens, 0);
    day.addTokens(3, at(16, 0));
    assert.deepEqual(day.at(at(16, 0)), {
      day: "2026-07-16",
      connectedMs: 0,
      tokens: 3,
    });
  });

  it("counts of a span across midnight what lies behind it", () => {
    const day = new DayUsage(NOON);
    day.addConnected(10 * 60_000, at(16, 0, 4));
    assert.equal(day.at(at(16, 0, 4)).connectedMs, 4 * 60_000);
  });

  it("begins anew when a wrong clock is set right, in either direction", () => {
    const day = new DayUsage(NOON);
    day.addTokens(10, NOON);
    assert.equal(day.at(at(1, 12)).tokens, 0);
  });

  it("goes on after a restart with what was stored", () => {
    const before = new DayUsage(NOON);
    before.addConnected(60_000, NOON);
    before.addTokens(10, NOON);
    const stored: unknown = JSON.parse(JSON.stringify(before.at(NOON)));
    const after = new DayUsage(NOON);
    after.addTokens(1, NOON);
    assert.equal(after.restore(stored, NOON), true);
    assert.deepEqual(after.at(NOON), {
      day: "2026-07-15",
      connectedMs: 60_000,
      tokens: 11,
    });
  });

  it("takes nothing over from another day, nor where nothing was stored", () => {
    const before = new DayUsage(NOON);
    before.addTokens(10, NOON);
    const after = new DayUsage(at(16, 8));
    assert.equal(after.restore(before.at(NOON), at(16, 8)), true);
    assert.equal(after.restore(undefined, at(16, 8)), true);
    assert.equal(after.restore(null, at(16, 8)), true);
    assert.equal(after.at(at(16, 8)).tokens, 0);
  });

  for (const stored of [
    5,
    "2026-07-15",
    [],
    { day: "2026-07-15" },
    { day: "2026-07-15", connectedMs: "1", tokens: 1 },
    { day: "2026-07-15", connectedMs: 1, tokens: -1 },
    { day: "2026-07-15", connectedMs: NaN, tokens: 1 },
    { day: 15, connectedMs: 1, tokens: 1 },
  ]) {
    it(`says that it cannot read ${JSON.stringify(stored)}`, () => {
      const day = new DayUsage(NOON);
      assert.equal(day.restore(stored, NOON), false);
      assert.equal(day.at(NOON).connectedMs, 0);
    });
  }
});
