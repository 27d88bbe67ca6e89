import assert from "node:assert/strict";
import { startSimulator } from "../../lib/simulator";
import { nextTurn, until } from "../client/loopback";
import { hubOn } from "../support/room-hub";
import type { Random } from "../support/random";
import { collectGarbage, heldBytes, inMb } from "./heap";
import type { Finding } from "./suite";

const AT_ONCE = 20;
/** Code that is compiled and shapes that are learned on the way. */
const WARM_UP = 40;
const MAX_GROWTH_BYTES = 3 * 1024 * 1024;
/** Objects are found to be garbage after the timers and sockets that knew them are gone. */
const MAX_COLLECTIONS = 200;

/** Opens and ends conversations at any moment of their lives; nothing may remember them. */
export async function forgetConversations(
  conversations: number,
  random: Random,
): Promise<Finding> {
  const simulator = await startSimulator({ speed: Infinity });
  const hub = hubOn(simulator, { maxConversations: AT_ONCE });
  hub.addOutlet({
    options: { mode: "paced", leadMs: 200, chunkMs: 40, sampleRate: 16_000 },
    audio: () => undefined,
    playback: () => undefined,
  });
  const known: WeakRef<object>[] = [];
  const live = async (key: string): Promise<void> => {
    const conversation = hub.open(key);
    known.push(new WeakRef(conversation));
    conversation.connect();
    const moment = random.between(0, 3);
    if (moment > 0) await until(() => conversation.state.name === "ready");
    if (moment > 1) conversation.respond();
    if (moment > 2) await until(() => conversation.phase === "speaking");
    hub.end(key);
  };
  const liveAll = async (count: number): Promise<void> => {
    for (let begun = 0; begun < count; begun += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          live(`${begun}-${index}`),
        ),
      );
  };
  try {
    await liveAll(WARM_UP);
    await expectForgotten(known);
    const before = heldBytes();
    await liveAll(conversations);
    await expectForgotten(known);
    const grownBytes = heldBytes() - before;
    assert.ok(grownBytes < MAX_GROWTH_BYTES, inMb(grownBytes));
    await until(() => simulator.sessions.length === 0);
    const figure = `none remembered, heap ${inMb(grownBytes)}`;
    return { count: conversations, figure };
  } finally {
    hub.close();
    await simulator.close();
  }
}

async function expectForgotten(
  known: readonly WeakRef<object>[],
): Promise<void> {
  const remembered = (): number =>
    known.filter((each) => each.deref() !== undefined).length;
  for (let turn = 0; turn < MAX_COLLECTIONS && remembered() > 0; turn++) {
    await nextTurn();
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  assert.equal(remembered(), 0, "conversations that somebody remembers");
}
