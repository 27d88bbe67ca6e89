import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import type { OutletMode } from "../../lib/client/audio-outlet";
import { Playback, type OutletSource } from "../../lib/client/playback";
import type { AudioPosition } from "../../lib/client/playback-clock";
import { stopClock, type StoppedClock } from "./clock";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };

function positionOf(itemId: string, responseId = "r1"): AudioPosition {
  return { responseId, itemId, contentIndex: 0 };
}
const A = positionOf("a");
const isAudio = (fact: unknown): boolean =>
  Buffer.isBuffer(fact) || fact === FORMAT;
const audioOf = (ms: number): Buffer => Buffer.alloc(ms * 48);

describe("Playback", () => {
  let clock: StoppedClock;
  let playback: Playback;
  let log: string[];

  beforeEach(() => {
    clock = stopClock();
    log = [];
    playback = new Playback({
      setPaused: (isPaused) => log.push(isPaused ? "pause" : "resume"),
      onEnd: () => log.push(`played out @${performance.now()}`),
    });
  });
  afterEach(() => {
    playback.close();
    clock.uninstall();
  });

  function add(mode: OutletMode): OutletSource & { givenMs: number } {
    const source = {
      givenMs: 0,
      options: { mode, leadMs: 200, chunkMs: 40, sampleRate: 24_000 },
      listeners: {
        audio: ({ durationMs }: { durationMs: number }) => {
          source.givenMs += durationMs;
        },
        playback: ({ event }: { event: string }) =>
          void log.push(`${mode} ${event} @${performance.now()}`),
      },
    };
    playback.add(source);
    return source;
  }

  function say(ms: number, position = A): void {
    playback.receive(position, audioOf(ms), FORMAT);
    playback.finishItem(position);
    playback.finishReply(position.responseId);
  }

  const heardMs = (): number[] =>
    playback.interrupt(performance.now()).map((item) => item.heardMs);

  it("gives every outlet all of a reply", () => {
    const sources = (["paced", "received", "reply"] as const).map(add);
    say(500);
    clock.tick(1_000);
    assert.deepEqual(
      sources.map(({ givenMs }) => givenMs),
      [500, 500, 500],
    );
  });

  for (const [modes, leading] of [
    [["reply", "received", "paced"], "paced"],
    [["reply", "received"], "received"],
    [["reply"], "reply"],
  ] as const) {
    it(`believes the ${leading} outlet among ${modes.join(", ")}`, () => {
      modes.forEach((mode) => add(mode));
      playback.receive(A, audioOf(1_000), FORMAT);
      clock.tick(100);
      playback.finishItem(A);
      playback.finishReply("r1");
      clock.tick(50);
      assert.deepEqual(heardMs(), [leading === "reply" ? 50 : 150]);
    });
  }

  it("shows a tap what comes, when it will sound, how a report moves it, and where it stops", () => {
    const seen: unknown[] = [];
    const note =
      (name: string) =>
      (...facts: unknown[]): void =>
        void seen.push([name, ...facts.filter((fact) => !isAudio(fact))]);
    add("received");
    const remove = playback.addTap({
      received: note("received"),
      finished: note("finished"),
      released: note("released"),
      shift: note("shift"),
      stop: note("stop"),
    });
    playback.receive(A, audioOf(100), FORMAT);
    playback.receive(A, audioOf(60), FORMAT);
    playback.finishItem(A);
    clock.tick(50);
    playback.report("a", 30, performance.now());
    playback.interrupt(performance.now());
    remove();
    playback.receive(positionOf("b", "r2"), audioOf(60), FORMAT);
    assert.deepEqual(seen, [
      ["received", "a", 0],
      ["released", "a", 0, 100, 0],
      ["received", "a", 100],
      ["released", "a", 100, 60, 100],
      ["finished", "a"],
      ["shift", 20],
      ["stop", 50],
    ]);
  });

  it("tells once that all was heard, by the leading outlet", () => {
    add("received");
    add("paced");
    say(500);
    clock.tick(1_000);
    assert.deepEqual(
      log.filter((line) => line.startsWith("played out")),
      ["played out @500"],
    );
  });

  it("says what was heard of each item, in playing order", () => {
    add("paced");
    playback.receive(A, audioOf(300), FORMAT);
    playback.finishItem(A);
    playback.receive(positionOf("b"), audioOf(300), FORMAT);
    clock.tick(400);
    assert.deepEqual(
      playback.interrupt(performance.now()).map((item) => ({ ...item })),
      [
        { ...A, receivedMs: 300, heardMs: 300, isComplete: true },
        {
          ...positionOf("b"),
          receivedMs: 300,
          heardMs: 100,
          isComplete: false,
        },
      ],
    );
    assert.deepEqual(heardMs(), []);
    assert.deepEqual(log, ["paced start @0", "paced flush @400"]);
  });

  it("awaits an item until its last sample was heard", () => {
    add("paced");
    playback.receive(A, audioOf(300), FORMAT);
    assert.equal(playback.awaits("a", 9_000), true);
    playback.finishItem(A);
    playback.finishReply("r1");
    clock.tick(298);
    assert.equal(playback.awaits("a", performance.now()), true);
    clock.tick(2);
    assert.equal(playback.awaits("a", performance.now()), false);
    assert.equal(playback.awaits("x", performance.now()), false);
  });

  it("takes nothing for unheard when nobody listens", () => {
    say(1_000);
    assert.equal(playback.hasListeners, false);
    assert.equal(playback.isActive, false);
    assert.equal(playback.awaits("a", 0), false);
    assert.deepEqual(heardMs(), []);
  });

  it("moves estimate and end with the report of a device", () => {
    add("paced");
    say(1_000);
    clock.tick(500);
    assert.equal(playback.report("a", 350, performance.now()), -150);
    assert.equal(playback.report(undefined, 350, performance.now()), 0);
    assert.equal(playback.report("x", 10, performance.now()), 0);
    clock.tick(5_000);
    assert.deepEqual(log, [
      "paced start @0",
      "paced end @1150",
      "played out @1150",
    ]);
  });

  it("cuts at what the device says", () => {
    add("received");
    say(1_000);
    clock.tick(500);
    playback.report("a", 350, performance.now());
    clock.tick(100);
    assert.deepEqual(heardMs(), [450]);
  });

  it("holds the service back above two minutes and lets it go on below one", () => {
    add("paced");
    playback.receive(A, audioOf(120_000), FORMAT);
    assert.deepEqual(log, ["paced start @0"]);
    playback.receive(A, audioOf(1_000), FORMAT);
    assert.deepEqual(log.slice(1), ["pause"]);
    clock.tick(60_700);
    assert.deepEqual(log.slice(1), ["pause"]);
    clock.tick(200);
    assert.deepEqual(log.slice(1), ["pause", "resume"]);
    assert.ok(playback.heldMs <= 60_000);
  });

  it("lets the service go on when what was held is dropped", () => {
    for (const drop of ["interrupt", "remove"] as const) {
      const source = add("paced");
      playback.receive(A, audioOf(121_000), FORMAT);
      log.length = 0;
      if (drop === "interrupt") playback.interrupt(performance.now());
      else playback.remove(source);
      assert.equal(log.at(-1), "resume", drop);
      playback.remove(source);
    }
  });

  it("gives a removed outlet nothing more", () => {
    const source = add("paced");
    playback.receive(A, audioOf(1_000), FORMAT);
    playback.remove(source);
    clock.tick(5_000);
    assert.equal(source.givenMs, 200);
    assert.equal(clock.countTimers(), 0);
  });

  it("plays on without a session, and has nothing to tell it about", () => {
    const source = add("paced");
    playback.receive(A, audioOf(1_000), FORMAT);
    playback.finishAll();
    playback.detach();
    clock.tick(100);
    assert.equal(playback.isActive, true);
    assert.deepEqual(heardMs(), []);
    assert.ok(source.givenMs > 200);
  });
});
