import assert from "node:assert/strict";
import type { MonoFormat } from "../../lib/audio";
import { SpokenTrack } from "../../lib/recorder/spoken-track";
import { Random } from "../support/random";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
/** Bytes of a millisecond. */
const MS = 48;

describe("SpokenTrack", () => {
  const random = new Random(13);
  const noise = (ms: number): Buffer => random.noise(ms * 24, 0.5);
  let track: SpokenTrack;

  beforeEach(() => (track = new SpokenTrack(1_000)));

  const take = (untilMs: number): Buffer => track.take(untilMs * 24);

  function holds(pcm: Buffer, fromMs: number, audio: Buffer): void {
    const there = pcm.subarray(fromMs * MS, fromMs * MS + audio.length);
    assert.ok(there.equals(audio), `at ${fromMs} ms`);
  }

  it("takes audio to have ended when it came", () => {
    const audio = noise(40);
    track.spoken(audio, FORMAT, 1_100);
    const pcm = take(200);
    holds(pcm, 60, audio);
    assert.ok(pcm.subarray(100 * MS).every((byte) => byte === 0));
  });

  it("joins what arrives a little early or late, so that a voice has no gaps", () => {
    const audio = noise(400);
    const jitter = [0, 15, -10, 30, 3, -20, 25, 0, 12, -5];
    for (const [index, late] of jitter.entries())
      track.spoken(
        audio.subarray(index * 40 * MS, (index + 1) * 40 * MS),
        FORMAT,
        1_040 + index * 40 + late,
      );
    holds(take(500), 0, audio);
  });

  it("shows a pause of the microphone as silence of its length", () => {
    const [before, after] = [noise(40), noise(40)];
    track.spoken(before, FORMAT, 1_040);
    track.spoken(after, FORMAT, 1_300);
    const pcm = take(400);
    holds(pcm, 0, before);
    holds(pcm, 260, after);
    assert.ok(pcm.subarray(40 * MS, 260 * MS).every((byte) => byte === 0));
  });

  it("lets what was written stay: a recording sent at once begins behind it", () => {
    take(3_000);
    const audio = noise(5_000);
    track.spoken(audio, FORMAT, 6_000);
    const pcm = take(9_000);
    holds(pcm, 0, audio);
  });

  it("brings the formats of all services to one", () => {
    track.spoken(
      Buffer.alloc(8 * 100, 0xff),
      { encoding: "mu-law", sampleRate: 8_000 },
      1_100,
    );
    assert.equal(take(100).length, 100 * MS);
  });

  it("holds two minutes of a flow that sends faster than anyone speaks, and no more", () => {
    for (let second = 0; second < 200; second++)
      track.spoken(noise(1_000), FORMAT, 1_000);
    const pcm = take(200_000);
    const last = pcm.findLastIndex((byte) => byte !== 0);
    assert.equal(Math.round(last / MS / 1_000), 120);
  });
});
