import { expectWholeBlocks } from "./check";
import type { SampleFaults } from "./faults";
import {
  float32ToPcm16,
  float64ToPcm16,
  pcm16ToFloat32,
  pcm16ToFloat64,
  repairFloat32,
  repairFloat64,
} from "./float";
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from "./g711";
import { PCM16_BYTES, readSample, writeSample } from "./pcm";
import {
  type SampleFormat,
  sampleFormatName,
  type SampleFormatName,
} from "./sample-format";

/** Between PCM16 and one other way to write samples. */
export interface SampleCodec {
  /** Bytes of one sample of one channel. */
  readonly bytes: number;
  /** @returns PCM16, rounded to nearest and clipped; `data` itself where it is PCM16 */
  readonly decode: (data: Buffer, faults: SampleFaults) => Buffer;
  /** @returns the samples; `pcm` itself where they are PCM16 */
  readonly encode: (pcm: Buffer) => Buffer;
  /** Replaces, in place, what is no sample. */
  readonly repair?: (data: Buffer, faults: SampleFaults) => void;
}

const CODECS: Readonly<Record<SampleFormatName, SampleCodec>> = {
  "signed-integer": { bytes: 2, decode: same, encode: same },
  "signed-integer-16-be": { bytes: 2, decode: swap, encode: swap },
  "signed-integer-8": integer8(0),
  "unsigned-integer-8": integer8(0x80),
  "signed-integer-24": {
    bytes: 3,
    decode: (data) => decodeWide(data, 3, 3),
    encode: (pcm) => encodeWide(pcm, 3, 3),
  },
  "signed-integer-24-in-32": {
    bytes: 4,
    decode: (data) => decodeWide(data, 4, 3),
    encode: (pcm) => encodeWide(pcm, 4, 3),
  },
  "signed-integer-32": {
    bytes: 4,
    decode: (data) => decodeWide(data, 4, 4),
    encode: (pcm) => encodeWide(pcm, 4, 4),
  },
  "floating-point": {
    bytes: 4,
    decode: float32ToPcm16,
    encode: pcm16ToFloat32,
    repair: repairFloat32,
  },
  "floating-point-64": {
    bytes: 8,
    decode: float64ToPcm16,
    encode: pcm16ToFloat64,
    repair: repairFloat64,
  },
  "mu-law": { bytes: 1, decode: decodeMulaw, encode: encodeMulaw },
  "a-law": { bytes: 1, decode: decodeAlaw, encode: encodeAlaw },
};

/** @throws RangeError when samples of this kind are not supported; the message lists those that are */
export function codecOf(format: SampleFormat): SampleCodec {
  return CODECS[sampleFormatName(format)];
}

function same(data: Buffer): Buffer {
  return data;
}

function swap(data: Buffer): Buffer {
  expectWholeBlocks("data", data.length, PCM16_BYTES);
  const swapped = Buffer.allocUnsafeSlow(data.length);
  data.copy(swapped);
  return swapped.swap16();
}

/** @param zero - the byte that stands for silence */
function integer8(zero: number): SampleCodec {
  return {
    bytes: 1,
    decode(data) {
      const pcm = Buffer.allocUnsafeSlow(data.length * PCM16_BYTES);
      // `!`: the loop stays inside.
      for (let i = 0; i < data.length; i += 1)
        writeSample(pcm, i, ((data[i]! ^ zero) << 24) >> 16);
      return pcm;
    },
    encode(pcm) {
      expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
      const data = Buffer.allocUnsafeSlow(pcm.length / PCM16_BYTES);
      for (let i = 0; i < data.length; i += 1)
        data[i] = Math.min(127, (readSample(pcm, i) + 128) >> 8) ^ zero;
      return data;
    },
  };
}

/**
 * Integers of more than 16 bits, little-endian.
 * @param sampleBytes - bytes from one sample to the next
 * @param valueBytes - bytes of them that hold the value, the first ones; what lies above is its sign, or anything
 */
function decodeWide(
  data: Buffer,
  sampleBytes: number,
  valueBytes: number,
): Buffer {
  expectWholeBlocks("data", data.length, sampleBytes);
  const pcm = Buffer.allocUnsafeSlow((data.length / sampleBytes) * PCM16_BYTES);
  const samples = pcm.length / PCM16_BYTES;
  for (let i = 0; i < samples; i += 1) {
    const top = i * sampleBytes + valueBytes - 1;
    // 17 bits, the lowest of them for rounding: what lies below never changes the result. `!`: the loop stays inside.
    const value =
      (data[top]! << 24) | (data[top - 1]! << 16) | (data[top - 2]! << 8);
    writeSample(pcm, i, Math.min(32767, ((value >> 15) + 1) >> 1));
  }
  return pcm;
}

function encodeWide(
  pcm: Buffer,
  sampleBytes: number,
  valueBytes: number,
): Buffer {
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
  const samples = pcm.length / PCM16_BYTES;
  const data = Buffer.alloc(samples * sampleBytes);
  for (let i = 0; i < samples; i += 1) {
    const value = readSample(pcm, i);
    const top = i * sampleBytes + valueBytes - 1;
    data[top - 1] = value;
    data[top] = value >> 8;
    if (valueBytes < sampleBytes) data[top + 1] = value >> 16;
  }
  return data;
}
