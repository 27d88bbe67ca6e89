import assert from "node:assert/strict";
import {
  describeReached,
  NO_COST_LIMITS,
  reachedByConversation,
  reachedByDay,
} from "../../lib/client/cost-limits";

const spent = (minutes: number, tokens: number) => ({
  connectedMs: minutes * 60_000,
  tokens,
});

describe("cost limits", () => {
  it("are none when they are 0", () => {
    const much = spent(1e9, 1e12);
    assert.equal(reachedByConversation(NO_COST_LIMITS, much), undefined);
    assert.equal(reachedByDay(NO_COST_LIMITS, much), undefined);
  });

  for (const [limit, reachedBy, below, at, text] of [
    [
      { maxMinutes: 5 },
      reachedByConversation,
      spent(4.999, 1e9),
      spent(5, 0),
      "The limit of 5 minutes a conversation is reached",
    ],
    [
      { maxTokens: 1_000 },
      reachedByConversation,
      spent(1e9, 999),
      spent(0, 1_000),
      "The limit of 1000 tokens a conversation is reached",
    ],
    [
      { dayMinutes: 0.5 },
      reachedByDay,
      spent(0.49, 1e9),
      spent(0.5, 0),
      "The limit of 0.5 minutes a day is reached",
    ],
    [
      { dayTokens: 7 },
      reachedByDay,
      spent(1e9, 6),
      spent(0, 8),
      "The limit of 7 tokens a day is reached",
    ],
  ] as const) {
    const [name, value] = Object.entries(limit)[0] ?? [];
    it(`${name} is reached at its value`, () => {
      const limits = { ...NO_COST_LIMITS, ...limit };
      assert.equal(reachedBy(limits, below), undefined);
      const reached = reachedBy(limits, at);
      assert.deepEqual(reached, { limit: name, value });
      assert.equal(reached && describeReached(reached), text);
    });
  }
});
