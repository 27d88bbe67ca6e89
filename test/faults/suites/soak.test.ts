import assert from "node:assert/strict";
import type { Random } from "../../support/random";
import { heldBytes, heldObjects } from "../heap";
import { faultSuite, type Finding } from "../suite";
import { CHUNK_MS, MIC, SPOKEN, World } from "../world";

const CONVERSATIONS = 10;
const TURN_EVERY_MS = 7_500;
const FAULT_EVERY_MS = 60_000;
const CODES = [1000, 1001, 1009, 1011, 1012, 1013, 4000];
/** After the last reply: until it has been heard, and the sockets of the sessions before are gone. */
const REST_MS = 5_000;

interface Size {
  readonly minutes: number;
  readonly time: "test" | "real";
  /** On the test's time the machine does not count. */
  readonly backWithinMs: number;
  /** From the beginning of the question, which takes up to 1.4 s; a reply takes less than a second. */
  readonly answerWithinMs: number;
  /** From one look at the memory to the next. */
  readonly lookEveryMs: number;
  /** Until the conversations remember as much as they ever will: 50 items each. */
  readonly warmUpMs: number;
  /** What is held more with each turn, or with every other, which calls a function; a short run is all warming up. */
  readonly mostObjectsPerTurn: number;
  /** Room for the ids of answered calls, 500 in each conversation, and for compiled code. */
  readonly mostBytesPerTurn: number;
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

  /** Nothing is under way. */
  get isAtRest(): boolean {
    return !this.#turn && this.#struckAt === undefined;
  }

  step(size: Size): void {
    const { now } = this.#world.time;
    if (now >= this.#faultAt) this.#strike(now);
    if (!this.#turn && now >= this.#nextTurnAt) this.#turn = this.#ask(now);
    this.finish(size);
  }

  /** Goes on with what is under way, and begins nothing. */
  finish(size: Size): void {
    const { now } = this.#world.time;
    this.#watchRecovery(now, size.backWithinMs);
    if (this.#turn) this.#goOn(this.#turn, now, size.answerWithinMs);
  }

  /** The next session knows what the client remembers; what the service itself has kept is gone. */
  loseSession(): void {
    this.#struckAt = this.#world.time.now;
    for (const session of this.#world.ledger.readyOf(this.key)) {
      this.#world.ledger.ending(session);
      session.drop();
    }
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
    let lookAt = world.time.now + size.warmUpMs;
    while (world.time.now < endsAt) {
      for (const caller of callers) caller.step(size);
      await world.pass(CHUNK_MS);
      if (world.time.now < lookAt) continue;
      await rest(world, callers, size);
      memory.look(sumOf(callers, "turns"));
      lookAt = world.time.now + size.lookEveryMs;
    }
    await rest(world, callers, size);
    memory.look(sumOf(callers, "turns"));
    assert.deepEqual(world.ledger.duplicates, []);
    return report(callers, memory.judge(size));
  } finally {
    await world.close();
  }
}

/** Everybody waits, in a new session: the same state each time, whatever came before it. */
async function rest(
  world: World,
  callers: readonly Caller[],
  size: Size,
): Promise<void> {
  const settle = async (): Promise<void> => {
    while (callers.some((caller) => !caller.isAtRest)) {
      for (const caller of callers) caller.finish(size);
      await world.pass(CHUNK_MS);
    }
  };
  await settle();
  await world.pass(REST_MS);
  for (const caller of callers) caller.loseSession();
  await settle();
  await world.pass(REST_MS);
}

function sumOf(
  callers: readonly Caller[],
  count: keyof Caller["counts"],
): number {
  return callers.reduce((total, { counts }) => total + counts[count], 0);
}

function report(callers: readonly Caller[], memory: string): Finding {
  const [turns, hit, faults] = (["turns", "hit", "faults"] as const).map(
    (count) => sumOf(callers, count),
  ) as [number, number, number];
  const slowestMs = Math.max(
    ...callers.map(({ slowestBackMs }) => slowestBackMs),
  );
  assert.ok(faults > 0 && turns > hit);
  return {
    count: turns,
    figure: `${turns - hit} turns not hit all answered, ${sumOf(callers, "answeredThoughHit")} of ${hit} others, back after ${faults} of ${faults} faults within ${Math.round(slowestMs)} ms, ${memory}`,
  };
}

interface Look {
  readonly turns: number;
  readonly objects: number;
  readonly bytes: number;
}

/** What is held after garbage collection, by turns, as a straight line. Resident memory tells more of the allocator than of leaks. */
class MemoryWatch {
  readonly #looks: Look[] = [];

  look(turns: number): void {
    const bytes = heldBytes();
    this.#looks.push({ turns, objects: heldObjects(), bytes });
  }

  judge(size: Size): string {
    const objects = this.#slopeOf("objects");
    const bytes = this.#slopeOf("bytes");
    const figure = `memory ${objects.toFixed(2)} objects and ${Math.round(bytes)} bytes a turn`;
    assert.ok(objects < size.mostObjectsPerTurn, `${figure}: it grows`);
    assert.ok(bytes < size.mostBytesPerTurn, `${figure}: it grows`);
    return figure;
  }

  /** Least squares. @returns growth with each turn */
  #slopeOf(what: "objects" | "bytes"): number {
    const mean = (of: keyof Look): number =>
      this.#looks.reduce((sum, look) => sum + look[of], 0) / this.#looks.length;
    const [meanTurns, meanHeld] = [mean("turns"), mean(what)];
    let [both, square] = [0, 0];
    for (const look of this.#looks) {
      both += (look.turns - meanTurns) * (look[what] - meanHeld);
      square += (look.turns - meanTurns) ** 2;
    }
    assert.ok(square > 0, "Expected looks at different numbers of turns");
    return both / square;
  }
}

faultSuite(
  "Soak: 10 conversations, 8 turns and a fault a minute each",
  {
    quick: {
      minutes: 2,
      time: "test",
      backWithinMs: 2_000,
      answerWithinMs: 5_000,
      lookEveryMs: 60_000,
      warmUpMs: 60_000,
      mostObjectsPerTurn: 40,
      mostBytesPerTurn: 6_000,
    },
    full: {
      minutes: 20,
      time: "real",
      backWithinMs: 10_000,
      answerWithinMs: 20_000,
      lookEveryMs: 3 * 60_000,
      warmUpMs: 5 * 60_000,
      mostObjectsPerTurn: 0.25,
      mostBytesPerTurn: 300,
    },
  } satisfies { quick: Size; full: Size },
  soak,
);
