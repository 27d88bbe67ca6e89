import {
  expectNotNegative,
  expectPositiveInteger,
  expectWholeBlocks,
} from "./check";

/** Bytes of one PCM16 sample. */
export const PCM16_BYTES = 2;

/**
 * Playing time of PCM16.
 * @param bytes - length in bytes, whole samples of every channel
 * @param sampleRate - Hz
 * @returns milliseconds, unrounded
 * @throws RangeError when `bytes` does not hold whole samples
 * @see protocol.md §11
 */
export function pcm16DurationMs(
  bytes: number,
  sampleRate: number,
  channels = 1,
): number {
  expectPositiveInteger("sampleRate", sampleRate);
  expectPositiveInteger("channels", channels);
  expectWholeBlocks("bytes", bytes, PCM16_BYTES * channels);
  return (bytes * 1000) / (PCM16_BYTES * channels * sampleRate);
}

/**
 * Length of PCM16 with a given playing time.
 * @param ms - milliseconds, 0 or more
 * @param sampleRate - Hz
 * @returns bytes, rounded to whole samples of every channel
 * @throws RangeError when an argument is out of range
 * @see protocol.md §11
 */
export function pcm16BytesFor(
  ms: number,
  sampleRate: number,
  channels = 1,
): number {
  expectNotNegative("ms", ms);
  expectPositiveInteger("sampleRate", sampleRate);
  expectPositiveInteger("channels", channels);
  return Math.round((ms * sampleRate) / 1000) * PCM16_BYTES * channels;
}

/**
 * Digital silence, mono PCM16.
 * @param ms - milliseconds, 0 or more
 * @param sampleRate - Hz
 */
export function silence(ms: number, sampleRate: number): Buffer {
  return Buffer.alloc(pcm16BytesFor(ms, sampleRate));
}

/** Copies samples in the machine's byte order into little-endian PCM16. */
export function int16ArrayToPcm16(samples: Int16Array): Buffer {
  const pcm = Buffer.allocUnsafeSlow(samples.length * PCM16_BYTES);
  for (let i = 0; i < samples.length; i += 1) writeSample(pcm, i, samples[i]!);
  return pcm;
}

/** Sample number `index`, which must exist (hence `!`). Byte arithmetic, because Buffers need not be aligned to 2 bytes. */
export function readSample(pcm: Buffer, index: number): number {
  const at = index * PCM16_BYTES;
  return ((pcm[at]! | (pcm[at + 1]! << 8)) << 16) >> 16;
}

/** Writes an integer from -32768 to 32767 as sample number `index`. */
export function writeSample(pcm: Buffer, index: number, value: number): void {
  const at = index * PCM16_BYTES;
  pcm[at] = value;
  pcm[at + 1] = value >> 8;
}

/** Nearest 16-bit integer; what lies beyond the range is clipped, not wrapped. */
export function saturate(value: number): number {
  if (value >= 32767) return 32767;
  if (value <= -32768) return -32768;
  return Math.floor(value + 0.5);
}
