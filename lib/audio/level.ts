import { expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample } from "./pcm";

/**
 * Root mean square of PCM16.
 * @returns 0 (silence or nothing) to 1 (a full-scale square wave; a full-scale sine gives 0.707)
 * @throws RangeError when `pcm` ends inside a sample
 */
export function rms(pcm: Buffer): number {
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
  if (pcm.length === 0) return 0;
  const samples = pcm.length / PCM16_BYTES;
  let power = 0;
  for (let i = 0; i < samples; i += 1) power += readSample(pcm, i) ** 2;
  return Math.sqrt(power / samples) / 32768;
}

/**
 * Level of PCM16.
 * @returns dBFS of the RMS: 0 for a full-scale square wave, -3.01 for a full-scale sine, `-Infinity` for silence
 * @throws RangeError when `pcm` ends inside a sample
 */
export function levelDb(pcm: Buffer): number {
  return 20 * Math.log10(rms(pcm));
}
