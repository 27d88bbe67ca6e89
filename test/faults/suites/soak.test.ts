import assert from "node:assert/strict";
import type { Random } from "../../support/random";
import { heldBytes, inMb } from "../heap";
import { faultSuite, type Finding } from "../suite";
import { CHUNK_MS, MIC, SPOKEN, World } from "../world";

const CONVERSATIONS = 10;
const TURN_EVERY_MS = 7_500;
const FAULT_EVERY_MS = 60_000;
const CODES = [1000, 1001, 1009, 1011, 1012, 1013, 4000];
const SAMPLE_EVERY_MS = 10_000;
const WARM_UP = 0.25;

interface Size {
  readonly minutes: number;
  readonly time: "test" | "real";
  /** On the test's time the machine does not count. */
  readonly backWithinMs: number;
  /** From the beginning of the question, which takes up to 1.4 s; a reply takes less than a second. */
  readonly answerWithinMs: number;
  /** Growth of the memory over the whole run; a short one is all warming up. */
  readonly mostGrowthMb: number;
}

interface Turn {
  readonly startedAt: number;
  readonly expects: number;
  readonly isSpoken: boolean;
  /** Chunks of the question that were spoken. */
  spoken: number;
  wasHit: boolean;
}

/** Someone who asks every few seconds, in turn by voice and by hand, and loses the session once a minute. */
class Caller {
  readonly #world: World;
  readonly #random: Random;
  readonly key: string;
  #turn: Turn | undefined;
  #nextTurnAt: number;
  #minuteAt: number;
  #faultAt: number;
  #struckAt: number | undefined;
  readonly counts = { turns: 0, hit: 0, answeredThoughHit: 0, faults: 0 };
  slowestBackMs = 0;

  constructor(world: World, key: string) {
    this.#world = world;
    this.#random = world.random;
    this.key = key;
    this.#nextTurnAt = world.time.now + this.#random.between(0, TURN_EVERY_MS);
    this.#minuteAt = world.time.now;
    this.#faultAt = this.#nextFault();
  }

