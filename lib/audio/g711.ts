import { expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample, writeSample } from "./pcm";

/**
 * μ-law as PCM16: 14-bit values of ITU-T G.711 table 2, left-justified in 16 bits (±32124).
 * @param data - one byte a sample
 */
export function decodeMulaw(data: Buffer): Buffer {
  return decode(data, MULAW_TO_PCM16);
}

/**
 * A-law as PCM16: 13-bit values of ITU-T G.711 table 1, left-justified in 16 bits (±32256).
 * @param data - one byte a sample
 */
export function decodeAlaw(data: Buffer): Buffer {
  return decode(data, ALAW_TO_PCM16);
}

/**
 * PCM16 as μ-law, by the decision values of ITU-T G.711 table 2; about 37 dB between a tone and its distortion.
 * @returns one byte a sample
 * @throws RangeError when `pcm` ends inside a sample
 */
export function encodeMulaw(pcm: Buffer): Buffer {
  return encode(pcm, PCM16_TO_MULAW);
}

/**
 * PCM16 as A-law, by the decision values of ITU-T G.711 table 1; about 36 dB between a tone and its distortion.
 * @returns one byte a sample
 * @throws RangeError when `pcm` ends inside a sample
 */
export function encodeAlaw(pcm: Buffer): Buffer {
  return encode(pcm, PCM16_TO_ALAW);
}

// `!`: both tables have an entry for every code and every sample.
function decode(data: Buffer, table: Int16Array): Buffer {
  const pcm = Buffer.allocUnsafeSlow(data.length * PCM16_BYTES);
  for (let i = 0; i < data.length; i += 1)
    writeSample(pcm, i, table[data[i]!]!);
  return pcm;
}

function encode(pcm: Buffer, table: Uint8Array): Buffer {
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES);
  const data = Buffer.allocUnsafeSlow(pcm.length / PCM16_BYTES);
  for (let i = 0; i < data.length; i += 1)
    data[i] = table[readSample(pcm, i) + 32768]!;
  return data;
}

/** A μ-law byte travels inverted: sign, 3 bits of segment, 4 bits of step, with a bias of 33 on the 14-bit magnitude. */
function mulawToPcm16(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 1) + 33) << ((bits >> 4) & 7)) - 33;
  return (bits & 0x80 ? -magnitude : magnitude) * 4;
}

/** An A-law byte travels with its even bits inverted; a set sign bit means positive, and the first two segments share one step size. */
function alawToPcm16(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 1) + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return (bits & 0x80 ? magnitude : -magnitude) * 8;
}

function pcm16ToMulaw(sample: number): number {
  const biased = Math.min((Math.abs(sample) >> 2) + 33, 0x1fff);
  const segment = 26 - Math.clz32(biased);
  const bits = (segment << 4) | ((biased >> (segment + 1)) & 0x0f);
  return ~(sample < 0 ? bits | 0x80 : bits) & 0xff;
}

/** `~sample` mirrors -1 onto 0: A-law has no zero, its innermost decision lies between the two. */
function pcm16ToAlaw(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const bits =
    (segment << 4) |
    ((segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0f);
  return (sample < 0 ? bits : bits | 0x80) ^ 0x55;
}

const MULAW_TO_PCM16 = Int16Array.from({ length: 256 }, (_, code) =>
  mulawToPcm16(code),
);
const ALAW_TO_PCM16 = Int16Array.from({ length: 256 }, (_, code) =>
  alawToPcm16(code),
);
const PCM16_TO_MULAW = Uint8Array.from({ length: 65536 }, (_, index) =>
  pcm16ToMulaw(index - 32768),
);
const PCM16_TO_ALAW = Uint8Array.from({ length: 65536 }, (_, index) =>
  pcm16ToAlaw(index - 32768),
);
