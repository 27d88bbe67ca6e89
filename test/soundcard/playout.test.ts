import assert from "node:assert/strict";
import { pcm16BytesFor, silence } from "../../lib/audio";
import { Playout } from "../../lib/soundcard/playout";
import { Track } from "../../lib/soundcard/track";
import { tone } from "../simulator/sounds";

const RATE = 24_000;
const OPTIONS = {
  sampleRate: RATE,
  leadMs: 250,
  cushionMs: 100,
  delayMs: 20,
  limitMs: 10_000,
};

/** Milliseconds of what is due, with the fraction that rounds up to a whole sample. */
function ms(bytes: Buffer | undefined): number {
  return Math.floor((bytes?.length ?? 0) / 48);
}

function isSilent(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && bytes.every((byte) => byte === 0);
}

describe("Playout", () => {
  let playout: Playout<string>;
  let track: Track<string>;

  beforeEach(() => {
    playout = new Playout(OPTIONS);
    track = new Track("one");
    playout.begin(1_000);
  });

  it("gives the program what sounds within the lead, and the rest as time goes by", () => {
    playout.push(track, tone(600));
    assert.equal(ms(playout.due(1_000)), 250);
    assert.equal(playout.due(1_000), undefined);
    assert.equal(ms(playout.due(1_100)), 100);
    assert.equal(ms(playout.due(1_400)), 250);
    assert.equal(playout.queuedMs, 0);
  });

  it("keeps every sample in order, however it is cut", () => {
    const sound = tone(997);
    playout = new Playout({ ...OPTIONS, cushionMs: 0 });
    playout.begin(0);
    for (let at = 0; at < sound.length; at += 734)
      playout.push(track, sound.subarray(at, at + 734));
    const given: Buffer[] = [];
    for (let now = 0; now < 1_000; now += 7.3)
      given.push(playout.due(now) ?? Buffer.alloc(0));
    assert.equal(Buffer.concat(given).compare(sound), 0);
  });

  it("takes a sample at least, when the lead leaves room for less", () => {
    playout.push(track, tone(600));
    playout.due(1_000);
    assert.equal(playout.due(1_000.001)?.length, 2);
  });

  it("fills with silence what sound does not, up to the cushion", () => {
    const first = playout.due(1_000);
    assert.ok(isSilent(first));
    assert.equal(ms(first), 100);
    assert.equal(playout.due(1_000), undefined);
    assert.equal(ms(playout.due(1_040)), 40);
  });

  it("reports as heard what has left the device, not what was given to it", () => {
    playout.push(track, tone(200));
    playout.due(1_000);
    playout.listen(1_020);
    assert.equal(track.heardMs, 0);
    playout.listen(1_120);
    assert.equal(track.heardMs, 100);
    assert.ok(!track.isHeard);
    playout.listen(1_220);
    assert.equal(track.heardMs, 200);
    assert.ok(track.isHeard && playout.isIdle);
  });

  it("does not count silence between two sounds", () => {
    playout.due(1_000);
    playout.push(track, tone(100));
    playout.due(1_000);
    playout.listen(1_120);
    assert.equal(Math.round(track.heardMs), 0);
    playout.listen(1_180);
    assert.equal(Math.round(track.heardMs), 60);
  });

  it("stands still while the program has nothing", () => {
    playout.push(track, tone(600));
    playout.due(1_000);
    playout.listen(1_400);
    assert.equal(track.heardMs, 250);
    playout.due(1_400);
    playout.listen(1_450);
    assert.equal(track.heardMs, 280);
  });

  it("counts each track by itself", () => {
    const other = new Track("two");
    playout.push(track, tone(100));
    playout.push(other, tone(100));
    playout.due(1_000);
    playout.listen(1_170);
    assert.deepEqual([track.heardMs, other.heardMs], [100, 50]);
  });

  it("drops the oldest when more than the limit waits", () => {
    for (let second = 0; second < 10; second += 1)
      assert.equal(playout.push(track, silence(1_000, RATE)), 0);
    assert.equal(playout.push(track, tone(40)), 1_000);
    assert.equal(playout.queuedMs, 9_040);
  });

  it("takes a single message that is longer than the limit", () => {
    assert.equal(playout.push(track, silence(30_000, RATE)), 0);
    assert.equal(playout.queuedMs, 30_000);
  });

  it("goes on with the position in the track after a gap that was dropped", () => {
    playout.push(track, silence(9_000, RATE));
    playout.push(track, silence(2_000, RATE));
    playout.due(1_000);
    playout.listen(1_220);
    assert.equal(Math.round(track.heardMs), 9_200);
  });

  it("drops what waits, and says whether the program holds some of it", () => {
    const other = new Track("two");
    playout.push(track, tone(300));
    playout.push(other, tone(300));
    playout.due(1_000);
    assert.equal(
      playout.drop((source) => source === "two"),
      false,
    );
    assert.equal(playout.queuedMs, 50);
    assert.equal(
      playout.drop((source) => source === "one"),
      true,
    );
    assert.ok(playout.isIdle);
  });

  it("gives a new program what the old one did not play, from the last heard sample on", () => {
    const sound = tone(400);
    playout.push(track, sound);
    playout.due(1_000);
    playout.listen(1_120);
    playout.begin(2_000);
    const again = playout.due(2_000);
    const from = pcm16BytesFor(100, RATE);
    assert.equal(again?.compare(sound.subarray(from, from + again.length)), 0);
    assert.equal(ms(again), 250);
    playout.listen(2_070);
    assert.equal(track.heardMs, 150);
  });

  it("comes to the end of a track at a rate of fractional milliseconds", () => {
    playout = new Playout({ ...OPTIONS, sampleRate: 22_050 });
    playout.begin(0);
    for (let index = 0; index < 50; index += 1)
      playout.push(track, Buffer.alloc(1_764));
    for (let now = 0; now < 3_000; now += 20) {
      playout.due(now);
      playout.listen(now);
    }
    assert.ok(track.isHeard);
    assert.equal(Math.round(track.heardMs), 2_000);
  });
});