  step(size: Size): void {
    const { now } = this.#world.time;
    this.#watchRecovery(now, size.backWithinMs);
    if (now >= this.#faultAt) this.#strike(now);
    if (this.#turn) this.#goOn(this.#turn, now, size.answerWithinMs);
    else if (now >= this.#nextTurnAt) this.#turn = this.#ask(now);
  }

  #nextFault(): number {
    return this.#minuteAt + this.#random.between(6_000, FAULT_EVERY_MS - 6_000);
  }

  #strike(now: number): void {
    this.#minuteAt += FAULT_EVERY_MS;
    this.#faultAt = this.#nextFault();
    this.#struckAt = now;
    // It may be over before the next look.
    if (this.#turn) this.#turn.wasHit = true;
    this.counts.faults++;
    for (const session of this.#world.ledger.readyOf(this.key)) {
      this.#world.ledger.ending(session);
      if (this.#random.chance(0.5)) session.drop();
      else session.close(this.#random.pick(CODES));
    }
  }

  #watchRecovery(now: number, backWithinMs: number): void {
    const isReady = this.#world.isReady(this.key);
    if (this.#turn && !isReady) this.#turn.wasHit = true;
    if (this.#struckAt === undefined) return;
    const tookMs = now - this.#struckAt;
    assert.ok(tookMs <= backWithinMs, `${this.key} is not back`);
    if (!isReady) return;
    this.slowestBackMs = Math.max(this.slowestBackMs, tookMs);
    this.#struckAt = undefined;
  }

  #ask(now: number): Turn {
    this.#nextTurnAt += TURN_EVERY_MS;
    const isSpoken = this.counts.turns++ % 2 === 0;
    if (!isSpoken) this.#world.type(this.key);
    return {
      startedAt: now,
      isSpoken,
      spoken: 0,
      // The spoken question is answered with a call and then with words.
      expects: this.#world.repliesOf(this.key) + (isSpoken ? 2 : 1),
      wasHit: !this.#world.isReady(this.key),
    };
  }

  #goOn(turn: Turn, now: number, answerWithinMs: number): void {
    const chunk = turn.isSpoken ? SPOKEN[turn.spoken++] : undefined;
    if (chunk) this.#world.hub.open(this.key).appendAudio(chunk, MIC);
    const isAnswered = this.#world.repliesOf(this.key) >= turn.expects;
    if (!isAnswered && now - turn.startedAt < answerWithinMs) return;
    assert.ok(isAnswered || turn.wasHit, `${this.key} has no answer`);
    if (turn.wasHit) this.counts.hit++;
    if (turn.wasHit && isAnswered) this.counts.answeredThoughHit++;
    this.#turn = undefined;
  }
}

async function soak(size: Size, random: Random): Promise<Finding> {
  const world = await World.create(random, {
    handshakesPerMinute: 30,
    time: size.time,
  });
  try {
    const keys = Array.from({ length: CONVERSATIONS }, (_, n) => `caller ${n}`);
    for (const key of keys) world.begin(key);
    await world.until("all ready", 20_000, () =>
      keys.every((key) => world.isReady(key)),
    );
    const callers = keys.map((key) => new Caller(world, key));
    const memory = new MemoryWatch();
    const endsAt = world.time.now + size.minutes * 60_000;
    for (let sampleAt = 0; world.time.now < endsAt;) {
      for (const caller of callers) caller.step(size);
      await world.pass(CHUNK_MS);
      if (world.time.now < sampleAt) continue;
      sampleAt = world.time.now + SAMPLE_EVERY_MS;
      memory.sample(world.time.now);
    }
    await world.until("all ready in the end", size.backWithinMs, () =>
      keys.every((key) => world.isReady(key)),
    );
    assert.deepEqual(world.ledger.duplicates, []);
    return report(callers, memory.judge(size.mostGrowthMb));
  } finally {
    await world.close();
  }
}

function report(callers: readonly Caller[], memory: string): Finding {
  const sum = (of: keyof Caller["counts"]): number =>
    callers.reduce((total, { counts }) => total + counts[of], 0);
  const slowestMs = Math.max(
    ...callers.map(({ slowestBackMs }) => slowestBackMs),
  );
  assert.ok(sum("faults") > 0 && sum("turns") > sum("hit"));
  return {
    count: sum("turns"),
    figure: `${sum("turns") - sum("hit")} turns not hit all answered, ${sum("answeredThoughHit")} of ${sum("hit")} others, back after ${sum("faults")} of ${sum("faults")} faults within ${Math.round(slowestMs)} ms, ${memory}`,
  };
}

/** Resident memory over time, as a straight line. */
class MemoryWatch {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  sample(at: number): void {
    // Without what is garbage already, so that the moment does not count.
    heldBytes();
    this.#samples.push({ at, bytes: process.memoryUsage.rss() });
  }

  judge(mostGrowthMb: number): string {
    const warm = this.#samples.slice(
      Math.floor(this.#samples.length * WARM_UP),
    );
    const slope = slopeOf(warm);
    const spanMs = (warm.at(-1)?.at ?? 0) - (warm[0]?.at ?? 0);
    const growth = slope * spanMs;
    assert.ok(
      growth < mostGrowthMb * 1024 * 1024,
      `memory grew by ${inMb(growth)}`,
    );
    return `memory ${inMb(slope * 60_000)} a minute`;
  }
}

/** Least squares. @returns bytes per ms */
function slopeOf(
  samples: readonly { readonly at: number; readonly bytes: number }[],
): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanAt = mean(samples.map(({ at }) => at));
  const meanBytes = mean(samples.map(({ bytes }) => bytes));
  let [both, square] = [0, 0];
  for (const { at, bytes } of samples) {
    both += (at - meanAt) * (bytes - meanBytes);
    square += (at - meanAt) ** 2;
  }
  return square === 0 ? 0 : both / square;
}

faultSuite(
  "Soak: 10 conversations, 8 turns and a fault a minute each",
  {
    quick: {
      minutes: 1,
      time: "test",
      backWithinMs: 2_000,
      answerWithinMs: 5_000,
      mostGrowthMb: 30,
    },
    full: {
      minutes: 20,
      time: "real",
      backWithinMs: 10_000,
      answerWithinMs: 20_000,
      mostGrowthMb: 10,
    },
  } satisfies { quick: Size; full: Size },
  soak,
);
