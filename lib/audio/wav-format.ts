import { sniffAudio } from "./sniff";

/** How one sample is written; the words of sox and of `msg.encoding`. */
export type WavEncoding =
  "signed-integer" | "unsigned-integer" | "floating-point" | "mu-law" | "a-law";

/** Shape of the samples in a WAV file, little-endian. */
export interface WavFormat {
  readonly encoding: WavEncoding;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  /** Bits that one sample takes up: 8, 16, 24, 32 or 64. A 24-bit sample stored in 32 bits has 32, its value in the upper ones. */
  readonly bits: number;
}

/** Format codes of the `fmt ` chunk (Microsoft's mmreg.h). */
export const WAV_CODES = {
  pcm: 1,
  float: 3,
  alaw: 6,
  mulaw: 7,
  extensible: 0xfffe,
} as const;

const COMPRESSED_NAMES: Readonly<Record<number, string>> = {
  0x02: "Microsoft ADPCM",
  0x11: "IMA ADPCM",
  0x31: "GSM 6.10",
  0x50: "MPEG layer 1 or 2",
  0x55: "MP3",
  0xff: "AAC",
};

/** Room for the longest known `fmt ` chunk, WAVE_FORMAT_EXTENSIBLE with its 40 bytes, and some to spare. */
export const MAX_FMT_BYTES = 128;

/**
 * @param riff - the first 12 bytes; with more of them, more kinds of other data can be named
 * @returns the size that the header claims for all that follows its first 8 bytes
 * @throws TypeError when this is no little-endian WAV; the message names what it is instead
 */
export function readRiffSize(riff: Buffer): number {
  const id = riff.toString("latin1", 0, 4);
  if (id === "RIFF" && riff.toString("latin1", 8, 12) === "WAVE")
    return riff.readUInt32LE(4);
  const kind = id === "RIFX" || id === "RF64" ? id : sniffAudio(riff);
  if (kind === "raw")
    throw new TypeError(
      "Expected WAV data with a RIFF header, got raw data: set its format by hand",
    );
  throw new TypeError(
    `Expected WAV data with a RIFF header, got ${kind} data: decode it to WAV or PCM first`,
  );
}

/**
 * @param fmt - content of the `fmt ` chunk
 * @throws RangeError when a field makes no sense, TypeError when the samples are compressed
 */
export function readFormat(fmt: Buffer): WavFormat {
  if (fmt.length < 16)
    throw new RangeError(
      `Expected a WAV \`fmt \` chunk of 16 bytes or more, got ${fmt.length}: the header is damaged`,
    );
  const channels = fmt.readUInt16LE(2);
  const sampleRate = fmt.readUInt32LE(4);
  if (channels === 0)
    throw new RangeError(
      "Expected a WAV header with 1 channel or more, got 0: the header is damaged",
    );
  if (sampleRate === 0)
    throw new RangeError(
      "Expected a WAV header with a sample rate, got 0 Hz: the header is damaged",
    );
  const bits = containerBits(fmt, channels);
  return {
    encoding: encodingOf(formatCode(fmt), bits),
    sampleRate,
    channels,
    bits,
  };
}

/** Bytes of one sample of every channel. */
export function wavBlockBytes({ channels, bits }: WavFormat): number {
  return (channels * bits) / 8;
}

/**
 * Writers to a pipe cannot know the length: they leave 0, or something larger than any file. A length of 0 is taken at its
 * word only where the outer RIFF size says that other chunks follow. (An empty file and the header of a stream can look the same.)
 * @param dataOffset - bytes from the beginning to the first sample
 */
export function isOpenEnded(
  dataSize: number,
  riffSize: number,
  dataOffset: number,
): boolean {
  return (
    dataSize === 0xffffffff ||
    (dataSize === 0 && (riffSize + 8 <= dataOffset || riffSize === 0xffffffff))
  );
}

/** The extensible format hides the code in the first bytes of a GUID. */
function formatCode(fmt: Buffer): number {
  const code = fmt.readUInt16LE(0);
  return code === WAV_CODES.extensible && fmt.length >= 26
    ? fmt.readUInt16LE(24)
    : code;
}

function containerBits(fmt: Buffer, channels: number): number {
  const blockBytes = fmt.readUInt16LE(12);
  const bits = fmt.readUInt16LE(14);
  return blockBytes > 0 && blockBytes % channels === 0
    ? (blockBytes / channels) * 8
    : Math.ceil(bits / 8) * 8;
}

function encodingOf(code: number, bits: number): WavEncoding {
  switch (code) {
    case WAV_CODES.pcm:
      expectBits(bits, [8, 16, 24, 32], "integer");
      return bits === 8 ? "unsigned-integer" : "signed-integer";
    case WAV_CODES.float:
      expectBits(bits, [32, 64], "floating-point");
      return "floating-point";
    case WAV_CODES.mulaw:
      expectBits(bits, [8], "mu-law");
      return "mu-law";
    case WAV_CODES.alaw:
      expectBits(bits, [8], "a-law");
      return "a-law";
    default:
      throw new TypeError(
        `Expected WAV data in PCM, float, mu-law or a-law, got ${describeCode(code)}: decode it first`,
      );
  }
}

function expectBits(
  bits: number,
  allowed: readonly number[],
  name: string,
): void {
  if (allowed.includes(bits)) return;
  throw new RangeError(
    `Expected ${name} WAV samples of ${allowed.join(", ")} bits, got ${bits}: the header is damaged`,
  );
}

function describeCode(code: number): string {
  const hex = `0x${code.toString(16).padStart(4, "0")}`;
  const name = COMPRESSED_NAMES[code];
  return name ? `${name} (format ${hex})` : `format ${hex}`;
}
