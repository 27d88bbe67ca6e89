import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import {
  AudioOutlet,
  type OutletChunk,
  type OutletOptions,
} from "../../lib/client/audio-outlet";
import { WakeUps } from "../../lib/client/wake-ups";
import type { AudioPosition } from "../../lib/client/playback-clock";
import { noise, randomFrom } from "../audio/signals";
import { stopClock, type StoppedClock } from "./clock";

const PCM_24K: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
const OPTIONS: OutletOptions = {
  mode: "paced",
  leadMs: 200,
  chunkMs: 40,
  sampleRate: 24_000,
};

function positionOf(itemId: string, responseId = "r1"): AudioPosition {
  return { responseId, itemId, contentIndex: 0 };
}
const A = positionOf("a");
const audioOf = (ms: number): Buffer => Buffer.alloc(ms * 48, 1);

describe("AudioOutlet", () => {
  let clock: StoppedClock;
  let chunks: (OutletChunk & { at: number })[];
  let events: string[];
  let released: string[];

  beforeEach(() => {
    clock = stopClock();
    chunks = [];
    events = [];
    released = [];
  });
  afterEach(() => clock.uninstall());

  function outletOf(
    options: Partial<OutletOptions> = {},
    wakeUps?: WakeUps,
  ): AudioOutlet {
    return new AudioOutlet(
      { ...OPTIONS, ...options },
      {
        audio: (chunk) => chunks.push({ ...chunk, at: performance.now() }),
        playback: ({ event, position, playedMs }) =>
          events.push(
            `${event} ${position.responseId} ${playedMs} @${performance.now()}`,
          ),
        released: (itemId, fromMs, durationMs, dueAt) =>
          released.push(`${itemId} ${fromMs}+${durationMs} @${dueAt}`),
      },
      wakeUps,
    );
  }

  function say(outlet: AudioOutlet, ms: number, position = A): void {
    outlet.push(position, audioOf(ms), PCM_24K);
    outlet.finishItem(position);
    outlet.finishReply(position.responseId);
  }

  it("shares one timer with others, for chunks and for ends", () => {
    const wakeUps = new WakeUps();
    const paced = outletOf({}, wakeUps);
    const received = outletOf({ mode: "received" }, wakeUps);
    say(paced, 1_000);
    say(received, 500);
    say(outletOf({}, wakeUps), 120);
    assert.equal(clock.countTimers(), 1);
    clock.tick(500);
    assert.deepEqual(events.slice(-2), ["end r1 120 @120", "end r1 500 @500"]);
    assert.equal(clock.countTimers(), 1);
    clock.tick(500);
    assert.equal(events.at(-1), "end r1 1000 @1000");
    assert.equal(clock.countTimers(), 0);
  });

  describe("paced", () => {
    it("gives the lead at once, then a chunk each 40 ms", () => {
      const outlet = outletOf();
      say(outlet, 1_000);
      assert.deepEqual(
        chunks.map(({ at, startMs }) => [at, startMs]),
        [0, 40, 80, 120, 160].map((startMs) => [0, startMs]),
      );
      assert.equal(outlet.heldMs, 800);
      clock.tick(39);
      assert.equal(chunks.length, 5);
      clock.tick(1);
      assert.equal(chunks.length, 6);
      clock.tick(10_000);
      assert.equal(chunks.length, 25);
      chunks.forEach(({ at, startMs, durationMs, position }) => {
        assert.equal(at, Math.max(0, startMs + durationMs - 200));
        assert.equal(position, A);
      });
      assert.deepEqual(events, ["start r1 0 @0", "end r1 1000 @1000"]);
    });

    it("does not drift in ten minutes of late timers", () => {
      const outlet = outletOf({ sampleRate: 44_100 });
      const random = randomFrom(1);
      outlet.push(A, audioOf(2_000), PCM_24K);
      for (let second = 2; second < 600; second += 1) {
        clock.tick(900 + Math.floor(random() * 15));
        outlet.push(A, audioOf(1_000), PCM_24K);
        clock.jump(85);
        clock.tick(1_000 - (performance.now() % 1_000));
      }
      outlet.finishReply("r1");
      clock.tick(10_000);
      assert.equal(outlet.underruns, 0);
      assert.equal(events.length, 2);
      assert.match(events[1] ?? "", /^end r1 .* @(600000|599999|600001)$/);
    });

    it("tells the clock of each stretch when it is to sound", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(60), PCM_24K);
      outlet.finishItem(A);
      outlet.push(positionOf("b"), audioOf(40), PCM_24K);
      outlet.finishReply("r1");
      assert.deepEqual(released, ["a 0+40 @0", "a 40+20 @40", "b 0+40 @60"]);
      assert.deepEqual(
        chunks.map(({ startMs, position }) => [position.itemId, startMs]),
        [
          ["a", 0],
          ["a", 40],
          ["b", 60],
        ],
      );
    });

    it("starts once and ends once around two replies without a pause", () => {
      const outlet = outletOf();
      say(outlet, 100);
      clock.tick(50);
      say(outlet, 200, positionOf("b", "r2"));
      clock.tick(1_000);
      assert.deepEqual(events, ["start r1 0 @0", "end r2 200 @300"]);
      assert.equal(chunks.at(3)?.startMs, 0);
    });

    it("knows where a device is that counts from the start of two replies without a pause", () => {
      const outlet = outletOf();
      say(outlet, 100);
      say(outlet, 200, positionOf("b", "r2"));
      clock.tick(250);
      const place = (playedMs: number, responseId?: string) =>
        outlet.positionAt(playedMs, responseId);
      assert.deepEqual(place(60), { itemId: "a", playedMs: 60 });
      assert.deepEqual(place(100), { itemId: "a", playedMs: 100 });
      assert.deepEqual(place(150), { itemId: "b", playedMs: 50 });
      assert.deepEqual(place(50, "r1"), { itemId: "a", playedMs: 50 });
      assert.deepEqual(place(50, "r2"), { itemId: "b", playedMs: 50 });
      assert.equal(place(50, "r3"), undefined);
      clock.tick(500);
      say(outlet, 100, positionOf("c", "r4"));
      assert.deepEqual(place(50), { itemId: "c", playedMs: 50 });
      assert.equal(place(50, "r2"), undefined);
    });

    it("starts again for a reply after a pause", () => {
      const outlet = outletOf();
      say(outlet, 100);
      clock.tick(500);
      say(outlet, 100, positionOf("b", "r2"));
      clock.tick(500);
      assert.deepEqual(events, [
        "start r1 0 @0",
        "end r1 100 @100",
        "start r2 0 @500",
        "end r2 100 @600",
      ]);
    });

    it("waits for 200 ms of audio, or 200 ms for it, before it starts", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(199), PCM_24K);
      assert.deepEqual(events, []);
      clock.tick(199);
      assert.deepEqual(events, []);
      clock.tick(1);
      assert.deepEqual(events, ["start r1 0 @200"]);
      outlet.flush(performance.now());
      outlet.push(positionOf("b", "r2"), audioOf(199), PCM_24K);
      clock.tick(50);
      outlet.push(positionOf("b", "r2"), audioOf(1), PCM_24K);
      assert.equal(events.at(-1), "start r2 0 @250");
    });

    it("waits no longer than its lead", () => {
      const outlet = outletOf({ leadMs: 40 });
      outlet.push(A, audioOf(40), PCM_24K);
      assert.deepEqual(events, ["start r1 0 @0"]);
    });

    it("does not end while the reply goes on, however late its audio is", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(200), PCM_24K);
      clock.tick(1_000);
      assert.deepEqual(events, ["start r1 0 @0"]);
      outlet.push(A, audioOf(200), PCM_24K);
      assert.equal(outlet.underruns, 1);
      outlet.finishReply("r1");
      clock.tick(1_000);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 400 @1200"]);
    });

    it("ends at once when the reply is told to end long after its last sample", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(200), PCM_24K);
      clock.tick(700);
      outlet.finishReply("r1");
      clock.tick(0);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 200 @700"]);
    });

    it("drops what it holds on flush, says so once, and never gives it out", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(1_000), PCM_24K);
      clock.tick(100);
      const before = chunks.length;
      outlet.flush(performance.now());
      outlet.flush(performance.now());
      clock.tick(10_000);
      assert.deepEqual(events, ["start r1 0 @0", "flush r1 100 @100"]);
      assert.equal(chunks.length, before);
      assert.equal(outlet.heldMs, 0);
      assert.equal(outlet.isActive, false);
      assert.equal(clock.countTimers(), 0);
    });

    it("flushes what only sounds still, after all of it has left", () => {
      const outlet = outletOf();
      say(outlet, 150);
      clock.tick(60);
      outlet.flush(performance.now());
      clock.tick(1_000);
      assert.deepEqual(events, ["start r1 0 @0", "flush r1 60 @60"]);
    });

    it("starts anew at 0 after a flush", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(1_000), PCM_24K);
      clock.tick(100);
      outlet.flush(performance.now());
      say(outlet, 40, positionOf("b", "r2"));
      assert.equal(chunks.at(-1)?.startMs, 0);
      assert.equal(released.at(-1), "b 0+40 @100");
      clock.tick(40);
      assert.deepEqual(events.slice(2), ["start r2 0 @100", "end r2 40 @140"]);
    });

    it("has nothing to say about a flush when nothing sounds", () => {
      const outlet = outletOf();
      outlet.flush(0);
      say(outlet, 40);
      clock.tick(1_000);
      outlet.flush(performance.now());
      outlet.push(positionOf("b", "r2"), audioOf(10), PCM_24K);
      outlet.flush(performance.now());
      assert.deepEqual(events, ["start r1 0 @0", "end r1 40 @40"]);
    });

    it("moves its end with a device that is behind, to the last chunk", () => {
      const outlet = outletOf();
      say(outlet, 1_000);
      clock.tick(100);
      outlet.shift(-150);
      clock.tick(5_000);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 1000 @1150"]);
    });

    for (const [from, sampleRate] of [
      [24_000, 8_000],
      [24_000, 16_000],
      [24_000, 44_100],
      [24_000, 48_000],
      [8_000, 24_000],
    ] as const) {
      it(`gives ${sampleRate} Hz from ${from} Hz in chunks of 40 ms, none lost`, () => {
        const outlet = outletOf({ sampleRate });
        const pcm = Buffer.alloc(from * 2);
        outlet.push(A, pcm, { encoding: "signed-integer", sampleRate: from });
        outlet.finishItem(A);
        outlet.finishReply("r1");
        clock.tick(5_000);
        const sizes = chunks.map((chunk) => chunk.pcm.length);
        assert.ok(
          sizes.slice(0, -1).every((size) => size === sampleRate * 0.08),
        );
        assert.equal(
          sizes.reduce((sum, size) => sum + size, 0),
          sampleRate * 2,
        );
        assert.match(events[1] ?? "", /^end r1 .* @1000$/);
      });
    }

    it("understands G.711 from the service", () => {
      const outlet = outletOf({ sampleRate: 8_000 });
      outlet.push(A, Buffer.alloc(320, 0xff), {
        encoding: "mu-law",
        sampleRate: 8_000,
      });
      outlet.finishReply("r1");
      assert.equal(chunks[0]?.pcm.length, 640);
      assert.ok(chunks[0].pcm.every((byte) => byte === 0));
    });

    it("gives out its own memory, sample for sample", () => {
      const outlet = outletOf();
      const sent = noise(48 * 500, randomFrom(2));
      const given = Buffer.from(sent);
      outlet.push(A, given, PCM_24K);
      given.fill(0);
      outlet.finishReply("r1");
      clock.tick(1_000);
      const out = Buffer.concat(chunks.map(({ pcm }) => pcm));
      assert.equal(out.compare(sent), 0);
    });

    it("is silent after close", () => {
      const outlet = outletOf();
      say(outlet, 1_000);
      outlet.close();
      const before = chunks.length;
      clock.tick(5_000);
      assert.equal(chunks.length, before);
      assert.deepEqual(events, ["start r1 0 @0"]);
      assert.equal(clock.countTimers(), 0);
    });

    it("ends every open reply when the session is gone", () => {
      const outlet = outletOf();
      outlet.push(A, audioOf(50), PCM_24K);
      outlet.push(positionOf("b", "r2"), audioOf(50), PCM_24K);
      outlet.finishAll();
      clock.tick(1_000);
      assert.deepEqual(events, ["start r1 0 @0", "end r2 50 @100"]);
    });
  });

  describe("received", () => {
    it("gives audio as it comes, and ends when its last sample is due", () => {
      const outlet = outletOf({ mode: "received" });
      outlet.push(A, audioOf(300), PCM_24K);
      clock.tick(100);
      outlet.push(A, audioOf(500), PCM_24K);
      assert.deepEqual(
        chunks.map(({ at, startMs, durationMs }) => [at, startMs, durationMs]),
        [
          [0, 0, 300],
          [100, 300, 500],
        ],
      );
      assert.deepEqual(released, ["a 0+300 @0", "a 300+500 @300"]);
      outlet.finishReply("r1");
      assert.equal(outlet.isActive, true);
      clock.tick(5_000);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 800 @800"]);
      assert.equal(outlet.isActive, false);
    });

    it("counts positions from 0 in each of two replies in a row, and plays one after the other", () => {
      const outlet = outletOf({ mode: "received" });
      say(outlet, 300);
      say(outlet, 200, positionOf("b", "r2"));
      assert.deepEqual(
        chunks.map(({ startMs }) => startMs),
        [0, 0],
      );
      assert.deepEqual(released, ["a 0+300 @0", "b 0+200 @300"]);
      clock.tick(100);
      outlet.flush(performance.now());
      assert.deepEqual(events, ["start r1 0 @0", "flush r2 0 @100"]);
    });

    it("says on flush how much of the reply was played", () => {
      const outlet = outletOf({ mode: "received" });
      outlet.push(A, audioOf(3_000), PCM_24K);
      clock.tick(1_250);
      outlet.flush(performance.now());
      assert.deepEqual(events, ["start r1 0 @0", "flush r1 1250 @1250"]);
    });
  });

  for (const mode of ["paced", "received"] as const)
    it(`does not end when the next reply begins before its last sample has sounded, ${mode}`, () => {
      const outlet = outletOf({ mode });
      say(outlet, 300);
      clock.tick(200);
      outlet.push(positionOf("b", "r2"), audioOf(1_000), PCM_24K);
      clock.tick(900);
      assert.deepEqual(events, ["start r1 0 @0"]);
      outlet.finishReply("r2");
      clock.tick(900);
      assert.deepEqual(events, ["start r1 0 @0", "end r2 1000 @1300"]);
    });

  describe("reply", () => {
    it("gives a reply of several items as one Buffer when it is over", () => {
      const outlet = outletOf({ mode: "reply" });
      outlet.push(A, audioOf(300), PCM_24K);
      outlet.finishItem(A);
      outlet.push(positionOf("b"), audioOf(200), PCM_24K);
      clock.tick(100);
      assert.deepEqual([chunks.length, outlet.heldMs], [0, 500]);
      outlet.finishReply("r1");
      assert.deepEqual(
        chunks.map(({ at, pcm, startMs, durationMs }) => [
          at,
          pcm.length,
          startMs,
          durationMs,
        ]),
        [[100, 500 * 48, 0, 500]],
      );
      assert.deepEqual(released, ["a 0+300 @100", "b 0+200 @400"]);
      clock.tick(5_000);
      assert.deepEqual(events, ["start r1 0 @100", "end r1 500 @600"]);
    });

    it("knows the place in pieces of two replies that left as one", () => {
      const outlet = outletOf({ mode: "reply" });
      outlet.push(A, audioOf(40), PCM_24K);
      outlet.push(positionOf("b", "r2"), audioOf(40), PCM_24K);
      outlet.finishReply("r1");
      assert.equal(chunks.length, 1);
      assert.deepEqual(
        [30, 50].map((ms) => outlet.positionAt(ms)),
        [
          { itemId: "a", playedMs: 30 },
          { itemId: "b", playedMs: 10 },
        ],
      );
    });

    it("ends while the next one is being collected", () => {
      const outlet = outletOf({ mode: "reply" });
      say(outlet, 300);
      clock.tick(200);
      outlet.push(positionOf("b", "r2"), audioOf(100), PCM_24K);
      clock.tick(800);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 300 @300"]);
    });

    it("gives a very long reply in parts of two minutes", () => {
      const outlet = outletOf({ mode: "reply" });
      for (let second = 0; second < 250; second += 1)
        outlet.push(A, audioOf(1_000), PCM_24K);
      outlet.finishReply("r1");
      assert.deepEqual(
        chunks.map(({ startMs, durationMs }) => [startMs, durationMs]),
        [
          [0, 120_000],
          [120_000, 120_000],
          [240_000, 10_000],
        ],
      );
    });

    it("drops a reply that is being collected, and does not speak of the one before", () => {
      const outlet = outletOf({ mode: "reply" });
      say(outlet, 100);
      clock.tick(1_000);
      outlet.push(positionOf("b", "r2"), audioOf(100), PCM_24K);
      outlet.flush(performance.now());
      outlet.finishReply("r2");
      clock.tick(1_000);
      assert.equal(chunks.length, 1);
      assert.deepEqual(events, ["start r1 0 @0", "end r1 100 @100"]);
    });
  });
});
