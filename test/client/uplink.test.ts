import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import type { AudioWire } from "../../lib/client/short-way";
import { Uplink } from "../../lib/client/uplink";
import { faultOf } from "./faults";
import { cutAnywhere, noise, randomFrom } from "../audio/signals";

const FULL = 64 * 1024;
const audioOf = (ms: number, value = 0): Buffer => Buffer.alloc(ms * 48, value);

/** What a converter gives: whole samples. */
function cutAtSamples(data: Buffer, random: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const end = at + 2 * Math.floor(random() * 4_000);
    chunks.push(data.subarray(at, end));
    at = end;
  }
  return chunks;
}

describe("Uplink", () => {
  let sent: Buffer[];
  let log: string[];
  let bufferedBytes: number;
  let onSent: () => void;
  let wire: AudioWire;
  let uplink: Uplink;

  beforeEach(() => {
    sent = [];
    log = [];
    bufferedBytes = 0;
    onSent = () => undefined;
    wire = {
      sendAudio: (frame) => {
        sent.push(Buffer.from(frame));
        log.push(`${frame[0]}:${frame.length / 48}`);
        onSent();
      },
      get bufferedBytes() {
        return bufferedBytes;
      },
      source: undefined,
    };
    uplink = new Uplink({ bytesPerMs: 48, blockBytes: 2 });
  });

  it("tells how long frames may become that are joined on the way: 100 ms", () => {
    uplink.open(wire);
    assert.equal(wire.source?.longestFrameBytes, 4_800);
  });

  it("sends frames of 40 ms, whatever is pushed, and every byte of it", () => {
    const random = randomFrom(1);
    const data = noise(48 * 1_010, random);
    uplink.open(wire);
    for (const chunk of cutAnywhere(data, 3_000, random)) uplink.push(chunk);
    assert.ok(sent.every((frame) => frame.length === 1_920));
    assert.equal(uplink.sentBytes, 48_000);
    uplink.mark(() => log.push("mark"));
    assert.equal(Buffer.concat(sent).compare(data), 0);
    assert.deepEqual(log.slice(-1), ["mark"]);
    assert.equal(sent.at(-1)?.length, 480);
  });

  it("holds two seconds before the session is ready, the newest, and counts what it drops", () => {
    let dropped = 0;
    for (let index = 0; index < 100; index += 1)
      dropped += uplink.push(audioOf(40, index));
    assert.equal(uplink.heldMs, 2_000);
    assert.equal(dropped, 2_000);
    assert.equal(uplink.droppedMs, 2_000);
    assert.deepEqual(sent, []);
    uplink.open(wire);
    assert.deepEqual(
      sent.map((frame) => frame[0]),
      Array.from({ length: 50 }, (_, index) => 50 + index),
    );
    assert.equal(uplink.heldMs, 0);
  });

  it("keeps one big message whole, with what belongs to it, until newer audio pushes it out", () => {
    assert.equal(uplink.push(audioOf(5_000, 1)), 0);
    uplink.extend(audioOf(7, 1));
    uplink.extend(audioOf(1_000, 1));
    assert.equal(uplink.heldMs, 6_007);
    assert.equal(uplink.droppedMs, 0);
    assert.equal(uplink.push(audioOf(40, 2)), 6_007);
    assert.equal(uplink.heldMs, 40);
  });

  it("sends the extension of a message that has left", () => {
    uplink.open(wire);
    uplink.push(audioOf(40, 1));
    uplink.extend(audioOf(80, 2));
    assert.deepEqual(log, ["1:40", "2:40", "2:40"]);
  });

  it("runs marks exactly behind the audio in front of them", () => {
    uplink.push(audioOf(50, 1));
    uplink.mark(() => log.push("first"));
    uplink.push(audioOf(100, 2));
    uplink.mark(() => log.push("second"));
    uplink.mark(() => log.push("third"));
    assert.deepEqual(log, []);
    uplink.open(wire);
    assert.deepEqual(log, [
      "1:40",
      "1:10",
      "first",
      "2:40",
      "2:40",
      "2:20",
      "second",
      "third",
    ]);
    uplink.mark(() => log.push("at once"));
    assert.equal(log.at(-1), "at once");
  });

  it("keeps its marks when it drops the audio in front of them", () => {
    uplink.push(audioOf(1_500, 1));
    uplink.mark(() => log.push("mark"));
    uplink.push(audioOf(1_500, 2));
    uplink.open(wire);
    assert.equal(log[0], "mark");
    assert.equal(uplink.sentBytes, 1_480 * 48);
  });

  it("stops at the high-water mark in the middle of a message, and goes on from there", () => {
    uplink.open(wire);
    bufferedBytes = FULL - 1;
    uplink.push(audioOf(40, 1));
    bufferedBytes = FULL;
    assert.equal(uplink.push(audioOf(130, 2)), 0);
    uplink.mark(() => log.push("mark"));
    uplink.push(audioOf(40, 3));
    assert.deepEqual(log, ["1:40"]);
    assert.equal(uplink.heldMs, 170);
    uplink.drain();
    assert.deepEqual(log, ["1:40"]);
    bufferedBytes = 0;
    uplink.drain();
    assert.deepEqual(log, [
      "1:40",
      "2:40",
      "2:40",
      "2:40",
      "2:10",
      "mark",
      "3:40",
    ]);
  });

  it("keeps the order when the socket fills up in the middle of what it drains", () => {
    uplink.push(audioOf(120, 1));
    uplink.mark(() => log.push("mark"));
    uplink.push(audioOf(40, 2));
    const slow = (): void => {
      bufferedBytes = 0;
      uplink.drain();
    };
    onSent = () => (bufferedBytes = FULL);
    uplink.open(wire);
    assert.deepEqual(log, ["1:40"]);
    slow();
    slow();
    assert.deepEqual(log, ["1:40", "1:40", "1:40"]);
    slow();
    assert.deepEqual(log, ["1:40", "1:40", "1:40", "mark", "2:40"]);
  });

  it("loses and repeats no byte under any backpressure", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomFrom(seed);
      const data = noise(48 * 1_500, random);
      sent = [];
      uplink.clear();
      uplink.open(wire);
      for (const chunk of cutAtSamples(data, random)) {
        bufferedBytes = random() < 0.5 ? FULL : 0;
        uplink.push(chunk);
        if (random() < 0.3) uplink.setChunk(random() < 0.5 ? 20 : 100);
        if (random() < 0.3) uplink.drain();
      }
      bufferedBytes = 0;
      uplink.drain();
      uplink.mark(() => undefined);
      assert.equal(Buffer.concat(sent).compare(data), 0, `seed ${seed}`);
      assert.equal(uplink.droppedMs, 0, `seed ${seed}`);
    }
  });

  it("takes another length of frames from the next on, and loses nothing of the one begun", () => {
    uplink.open(wire);
    uplink.push(audioOf(70, 1));
    uplink.setChunk(10);
    uplink.push(audioOf(25, 2));
    uplink.setChunk(100);
    uplink.push(audioOf(95, 3));
    assert.deepEqual(log, [
      "1:40",
      "1:10",
      "1:10",
      "1:10",
      "2:10",
      "2:10",
      "2:100",
    ]);
  });

  it("forgets audio and marks when the buffer is cleared", () => {
    uplink.push(audioOf(50));
    uplink.mark(() => log.push("mark"));
    uplink.clear();
    assert.equal(uplink.heldMs, 0);
    uplink.open(wire);
    uplink.push(audioOf(30, 1));
    uplink.clear();
    uplink.push(audioOf(40, 2));
    assert.deepEqual(log, ["2:40"]);
  });

  it("forgets half a frame of a session that is gone, and holds what follows", () => {
    uplink.open(wire);
    uplink.push(audioOf(30, 1));
    uplink.close();
    uplink.push(audioOf(40, 2));
    assert.deepEqual(log, []);
    uplink.open(wire);
    assert.deepEqual(log, ["2:40"]);
  });

  it("cuts frames at whole samples at a rate whose milliseconds are not", () => {
    const rough = new Uplink({ bytesPerMs: 22.05 * 2, blockBytes: 2 });
    rough.setChunk(25);
    rough.open(wire);
    rough.push(Buffer.alloc(44_100));
    assert.ok(sent.every(({ length }) => length === 1_102));
  });

  it("refuses more ends of turns than anybody can mean, and loses none that it took", () => {
    for (let turn = 0; turn < 100; turn++)
      uplink.mark(() => log.push(`${turn}`));
    faultOf("VOICE_LIVE_LIMIT", () => uplink.mark(() => log.push("too many")));
    uplink.open(wire);
    assert.equal(log.length, 100);
    uplink.close();
    uplink.mark(() => log.push("again"));
    uplink.open(wire);
    assert.equal(log.at(-1), "again");
  });

  describe("after a stall", () => {
    const CHUNK_MS = 40;
    let clock: Clock;
    /** Milliseconds sent so far, and when. */
    let times: { readonly at: number; readonly ms: number }[];
    let next: number;

    beforeEach(() => {
      clock = install({ now: 1_000 });
      times = [];
      next = 0;
      uplink.open(wire);
      onSent = () => {
        const at = performance.now();
        times.push({ at, ms: (sent.at(-1)?.length ?? 0) / 48 });
      };
    });
    afterEach(() => clock.uninstall());

    /** A microphone, each of whose chunks holds its own number. */
    function speak(ms: number): number {
      let mostHeldMs = 0;
      for (let passed = 0; passed < ms; passed += CHUNK_MS) {
        uplink.push(audioOf(CHUNK_MS, next++ % 250));
        mostHeldMs = Math.max(mostHeldMs, uplink.heldMs);
        clock.tick(CHUNK_MS);
      }
      return mostHeldMs;
    }

    /** The speed since a time, at its worst: audio sent against time passed; a frame to begin with, and the live one behind the last. */
    function assertNoBurst(since: number): void {
      let ms = 0;
      for (const each of times.filter(({ at }) => at >= since)) {
        ms += each.ms;
        const allowedMs = 2 * (each.at - since) + 2 * CHUNK_MS;
        assert.ok(ms <= allowedMs, `${ms} ms after ${each.at - since} ms`);
      }
    }

    function stall(seconds: number): number {
      speak(1_000);
      bufferedBytes = FULL;
      const heldMs = speak(seconds * 1_000);
      times = [];
      return heldMs;
    }

    function takeAgain(): number {
      bufferedBytes = 0;
      uplink.drain();
      return performance.now();
    }

    it("of a minute at most two seconds are held, and follow at twice real time", () => {
      const heldMs = stall(60);
      assert.ok(heldMs <= 2_000 + CHUNK_MS, `${heldMs}`);
      assert.equal(uplink.droppedMs, 58_000);
      const since = takeAgain();
      speak(3_000);
      assertNoBurst(since);
      assert.equal(uplink.heldMs, 0);
      const values = sent.slice(-100).map((frame) => frame[0] ?? 0);
      for (const [index, value] of values.entries())
        assert.equal(value, ((values[0] ?? 0) + index) % 250);
    });

    it("it has caught up after as long as was held", () => {
      stall(2);
      takeAgain();
      speak(2_080);
      assert.equal(uplink.heldMs, 0);
      const before = times.length;
      speak(400);
      assert.equal(times.length - before, 10);
    });

    it("a turn ends where it ended", () => {
      stall(1);
      uplink.mark(() => times.push({ at: performance.now(), ms: 0 }));
      const since = takeAgain();
      speak(2_000);
      const mark = times.findIndex(({ ms }) => ms === 0);
      assert.equal(mark, 25);
      assertNoBurst(since);
    });

    it("that cost the connection it is no faster", () => {
      speak(1_000);
      uplink.close();
      speak(10_000);
      times = [];
      uplink.open(wire);
      const since = performance.now();
      speak(3_000);
      assertNoBurst(since);
      assert.equal(uplink.heldMs, 0);
    });

    it("that comes again it is no faster", () => {
      stall(2);
      let since = takeAgain();
      speak(400);
      assertNoBurst(since);
      bufferedBytes = FULL;
      speak(2_000);
      times = [];
      since = takeAgain();
      speak(400);
      let ms = 0;
      for (const each of times) {
        ms += each.ms;
        assert.ok(ms <= 2 * (each.at - since) + 200 + CHUNK_MS);
      }
      speak(3_000);
      assert.equal(uplink.heldMs, 0);
    });

    it("a recording goes at once", () => {
      speak(1_000);
      bufferedBytes = FULL;
      uplink.push(audioOf(30_000, 7));
      clock.tick(1_000);
      times = [];
      takeAgain();
      assert.equal(uplink.heldMs, 0);
      assert.equal(times.length, 750);
    });

    it("shorter than a quarter of a second nothing is held back", () => {
      speak(1_000);
      bufferedBytes = FULL;
      speak(200);
      times = [];
      takeAgain();
      assert.equal(uplink.heldMs, 0);
      assert.equal(times.length, 5);
    });

    it("nothing is left to wake up for once the connection is gone", () => {
      stall(2);
      takeAgain();
      uplink.close();
      assert.equal(clock.countTimers(), 0);
    });
  });

  it("sends the first words of a conversation at once, however long they had to wait", () => {
    const clock = install({ now: 1_000 });
    try {
      for (let chunk = 0; chunk < 40; chunk++) {
        uplink.push(audioOf(40, chunk));
        clock.tick(40);
      }
      uplink.open(wire);
      assert.equal(sent.length, 40);
    } finally {
      clock.uninstall();
    }
  });
});
