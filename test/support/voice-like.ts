import { Random } from "./random";

/** Loud enough for voice activity detection, with room for peaks. */
const LEVEL = 0.5;
/** Syllables a second. */
const SYLLABLES = 4;

/**
 * Noise in the band of a voice that swells and fades like syllables: no stretch of it is like another one, so a correlation finds
 * its place to the sample.
 * @returns mono PCM16
 */
export function voiceLike(seed: number, ms: number, rate: number): Buffer {
  const random = new Random(seed);
  const samples = Math.round((rate * ms) / 1_000);
  const pcm = Buffer.alloc(samples * 2);
  // Two poles at 2 kHz: what a resampler may take from the top of the band is then nothing to speak of.
  const step = 1 - Math.exp((-2 * Math.PI * 2_000) / rate);
  let first = 0;
  let second = 0;
  for (let at = 0; at < samples; at += 1) {
    first += step * (2 * random.next() - 1 - first);
    second += step * (first - second);
    const swell = 0.65 - 0.35 * Math.cos((2 * Math.PI * SYLLABLES * at) / rate);
    const value = Math.max(-1, Math.min(1, 6 * LEVEL * swell * second));
    pcm.writeInt16LE(Math.round(value * 30_000), at * 2);
  }
  return pcm;
}

/** @returns mono PCM16 without a sound */
export function silent(ms: number, rate: number): Buffer {
  return Buffer.alloc(2 * Math.round((rate * ms) / 1_000));
}
