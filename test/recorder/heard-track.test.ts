import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import { HeardTrack } from "../../lib/recorder/heard-track";
import { Random } from "../support/random";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
/** Bytes of a millisecond. */
const MS = 48;

describe("HeardTrack", () => {
  const random = new Random(11);
  const noise = (ms: number): Buffer => random.noise(ms * 24, 0.5);
  let track: HeardTrack;

  beforeEach(() => (track = new HeardTrack(1_000)));

  const take = (untilMs: number): Buffer => track.take(untilMs * 24);

  /** The whole item comes, and sounds from `startsAt` on in chunks. */
  function say(itemId: string, audio: Buffer, startsAt: number): void {
    const ms = audio.length / MS;
    track.received(itemId, audio, FORMAT, 0);
    track.finished(itemId);
    for (let at = 0; at < ms; at += 40)
      track.released(itemId, at, Math.min(40, ms - at), startsAt + at);
  }

  function holds(pcm: Buffer, fromMs: number, audio: Buffer): void {
    const there = pcm.subarray(fromMs * MS, fromMs * MS + audio.length);
    assert.ok(there.equals(audio), `at ${fromMs} ms`);
  }

  const isSilent = (pcm: Buffer, fromMs: number, toMs: number): boolean =>
    pcm.subarray(fromMs * MS, toMs * MS).every((byte) => byte === 0);

  it("lays each sample where the clock says that it sounds", () => {
    const audio = noise(500);
    say("a", audio, 1_120);
    const pcm = Buffer.concat([take(333), take(334), take(800)]);
    holds(pcm, 120, audio);
    assert.ok(isSilent(pcm, 0, 120) && isSilent(pcm, 620, 800));
  });

  it("ends at the sample at which playback was stopped", () => {
    const audio = noise(500);
    say("a", audio, 1_000);
    track.stop(1_217);
    const pcm = take(600);
    holds(pcm, 0, audio.subarray(0, 217 * MS));
    assert.ok(isSilent(pcm, 217, 600));
  });

  it("follows a device that says that it is late, before the sound is drawn", () => {
    const audio = noise(300);
    say("a", audio, 1_000);
    track.shift(70);
    const pcm = take(400);
    holds(pcm, 70, audio);
    assert.ok(isSilent(pcm, 0, 70));
  });

  it("cuts no voice for a report that is off by less than 40 ms, and keeps what was heard to the sample", () => {
    const audio = noise(500);
    say("a", audio, 1_000);
    const first = take(100);
    track.shift(30);
    track.stop(1_330);
    const pcm = Buffer.concat([first, take(500)]);
    holds(pcm, 0, audio.subarray(0, 300 * MS));
    assert.ok(isSilent(pcm, 300, 500));
  });

  it("leaves a gap where the device stood still, and skips where it was ahead", () => {
    const audio = noise(1_000);
    say("a", audio, 1_000);
    const parts = [take(100)];
    track.shift(200);
    parts.push(take(500));
    track.shift(-100);
    parts.push(take(1_200));
    const pcm = Buffer.concat(parts);
    assert.ok(isSilent(pcm, 100, 300));
    holds(pcm, 300, audio.subarray(100 * MS, 300 * MS));
    holds(pcm, 500, audio.subarray(400 * MS));
  });

  it("begins in the middle of a reply when it was added there", () => {
    const audio = noise(400);
    track.received("a", audio.subarray(200 * MS), FORMAT, 200);
    track.released("a", 160, 240, 1_000);
    const pcm = take(300);
    assert.ok(isSilent(pcm, 0, 40));
    holds(pcm, 40, audio.subarray(200 * MS));
  });

  it("keeps no more than what has not sounded", () => {
    for (let item = 0; item < 300; item++) {
      say(`i${item}`, noise(100), 1_000 + item * 100);
      track.take(samples(item * 100 - 200));
    }
    assert.ok(track.heldSamples <= samples(500), String(track.heldSamples));
    track.stop(1_000 + 300 * 100);
    take(31_000);
    assert.equal(track.heldSamples, 0);
  });

  it("keeps five minutes of a reply that a device takes at once, and no more", () => {
    for (let second = 0; second < 400; second++)
      track.received("a", Buffer.alloc(1_000 * MS), FORMAT, second * 1_000);
    assert.equal(track.heldSamples, samples(300_000));
  });
});

function samples(ms: number): number {
  return Math.max(0, ms) * 24;
}
