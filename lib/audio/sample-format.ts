/** Encodings with one usual size each: 16-bit integers, 32-bit floats in −1…1, 8-bit G.711 (design.md §4.1). */
export type SampleEncoding =
  "signed-integer" | "floating-point" | "mu-law" | "a-law";

/** All encodings of devices and files, in the words of sox. */
export type DeviceEncoding = SampleEncoding | "unsigned-integer";

/** How one sample is written down. Only `encoding` is needed where the usual size is meant. */
export interface SampleFormat {
  readonly encoding: DeviceEncoding;
  /** Bits that carry the value; default 16 (signed integers), 32 (floating point) or 8 (the others). */
  readonly bits?: number;
  /** Bits that the sample takes up, its value in the lower ones; default `bits`. ALSA's S24_LE is 24 in 32. */
  readonly containerBits?: number;
  /** Default `little`. */
  readonly byteOrder?: "little" | "big";
}

/** Raw audio of any number of channels, interleaved. */
export interface AudioFormat extends SampleFormat {
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
}

/** Raw mono audio. */
export interface MonoFormat {
  readonly encoding: SampleEncoding;
  /** Hz */
  readonly sampleRate: number;
}

/** Every supported way to write a sample, by the name that settings use; the encodings alone mean their usual size. */
export const SAMPLE_FORMATS = {
  "signed-integer": { encoding: "signed-integer", bits: 16 },
  "signed-integer-16-be": {
    encoding: "signed-integer",
    bits: 16,
    byteOrder: "big",
  },
  "signed-integer-8": { encoding: "signed-integer", bits: 8 },
  "unsigned-integer-8": { encoding: "unsigned-integer", bits: 8 },
  "signed-integer-24": { encoding: "signed-integer", bits: 24 },
  "signed-integer-24-in-32": {
    encoding: "signed-integer",
    bits: 24,
    containerBits: 32,
  },
  "signed-integer-32": { encoding: "signed-integer", bits: 32 },
  "floating-point": { encoding: "floating-point", bits: 32 },
  "floating-point-64": { encoding: "floating-point", bits: 64 },
  "mu-law": { encoding: "mu-law", bits: 8 },
  "a-law": { encoding: "a-law", bits: 8 },
} as const satisfies Readonly<Record<string, SampleFormat>>;

export type SampleFormatName = keyof typeof SAMPLE_FORMATS;

export const SAMPLE_FORMAT_NAMES = Object.keys(
  SAMPLE_FORMATS,
) as readonly SampleFormatName[];

const USUAL_BITS: Readonly<Record<DeviceEncoding, number>> = {
  "signed-integer": 16,
  "unsigned-integer": 8,
  "floating-point": 32,
  "mu-law": 8,
  "a-law": 8,
};

/** The bits of a sample where a format does not say. */
export function usualBits(encoding: DeviceEncoding): number {
  return USUAL_BITS[encoding];
}

/**
 * The name of a format in {@link SAMPLE_FORMATS}.
 * @throws RangeError when samples of this kind are not supported; the message lists those that are
 */
export function sampleFormatName(format: SampleFormat): SampleFormatName {
  const wanted = describeSamples(format);
  const name = NAMES.get(wanted);
  if (name) return name;
  throw new RangeError(
    `Expected samples of a supported kind, got ${wanted}: use one of ${supported()}`,
  );
}

/** Whether two formats describe the same bytes, defaults filled in. */
export function isSameFormat(one: AudioFormat, other: AudioFormat): boolean {
  return (
    one.sampleRate === other.sampleRate &&
    one.channels === other.channels &&
    (isWrittenAlike(one, other) ||
      describeSamples(one) === describeSamples(other))
  );
}

/** The same without looking up defaults. */
function isWrittenAlike(one: SampleFormat, other: SampleFormat): boolean {
  return (
    one.encoding === other.encoding &&
    one.bits === other.bits &&
    one.containerBits === other.containerBits &&
    one.byteOrder === other.byteOrder
  );
}

/** For example `24-bit signed-integer`, `24-bit signed-integer in 32 bits` or `16-bit signed-integer, big-endian`. */
export function describeSamples(format: SampleFormat): string {
  const bits = format.bits ?? usualBits(format.encoding);
  const containerBits = format.containerBits ?? bits;
  const container = containerBits === bits ? "" : ` in ${containerBits} bits`;
  const order =
    format.byteOrder === "big" && containerBits > 8 ? ", big-endian" : "";
  return `${bits}-bit ${format.encoding}${container}${order}`;
}

const NAMES: ReadonlyMap<string, SampleFormatName> = new Map(
  SAMPLE_FORMAT_NAMES.map((name) => [
    describeSamples(SAMPLE_FORMATS[name]),
    name,
  ]),
);

function supported(): string {
  return [...NAMES.keys()].join("; ");
}
