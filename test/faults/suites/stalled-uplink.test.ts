import assert from "node:assert/strict";
import type { Random } from "../../support/random";
import { faultSuite } from "../suite";
import { CHUNK_MS, MIC, World } from "../world";

const STALL_MS = 60_000;
const MOST_HELD_MS = 2_000;
/** Two times real time; a chunk begins before the second and one ends after it. */
const MOST_PER_SECOND_MS = 2_000 + 2 * CHUNK_MS;
const KEY = "caller";
const QUIET = Buffer.alloc(48 * CHUNK_MS);
interface Arrival {
  readonly at: number;
  readonly ms: number;
}

/** A microphone that is on all the time, over a link that takes nothing for a minute. */
class Stall {
  readonly #world: World;
  #arrivals: Arrival[] = [];
  fastestMs = 0;
  mostHeldMs = 0;

  constructor(world: World) {
    this.#world = world;
    world.service.simulator.on("session", (session) =>
      session.on("client", (event) => {
        // What was on its way to a session that the conversation has given up arrives late, and is not held by it.
        const conversation = world.hub.get(KEY);
        if (conversation?.state.name !== "ready") return;
        if (conversation.sessionId !== session.id) return;
        if (event.type !== "input_audio_buffer.append") return;
        const bytes = Buffer.byteLength(event.audio, "base64");
        this.#arrivals.push({ at: world.time.now, ms: bytes / 48 });
      }),
    );
  }

  async survive(random: Random): Promise<void> {
    const world = this.#world;
    await world.pass(5_000 + random.between(0, 20_000));
    const [stalled] = world.ledger.readyOf(KEY);
    world.network.shape({ bytesPerSecond: 0 }, ["up"]);
    await world.pass(STALL_MS);
    world.ledger.ending(stalled);
    this.#arrivals = [];
    world.network.heal();
    await world.until("audio again", 32_000, () => this.#arrivals.length > 0);
    await world.pass(10_000);
    this.#judge(this.#arrivals);
  }

  #judge(arrivals: readonly Arrival[]): void {
    const [first] = arrivals;
    assert.ok(first);
    const untilNow = arrivals.reduce((sum, { ms }) => sum + ms, 0);
    const heldMs = untilNow - (this.#world.time.now - first.at);
    const mostMs = Math.max(
      ...arrivals.map(({ at: from }) =>
        arrivals
          .filter(({ at }) => at >= from && at < from + 1_000)
          .reduce((sum, { ms }) => sum + ms, 0),
      ),
    );
    assert.ok(heldMs <= MOST_HELD_MS + 2 * CHUNK_MS, `${heldMs} ms were held`);
    assert.ok(
      mostMs <= MOST_PER_SECOND_MS,
      `${mostMs} ms of audio came in one second`,
    );
    this.mostHeldMs = Math.max(this.mostHeldMs, heldMs);
    this.fastestMs = Math.max(this.fastestMs, mostMs);
  }
}

faultSuite(
  "Uplink stalled 60 s",
  { quick: 1, full: 20 },
  async (count, random) => {
    const world = await World.create(random);
    let droppedMs = 0;
    world.onLife = (_conversation, { kind, payload }) => {
      if (kind === "turn") droppedMs = Number(payload["uplink_dropped_ms"]);
    };
    try {
      const conversation = world.begin(KEY);
      await world.until("ready", 2_000, () => world.isReady(KEY));
      const microphone = setInterval(
        () => conversation.appendAudio(QUIET, MIC),
        CHUNK_MS,
      );
      const stall = new Stall(world);
      for (let each = 0; each < count; each++) await stall.survive(random);
      clearInterval(microphone);
      await world.turn(KEY);
      // The link is found dead after 25 s at most, and its last two seconds are kept.
      assert.ok(droppedMs > 0.5 * STALL_MS * count, `${droppedMs} ms dropped`);
      return {
        count,
        figure: `${stall.mostHeldMs} ms held at most, then ${stall.fastestMs} ms of audio in a second at most, ${Math.round(droppedMs / 1_000)} s dropped and told`,
      };
    } finally {
      await world.close();
    }
  },
);
