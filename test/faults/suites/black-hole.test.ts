import type { Direction } from "../chaos-proxy";
import { faultSuite } from "../suite";
import { World } from "../world";

const FOUND_WITHIN_MS = 25_000;
const BACK_WITHIN_MS = 2_000;
const KEY = "caller";
/** What a test can tell apart. */
const STEP_MS = 20;

const HOLES: readonly (readonly Direction[])[] = [
  ["up"],
  ["down"],
  ["up", "down"],
];

/** The network takes bytes and delivers none, and nobody says so. */
faultSuite(
  "Black-holed link",
  { quick: 6, full: 150 },
  async (count, random) => {
    const world = await World.create(random);
    let [slowestFoundMs, slowestBackMs] = [0, 0];
    const isReady = (): boolean => world.isReady(KEY);
    try {
      world.begin(KEY);
      await world.until("ready", BACK_WITHIN_MS, isReady);
      for (let each = 0; each < count; each++) {
        // Anywhere between two pings.
        await world.pass(6_000 + random.between(0, 15_000));
        // Where a conversation is under way the last word of the service comes a little later than the hole.
        if (random.chance(0.5))
          await world.speak(KEY, () => random.chance(0.05));
        let heardAt = world.time.now;
        const [session] = world.ledger.readyOf(KEY);
        const directions = HOLES[each % HOLES.length] ?? [];
        if (!directions.includes("down"))
          session?.on("server", () => (heardAt = world.time.now));
        world.network.swallow(directions);
        await world.until(
          `a hole ${directions.join(" and ")} to be found`,
          2 * FOUND_WITHIN_MS,
          () =>
            world.hub.get(KEY)?.state.name !== "ready" ||
            world.time.now - heardAt > FOUND_WITHIN_MS + STEP_MS,
        );
        slowestFoundMs = Math.max(slowestFoundMs, world.time.now - heardAt);
        world.ledger.ending(session);
        world.network.heal();
        slowestBackMs = Math.max(
          slowestBackMs,
          await world.until("ready again", BACK_WITHIN_MS, isReady),
        );
        await world.turn(KEY);
      }
      return {
        count,
        figure: `found after ${slowestFoundMs} ms at most, ready again ${slowestBackMs} ms after the network`,
      };
    } finally {
      await world.close();
    }
  },
);
