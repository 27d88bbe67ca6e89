import assert from "node:assert/strict";
import {
  PlaybackClock,
  type AudioPosition,
} from "../../lib/client/playback-clock";
import { randomFrom } from "../audio/signals";

function positionOf(itemId: string): AudioPosition {
  return { responseId: `r_${itemId}`, itemId, contentIndex: 0 };
}

/** A clock with `ms` of each item received, finished and released from `at` on. */
function playing(at: number, items: Record<string, number>): PlaybackClock {
  const clock = new PlaybackClock();
  for (const [itemId, ms] of Object.entries(items)) {
    clock.received(positionOf(itemId), ms);
    clock.finished(itemId);
    clock.released(itemId, 0, ms, at);
  }
  return clock;
}

function heardOf(clock: PlaybackClock, now: number): Record<string, string> {
  return Object.fromEntries(
    clock
      .heard(now)
      .map(({ itemId, heardMs, receivedMs, isComplete }) => [
        itemId,
        `${heardMs}/${receivedMs}${isComplete ? " complete" : ""}`,
      ]),
  );
}

describe("PlaybackClock", () => {
  it("plays in real time from the moment audio is due", () => {
    const clock = playing(1_000, { a: 500 });
    for (const [now, playedMs] of [
      [0, 0],
      [1_000, 0],
      [1_250, 250],
      [1_500, 500],
      [9_000, 500],
    ] as const)
      assert.equal(clock.playedMs("a", now), playedMs);
    assert.equal(clock.endsAt, 1_500);
  });

  it("plays one stretch after the other, however early they are released", () => {
    const clock = playing(0, { a: 300, b: 200 });
    clock.received(positionOf("b"), 100);
    clock.released("b", 200, 100, 0);
    assert.deepEqual(heardOf(clock, 250), { a: "250/300", b: "0/300" });
    assert.deepEqual(heardOf(clock, 450), {
      a: "300/300 complete",
      b: "150/300",
    });
    assert.equal(clock.playedMs("b", 550), 250);
    assert.equal(clock.endsAt, 600);
  });

  it("knows the item that sounds, or sounded last, or will first", () => {
    const clock = playing(100, { a: 300, b: 200 });
    const at = (now: number): unknown => clock.currentItemId(now);
    assert.deepEqual(
      [at(0), at(399), at(400), at(9_000)],
      ["a", "a", "b", "b"],
    );
    assert.equal(new PlaybackClock().currentItemId(0), undefined);
  });

  it("counts a pause between two stretches for neither", () => {
    const clock = playing(0, { a: 100 });
    clock.received(positionOf("a"), 100);
    clock.released("a", 100, 100, 500);
    assert.equal(clock.playedMs("a", 400), 100);
    assert.equal(clock.playedMs("a", 550), 150);
  });

  it("takes nothing for complete that is still being sent", () => {
    const clock = new PlaybackClock();
    clock.received(positionOf("a"), 100);
    clock.released("a", 0, 100, 0);
    assert.deepEqual(heardOf(clock, 200), { a: "100/100" });
    clock.finished("a");
    assert.deepEqual(heardOf(clock, 200), { a: "100/100 complete" });
  });

  it("never counts more as heard than was received", () => {
    const clock = new PlaybackClock();
    clock.received(positionOf("a"), 99.5);
    clock.released("a", 0, 100, 0);
    assert.deepEqual(heardOf(clock, 1_000), { a: "99.5/99.5" });
  });

  it("takes an item for complete that a resampler made a sample shorter", () => {
    const clock = new PlaybackClock();
    clock.received(positionOf("a"), 100);
    clock.finished("a");
    clock.released("a", 0, 99.9, 0);
    assert.deepEqual(heardOf(clock, 1_000), { a: "99.9/100 complete" });
  });

  for (const [case_, now, reportedMs, correctionMs] of [
    ["behind", 500, 300, -200],
    ["ahead", 500, 700, 200],
    ["exactly there", 500, 500, 0],
    ["behind, when the estimate has reached the end", 1_500, 800, -700],
  ] as const) {
    it(`believes a device that is ${case_}`, () => {
      const clock = playing(0, { a: 1_000 });
      assert.equal(clock.report("a", reportedMs, now), correctionMs);
      assert.equal(clock.playedMs("a", now), reportedMs);
      assert.equal(clock.playedMs("a", now + 100), reportedMs + 100);
      assert.equal(clock.endsAt, now + 1_000 - reportedMs);
    });
  }

  it("moves what follows along with a report", () => {
    const clock = playing(0, { a: 500, b: 500 });
    clock.report("a", 200, 300);
    assert.equal(clock.endsAt, 1_100);
    assert.equal(clock.playedMs("b", 700), 100);
    clock.received(positionOf("c"), 10);
    clock.released("c", 0, 10, 1_000);
    assert.equal(clock.endsAt, 1_110);
  });

  it("believes no device that has played more than it was given", () => {
    const clock = playing(0, { a: 1_000 });
    clock.report("a", 99_999, 500);
    assert.equal(clock.playedMs("a", 500), 1_000);
  });

  it("ignores a report about an item that is over or unknown", () => {
    const clock = playing(0, { a: 500, b: 500 });
    assert.equal(clock.report("a", 100, 600), 0);
    assert.equal(clock.report("x", 100, 600), 0);
    assert.equal(clock.playedMs("b", 600), 100);
  });

  it("forgets everything on reset", () => {
    const clock = playing(0, { a: 500 });
    clock.reset();
    assert.deepEqual(clock.heard(100), []);
    assert.equal(clock.endsAt, Number.NEGATIVE_INFINITY);
    assert.equal(clock.report("a", 10, 100), 0);
  });

  it("keeps its memory flat over a long talk", () => {
    const clock = new PlaybackClock();
    for (let index = 0; index < 1_000; index += 1) {
      const itemId = `i${index}`;
      clock.received(positionOf(itemId), 1_000);
      clock.finished(itemId);
      clock.released(itemId, 0, 1_000, index * 1_000);
    }
    assert.ok(clock.heard(1_000_000).length < 50);
  });

  it("forgets what was cut short and over long ago, also in the middle of a long stretch", () => {
    const clock = new PlaybackClock();
    clock.received(positionOf("cut"), 1_000);
    clock.released("cut", 0, 400, 0);
    clock.finished("cut");
    clock.received(positionOf("long"), 60_000);
    for (let at = 0; at < 60_000; at += 100)
      clock.released("long", at, 100, 400 + at);
    assert.deepEqual(heardOf(clock, 60_000), { long: "59600/60000" });
  });

  it("does not forget an item that waits behind a long one", () => {
    const clock = new PlaybackClock();
    clock.received(positionOf("long"), 90_000);
    clock.received(positionOf("next"), 1_000);
    clock.finished("long");
    clock.finished("next");
    for (let at = 0; at < 90_000; at += 1_000)
      clock.released("long", at, 1_000, at);
    assert.deepEqual(heardOf(clock, 89_500), {
      long: "89500/90000",
      next: "0/1000",
    });
  });

  it("never runs backwards, nor beyond what was received, without a report", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomFrom(seed);
      const clock = new PlaybackClock();
      let now = 0;
      let sentMs = 0;
      let before = 0;
      for (let step = 0; step < 100; step += 1) {
        const ms = random() * 50;
        clock.received(positionOf("a"), ms);
        clock.released("a", sentMs, ms, now + random() * 20);
        sentMs += ms;
        now += random() * 60;
        const [item] = clock.heard(now);
        assert.ok(item && item.heardMs >= before - 1e-9, `seed ${seed}`);
        assert.ok(item.heardMs <= item.receivedMs, `seed ${seed}`);
        before = item.heardMs;
      }
    }
  });
});
