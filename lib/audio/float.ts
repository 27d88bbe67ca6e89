import { expectWholeBlocks } from "./check";
import { SampleFaults } from "./faults";
import { PCM16_BYTES, readSample, saturate, writeSample } from "./pcm";

const FLOAT32_BYTES = 4;
const FLOAT64_BYTES = 8;
// Both directions use 32768, so that PCM16 survives a round trip bit for bit.
const FULL_SCALE = 32768;

/**
 * Float samples as PCM16, rounded to nearest. Beyond ±1 and ±Infinity are clipped, NaN becomes 0.
 * @param samples - a Float32Array, or its little-endian bytes
 * @param faults - counts what was no number or not finite
 * @throws RangeError when the bytes end inside a sample
 */
export function float32ToPcm16(
  samples: Float32Array | Buffer,
  faults = new SampleFaults(),
): Buffer {
  if (samples instanceof Float32Array)
    return decode(samples.length, (i) => samples[i]!, faults);
  expectWholeBlocks("samples", samples.length, FLOAT32_BYTES);
  const view = viewOf(samples);
  return decode(
    samples.length / FLOAT32_BYTES,
    (i) => view.getFloat32(i * FLOAT32_BYTES, true),
    faults,
  );
}

/** The same for 64-bit floats, little-endian. */
export function float64ToPcm16(
  samples: Buffer,
  faults = new SampleFaults(),
): Buffer {
  expectWholeBlocks("samples", samples.length, FLOAT64_BYTES);
  const view = viewOf(samples);
  return decode(
    samples.length / FLOAT64_BYTES,
    (i) => view.getFloat64(i * FLOAT64_BYTES, true),
    faults,
  );
}

/**
 * PCM16 as float samples from -1 to just below 1.
 * @returns little-endian 32-bit floats
 * @throws RangeError when `pcm` ends inside a sample
 */
export function pcm16ToFloat32(pcm: Buffer): Buffer {
  const floats = Buffer.allocUnsafeSlow(samplesOf(pcm) * FLOAT32_BYTES);
  const view = viewOf(floats);
  for (let i = 0; i < samplesOf(pcm); i += 1)
    view.setFloat32(i * FLOAT32_BYTES, readSample(pcm, i) / FULL_SCALE, true);
  return floats;
}

/** The same as 64-bit floats. */
export function pcm16ToFloat64(pcm: Buffer): Buffer {
  const floats = Buffer.allocUnsafeSlow(samplesOf(pcm) * FLOAT64_BYTES);
  const view = viewOf(floats);
  for (let i = 0; i < samplesOf(pcm); i += 1)
    view.setFloat64(i * FLOAT64_BYTES, readSample(pcm, i) / FULL_SCALE, true);
  return floats;
}

/** Replaces NaN and infinities in place, for floats that stay floats. */
export function repairFloat32(data: Buffer, faults: SampleFaults): void {
  const view = viewOf(data);
  for (let at = 0; at < data.length; at += FLOAT32_BYTES) {
    const value = view.getFloat32(at, true);
    if (!Number.isFinite(value))
      view.setFloat32(at, faults.repair(value), true);
  }
}

/** The same for 64-bit floats. */
export function repairFloat64(data: Buffer, faults: SampleFaults): void {
  const view = viewOf(data);
  for (let at = 0; at < data.length; at += FLOAT64_BYTES) {
    const value = view.getFloat64(at, true);
    if (!Number.isFinite(value))
      view.setFloat64(at, faults.repair(value), true);
  }
}

function decode(
  count: number,
  read: (index: number) => number,
  faults: SampleFaults,
): Buffer {
  const pcm = Buffer.allocUnsafeSlow(count * PCM16_BYTES);
  for (let i = 0; i < count; i += 1) {
    const value = read(i);
    const sample = Number.isFinite(value) ? value : faults.repair(value);
    writeSample(pcm, i, saturate(sample * FULL_SCALE));
  }
  return pcm;
}

function samplesOf(pcm: Buffer): number {
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
  return pcm.length / PCM16_BYTES;
}

/** Buffers need not be aligned to 4 bytes, as a Float32Array asks. */
function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
