import assert from "node:assert/strict";
import type { Random } from "../../support/random";
import { faultSuite, type Finding } from "../suite";
import { World } from "../world";

const PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const ALL_BACK_WITHIN_MS = 4 * MINUTE_MS;
/** As many as can be back at once. */
const ACTIVE = 20;

interface Size {
  readonly conversations: number;
  readonly drops: number;
}

/** Conversations that lose their sessions in the same moment, some of them in the middle of a turn. */
async function dropTogether(size: Size, random: Random): Promise<Finding> {
  const world = await World.create(random, { handshakesPerMinute: PER_MINUTE });
  try {
    const keys = Array.from(
      { length: size.conversations },
      (_, index) => `caller ${index}`,
    );
    const areReady = (some: readonly string[]): boolean =>
      some.every((key) => world.isReady(key));
    for (const key of keys) world.begin(key);
    await world.until("all ready", ALL_BACK_WITHIN_MS, () => areReady(keys));
    let [slowestMs, slowestActiveMs] = [0, 0];
    for (let drop = 0; drop < size.drops; drop++) {
      await world.pass(MINUTE_MS + 10_000);
      const active = random.shuffled(keys).slice(0, ACTIVE);
      for (const key of active) world.type(key);
      world.service.dropAll();
      await world.until(
        "all lost",
        1_000,
        () => !keys.some((key) => world.isReady(key)),
      );
      const activeMs = await world.until("the active ones ready", 2_000, () =>
        areReady(active),
      );
      const restMs = await world.until(
        "all ready",
        ALL_BACK_WITHIN_MS - activeMs,
        () => areReady(keys),
      );
      slowestActiveMs = Math.max(slowestActiveMs, activeMs);
      slowestMs = Math.max(slowestMs, activeMs + restMs);
    }
    const most = mostInAMinute(world.service.handshakes);
    assert.ok(most <= PER_MINUTE, `${most} handshakes in a minute`);
    assert.deepEqual(world.ledger.duplicates, []);
    return {
      count: size.conversations * size.drops,
      figure: `${most} handshakes in any minute at most, all ready after ${Math.round(slowestMs / 1_000)} s, active callers after ${slowestActiveMs} ms`,
    };
  } finally {
    await world.close();
  }
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(
    ...times.map(
      (from) =>
        times.filter((at) => at >= from && at < from + MINUTE_MS).length,
    ),
  );
}

faultSuite(
  "100 conversations dropped together",
  {
    quick: { conversations: 100, drops: 1 },
    full: { conversations: 100, drops: 5 },
    // Handshakes that were slow on their way made 38 in a minute.
    failedSeeds: [9],
  },
  dropTogether,
);
