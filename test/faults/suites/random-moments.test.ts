import assert from "node:assert/strict";
import type { MomentStep } from "../../../lib/simulator";
import type { Random } from "../../support/random";
import { faultSuite, type Finding } from "../suite";
import { World } from "../world";

/** Moments of a spoken turn with a function call, and how often each comes at least. */
const MOMENTS: readonly (readonly [moment: string, times: number])[] = [
  ["input_audio_buffer.speech_started", 1],
  ["input_audio_buffer.speech_stopped", 1],
  ["input_audio_buffer.committed", 1],
  ["conversation.item.created", 3],
  ["conversation.item.input_audio_transcription.delta", 3],
  ["conversation.item.input_audio_transcription.completed", 1],
  ["response.created", 2],
  ["response.output_item.added", 3],
  ["response.content_part.added", 2],
  ["response.audio_transcript.delta", 12],
  ["response.audio.delta", 13],
  ["response.audio.done", 2],
  ["response.output_item.done", 3],
  ["response.function_call_arguments.delta", 1],
  ["response.function_call_arguments.done", 1],
  ["response.done", 2],
];
const CODES = [1000, 1001, 1003, 1007, 1009, 1011, 1012, 1013, 3008, 4000];
const BACK_WITHIN_MS = 2_000;
/** A spoken turn with its function call, and some time after it. */
const TURN_MS = 3_500;
const KEY = "caller";

interface Fault {
  readonly name: string;
  /** Makes it happen, at once or at its moment; `struck` is called then. */
  readonly strike: (struck: () => void) => void;
  /** How long it takes until the client can know of it, beside the way of a byte. */
  readonly lastsMs?: number;
  /** Brings the network back; for those that take it away. */
  readonly mend?: () => Promise<void>;
}

/** A conversation over a bad network, struck once in each turn. */
class Trial {
  readonly #random: Random;
  readonly #world: World;
  readonly #kinds = [
    () => this.#atMoment(),
    () => this.#atMoment(),
    () => this.#atAnyTime("reset", () => this.#world.network.reset()),
    () =>
      this.#atAnyTime("half-close up", () =>
        this.#world.network.halfClose("up"),
      ),
    () =>
      this.#atAnyTime("half-close down", () =>
        this.#world.network.halfClose("down"),
      ),
    () => this.#outage(),
  ];
  #slowCloseMs = 0;
  slowestMs = 0;
  slowestAfterOutageMs = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random;
  }

  async survive(): Promise<void> {
    const world = this.#world;
    this.#changeNetwork();
    const fault = this.#random.pick(this.#kinds)();
    let hasStruck = false;
    fault.strike(() => (hasStruck = true));
    await world.speak(KEY, () => hasStruck);
    await world.until(`${fault.name} to come`, 30_000, () => hasStruck);
    await fault.mend?.();
    await world.pass((fault.lastsMs ?? 0) + this.#slowCloseMs);
    const tookMs = await world.until(
      `ready after ${fault.name}`,
      BACK_WITHIN_MS,
      () => world.isReady(KEY),
    );
    if (fault.mend)
      this.slowestAfterOutageMs = Math.max(this.slowestAfterOutageMs, tookMs);
    else this.slowestMs = Math.max(this.slowestMs, tookMs);
    await world.turn(KEY);
    await world.pass(6_000);
    assert.ok(world.isReady(KEY), `one session after ${fault.name}`);
    assert.deepEqual(world.ledger.duplicates, []);
  }

  #changeNetwork(): void {
    const random = this.#random;
    this.#world.network.shape({
      latencyMs: random.between(0, 80),
      jitterMs: random.between(0, 40),
      pieceBytes: random.chance(0.3) ? random.between(1, 500) : Infinity,
    });
    this.#slowCloseMs = random.chance(0.3) ? random.between(1, 500) : 0;
    this.#world.network.closeSlowly(this.#slowCloseMs);
  }

  #atMoment(): Fault {
    const random = this.#random;
    const [moment, times] = random.pick(MOMENTS);
    const nth = random.between(1, times);
    const steps = this.#steps();
    const [first] = steps;
    return {
      lastsMs: first && "stall" in first ? first.stall : 0,
      name: `${JSON.stringify(steps)} at ${moment} ${nth}`,
      strike: (struck) => {
        const onStrike = (
          session: Parameters<World["ledger"]["ending"]>[0],
        ) => {
          struck();
          this.#world.ledger.ending(session);
        };
        this.#world.service.arm(moment, steps, onStrike, nth);
      },
    };
  }

  #steps(): MomentStep[] {
    const random = this.#random;
    const before: MomentStep[] = [];
    if (random.chance(0.3)) before.push({ stall: random.between(1, 1_000) });
    if (random.chance(0.3)) before.push({ fail: { code: "server_error" } });
    return [
      ...before,
      random.chance(0.4) ? { drop: true } : { close: random.pick(CODES) },
    ];
  }

  #atAnyTime(name: string, happen: () => void): Fault {
    const afterMs = this.#random.between(0, TURN_MS);
    return {
      name: `${name} after ${afterMs} ms`,
      strike: (struck) =>
        setTimeout(() => {
          struck();
          // The service hears of it later than the client, who may be back by then.
          for (const session of this.#world.ledger.readyOf(KEY))
            this.#world.ledger.ending(session);
          happen();
        }, afterMs),
    };
  }

  #outage(): Fault {
    const lastsMs = this.#random.between(1, 90_000);
    return {
      ...this.#atAnyTime(`outage of ${lastsMs} ms`, () => {
        this.#world.network.takeDown();
        this.#world.network.reset();
      }),
      mend: async () => {
        await this.#world.pass(lastsMs);
        this.#world.network.heal();
      },
    };
  }
}

async function runAll(random: Random, count: number): Promise<Finding> {
  const world = await World.create(random);
  try {
    const trial = new Trial(world);
    world.begin(KEY);
    await world.until("ready", 2_000, () => world.isReady(KEY));
    await world.pass(6_000);
    for (let each = 0; each < count; each++) await trial.survive();
    return {
      count,
      figure: `0 stuck, 0 duplicate sessions, ready again after ${trial.slowestMs} ms at most, ${trial.slowestAfterOutageMs} ms after an outage`,
    };
  } finally {
    await world.close();
  }
}

faultSuite("Random moments", { quick: 40, full: 1_000 }, (count, random) =>
  runAll(random, count),
);
