import { expectPositiveInteger, expectWholeBlocks } from "./check";
import {
  isOpenEnded,
  readFormat,
  readRiffSize,
  WAV_CODES,
  wavBlockBytes,
  type WavEncoding,
  type WavFormat,
} from "./wav-format";

/** A whole WAV file in memory. */
export interface WavFile extends WavFormat {
  /** Bytes from the beginning to the first sample. */
  readonly dataOffset: number;
  /** Bytes of samples that are really there, whole samples of every channel. */
  readonly dataLength: number;
  /** The samples, in own memory. */
  readonly data: Buffer;
}

/** Shape of the samples to write a header for. */
export interface WavOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Default 1. */
  readonly channels?: number;
  /** Default `signed-integer`. */
  readonly encoding?: WavEncoding;
  /** Bits of one sample; default 16, or what the encoding implies: 8 (unsigned, mu-law, a-law) or 32 (floating-point). */
  readonly bits?: number;
}

/**
 * Reads a WAV file: PCM, float, μ-law or A-law, extensible headers, any other chunks. Lengths that a streaming writer left
 * open or too large end with the buffer.
 * @throws TypeError when it is no WAV or is compressed, RangeError when the header is damaged; both say what to do
 */
export function parseWav(buffer: Buffer): WavFile {
  const riffSize = readRiffSize(buffer);
  let format: WavFormat | undefined;
  let at = 12;
  while (at + 8 <= buffer.length) {
    const id = buffer.toString("latin1", at, at + 4);
    const size = buffer.readUInt32LE(at + 4);
    at += 8;
    if (id === "fmt ") format = readFormat(buffer.subarray(at, at + size));
    if (id === "data") {
      return cutData(
        buffer,
        at,
        isOpenEnded(size, riffSize, at) ? buffer.length : size,
        expectFormat(format),
      );
    }
    at += size + (size % 2);
  }
  throw new RangeError(
    "Expected a WAV file with a `data` chunk, got none: the file is cut off, send it whole",
  );
}

/**
 * A WAV file around samples.
 * @param data - samples as `options` describe them, whole blocks
 * @throws RangeError when an option makes no sense or `data` ends inside a sample
 */
export function writeWav(data: Buffer, options: WavOptions): Buffer {
  const header = wavHeader({ ...options, dataLength: data.length });
  const padding = Buffer.alloc(data.length % 2);
  const file = Buffer.allocUnsafeSlow(
    header.length + data.length + padding.length,
  );
  header.copy(file);
  data.copy(file, header.length);
  padding.copy(file, header.length + data.length);
  return file;
}

/**
 * The bytes before the samples: 44, or 58 for encodings other than integers.
 * @param options.dataLength - bytes of samples; without it the header leaves the length open (0xFFFFFFFF) for a stream
 * @throws RangeError when an option makes no sense
 */
export function wavHeader(
  options: WavOptions & { readonly dataLength?: number },
): Buffer {
  const format = completeFormat(options);
  const isInteger = wavCode(format.encoding) === WAV_CODES.pcm;
  const chunks = isInteger
    ? [fmtChunk(format)]
    : [fmtChunk(format), factChunk(format, options.dataLength)];
  const headerBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 12 + 8);
  const sizes = riffSizes(
    headerBytes,
    wavBlockBytes(format),
    options.dataLength,
  );
  return Buffer.concat([
    Buffer.from("RIFF"),
    uint32(sizes.riff),
    Buffer.from("WAVE"),
    ...chunks,
    Buffer.from("data"),
    uint32(sizes.data),
  ]);
}

function cutData(
  buffer: Buffer,
  dataOffset: number,
  size: number,
  format: WavFormat,
): WavFile {
  const available = Math.min(size, buffer.length - dataOffset);
  const dataLength = available - (available % wavBlockBytes(format));
  const data = Buffer.allocUnsafeSlow(dataLength);
  buffer.copy(data, 0, dataOffset, dataOffset + dataLength);
  return { ...format, dataOffset, dataLength, data };
}

function expectFormat(format: WavFormat | undefined): WavFormat {
  if (format) return format;
  throw new RangeError(
    "Expected a WAV file with its `fmt ` chunk before the `data` chunk, got none: the header is damaged",
  );
}

const ENCODINGS: Readonly<
  Record<WavEncoding, { code: number; bits: readonly [number, ...number[]] }>
> = {
  "signed-integer": { code: WAV_CODES.pcm, bits: [16, 24, 32] },
  "unsigned-integer": { code: WAV_CODES.pcm, bits: [8] },
  "floating-point": { code: WAV_CODES.float, bits: [32, 64] },
  "mu-law": { code: WAV_CODES.mulaw, bits: [8] },
  "a-law": { code: WAV_CODES.alaw, bits: [8] },
};

function wavCode(encoding: WavEncoding): number {
  return ENCODINGS[encoding].code;
}

function completeFormat({
  sampleRate,
  channels = 1,
  encoding = "signed-integer",
  bits,
}: WavOptions): WavFormat {
  expectPositiveInteger("sampleRate", sampleRate);
  expectPositiveInteger("channels", channels);
  const allowed = ENCODINGS[encoding]?.bits;
  if (!allowed)
    throw new RangeError(
      `Expected \`encoding\` to be one of ${Object.keys(ENCODINGS).join(", ")}, got \`${encoding}\``,
    );
  if (bits !== undefined && !allowed.includes(bits)) {
    throw new RangeError(
      `Expected \`bits\` of ${encoding} to be one of ${allowed.join(", ")}, got \`${bits}\``,
    );
  }
  return { encoding, sampleRate, channels, bits: bits ?? allowed[0] };
}

/** 16 bytes of format for integers, 18 (with an empty extension) for the others. */
function fmtChunk(format: WavFormat): Buffer {
  const code = wavCode(format.encoding);
  const chunk = Buffer.alloc(code === WAV_CODES.pcm ? 24 : 26);
  chunk.write("fmt ", "latin1");
  chunk.writeUInt32LE(chunk.length - 8, 4);
  chunk.writeUInt16LE(code, 8);
  chunk.writeUInt16LE(format.channels, 10);
  chunk.writeUInt32LE(format.sampleRate, 12);
  chunk.writeUInt32LE(format.sampleRate * wavBlockBytes(format), 16);
  chunk.writeUInt16LE(wavBlockBytes(format), 20);
  chunk.writeUInt16LE(format.bits, 22);
  return chunk;
}

/** The number of samples of each channel, required for everything but integers. */
function factChunk(format: WavFormat, dataLength: number | undefined): Buffer {
  const samples =
    dataLength === undefined ? 0xffffffff : dataLength / wavBlockBytes(format);
  return Buffer.concat([
    Buffer.from("fact"),
    uint32(4),
    uint32(Math.floor(samples)),
  ]);
}

function riffSizes(
  headerBytes: number,
  blockBytes: number,
  dataLength: number | undefined,
): { riff: number; data: number } {
  if (dataLength === undefined) return { riff: 0xffffffff, data: 0xffffffff };
  expectWholeBlocks("dataLength", dataLength, blockBytes);
  const riff = headerBytes - 8 + dataLength + (dataLength % 2);
  if (riff >= 0xffffffff)
    throw new RangeError(
      `Expected less than 4 GiB of samples for one WAV file, got ${dataLength} bytes: split them`,
    );
  return { riff, data: dataLength };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
