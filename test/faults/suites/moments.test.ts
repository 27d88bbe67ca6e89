import assert from "node:assert/strict";
import type { MomentStep } from "../../../lib/simulator";
import type { Random } from "../../support/random";
import { faultSuite, type Finding } from "../suite";
import { World } from "../world";

/** Moments of a conversation that is being opened, and of a spoken turn with a function call. */
const OPENING = ["handshake", "session.created", "session.updated"] as const;
const TALKING = [
  "input_audio_buffer.speech_started",
  "input_audio_buffer.speech_stopped",
  "input_audio_buffer.committed",
  "conversation.item.created",
  "conversation.item.input_audio_transcription.completed",
  "response.created",
  "response.audio.delta",
  "response.function_call_arguments.done",
  "response.done",
] as const;
const MOMENTS = [...OPENING, ...TALKING];

/** 1006 is what a cut connection looks like; a close frame cannot carry it. */
const CODES = [1000, 1001, 1003, 1006, 1008, 1009, 1011, 1012, 1013, 4000];

/** The service asks not to be called again: the cause is named, and it is tried once a minute. */
const POLICY = 1008;
const BACK_WITHIN_MS = 2_000;
const SLOW_RETRY_MS = 62_000;
const KEY = "caller";

interface Fault {
  readonly moment: (typeof MOMENTS)[number];
  readonly nth: number;
  readonly steps: readonly MomentStep[];
  readonly isPolicy: boolean;
}

function closing(moment: Fault["moment"], code: number, nth = 1): Fault {
  // Before there is a socket there is nothing to close: the connection is cut, or the service is not to be had.
  const step: MomentStep =
    moment === "handshake"
      ? code === 1006
        ? { drop: true }
        : { refuse: 503 }
      : code === 1006
        ? { drop: true }
        : { close: code };
  return {
    moment,
    nth,
    steps: [step],
    isPolicy: "close" in step && code === POLICY,
  };
}

function isOpening(moment: Fault["moment"]): boolean {
  return OPENING.some((each) => each === moment);
}

/** What a run over many faults has shown. */
class Watch {
  readonly world: World;
  struck = 0;
  slowestMs = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** One fault, in a conversation that goes on afterwards. */
  async survive(fault: Fault): Promise<void> {
    const { world } = this;
    let hasStruck = false;
    world.service.arm(
      fault.moment,
      fault.steps,
      (session) => {
        hasStruck = true;
        world.ledger.ending(session);
      },
      fault.nth,
    );
    if (isOpening(fault.moment)) world.service.dropAll();
    else await world.speak(KEY, () => hasStruck);
    await world.until(`${fault.moment} to come`, 20_000, () => hasStruck);
    this.struck++;
    await this.#recover(fault);
  }

  async #recover(fault: Fault): Promise<void> {
    const { world } = this;
    const tookMs = await world.until(
      `ready after ${JSON.stringify(fault)}`,
      fault.isPolicy ? SLOW_RETRY_MS : BACK_WITHIN_MS,
      () => world.isReady(KEY),
    );
    if (!fault.isPolicy) this.slowestMs = Math.max(this.slowestMs, tookMs);
    // Long enough that the next fault does not count as a session that never worked.
    await world.turn(KEY);
    await world.pass(6_000);
    assert.ok(world.isReady(KEY), `${JSON.stringify(fault)}: one session`);
    assert.deepEqual(world.ledger.duplicates, []);
  }
}

async function runAll(
  random: Random,
  faults: readonly Fault[],
): Promise<Finding> {
  const world = await World.create(random);
  try {
    const watch = new Watch(world);
    world.begin(KEY);
    await world.until("ready", 2_000, () => world.isReady(KEY));
    await world.pass(6_000);
    for (const fault of faults) await watch.survive(fault);
    return {
      count: watch.struck,
      figure: `0 stuck, 0 duplicate sessions, ready again after ${watch.slowestMs} ms at most`,
    };
  } finally {
    await world.close();
  }
}

faultSuite(
  "10 close codes at 12 moments of the protocol",
  { quick: 24, full: 120 },
  (count, random) => {
    const all = MOMENTS.flatMap((moment) =>
      CODES.map((code) => closing(moment, code)),
    );
    return runAll(random, random.shuffled(all).slice(0, count));
  },
);
