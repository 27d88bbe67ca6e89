import assert from "node:assert/strict";
import type { Conversation } from "../../../lib/client";
import { faultSuite } from "../suite";
import { World } from "../world";

const KEY = "caller";
/** As long as a socket that is let go may still be open. */
const LATE_MS = 1_500;

/** Which session said what, and whether the flow was told of something after a later session had begun to speak. */
class Gossip {
  /** Sessions are counted as they come. */
  readonly #saidBy = new Map<string, number>();
  readonly #told = new Set<string>();
  readonly stale: string[] = [];
  #sessions = 0;
  #newest = 0;

  constructor(world: World) {
    world.service.simulator.on("session", (session) => {
      const number = ++this.#sessions;
      session.on("server", ({ event_id: id }) =>
        this.#saidBy.set(String(id), number),
      );
    });
    world.hub.on("raw", (_conversation, event) => this.#hear(event));
  }

  /** What was said so far and the flow was not told: it was on its way when its session was let go. */
  get unheard(): number {
    return [...this.#saidBy.keys()].filter((id) => !this.#told.has(id)).length;
  }

  #hear({ type, event_id: id }: { type: string; event_id?: unknown }): void {
    this.#told.add(String(id));
    const by = this.#saidBy.get(String(id)) ?? 0;
    if (by < this.#newest) this.stale.push(`${type} of session ${by}`);
    this.#newest = Math.max(this.#newest, by);
  }
}

/** Lets go of the session and takes another, while what the old one says is still on its way. */
async function replace(
  world: World,
  conversation: Conversation,
): Promise<void> {
  world.network.shape({ latencyMs: LATE_MS }, ["down"]);
  if (world.random.chance(0.5)) world.type(KEY);
  else conversation.respond();
  await world.pass(world.random.between(20, 400));
  // What is under way keeps its time of arrival; the next session has a quick network.
  world.network.shape({ latencyMs: 0 });
  conversation.disconnect();
  await world.pass(world.random.between(0, 40));
  conversation.connect();
  await world.until("the next session", LATE_MS, () => isUp(conversation));
}

function isUp(conversation: Conversation): boolean {
  return conversation.state.name === "ready";
}

faultSuite(
  "Late events of an old socket",
  { quick: 25, full: 500 },
  async (count, random) => {
    const world = await World.create(random);
    const gossip = new Gossip(world);
    try {
      const conversation = world.begin(KEY);
      await world.until("ready", 2_000, () => world.isReady(KEY));
      for (let each = 0; each < count; each++) {
        await replace(world, conversation);
        // A storm: the next is let go, or cut, before the late ones have come.
        const next = random.pick(["replaced", "cut", "kept", "kept"]);
        if (next === "replaced") await replace(world, conversation);
        if (next === "cut") world.service.dropAll();
        await world.pass(LATE_MS + 500);
        await world.until("ready", 2_000, () => isUp(conversation));
        await world.turn(KEY);
        assert.deepEqual(gossip.stale, []);
        // Long enough to count as a session that works.
        await world.pass(6_000);
      }
      const { unheard } = gossip;
      assert.ok(unheard > count, `${unheard} late events`);
      return { count, figure: `${unheard} late events, none of them told` };
    } finally {
      await world.close();
    }
  },
);
