import { expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample, saturate, writeSample } from "./pcm";

const FLOAT32_BYTES = 4;
// Both directions use 32768, so that PCM16 survives a round trip bit for bit.
const FULL_SCALE = 32768;

/**
 * Float samples as PCM16, rounded to nearest. Beyond ±1 and ±Infinity are clipped, NaN becomes 0.
 * @param samples - a Float32Array, or its little-endian bytes
 * @throws RangeError when the bytes end inside a sample
 */
export function float32ToPcm16(samples: Float32Array | Buffer): Buffer {
  if (samples instanceof Float32Array)
    return convert(samples.length, (i) => samples[i]!);
  expectWholeBlocks("samples", samples.length, FLOAT32_BYTES);
  return convert(samples.length / FLOAT32_BYTES, (i) =>
    samples.readFloatLE(i * FLOAT32_BYTES),
  );
}

/**
 * PCM16 as float samples from -1 to just below 1.
 * @returns little-endian 32-bit floats
 * @throws RangeError when `pcm` ends inside a sample
 */
export function pcm16ToFloat32(pcm: Buffer): Buffer {
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
  const count = pcm.length / PCM16_BYTES;
  const floats = Buffer.allocUnsafeSlow(count * FLOAT32_BYTES);
  for (let i = 0; i < count; i += 1)
    floats.writeFloatLE(readSample(pcm, i) / FULL_SCALE, i * FLOAT32_BYTES);
  return floats;
}

function convert(count: number, read: (index: number) => number): Buffer {
  const pcm = Buffer.allocUnsafeSlow(count * PCM16_BYTES);
  for (let i = 0; i < count; i += 1) {
    const value = read(i);
    writeSample(pcm, i, Number.isNaN(value) ? 0 : saturate(value * FULL_SCALE));
  }
  return pcm;
}
