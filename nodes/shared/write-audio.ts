import {
  encodeSamples,
  SAMPLE_FORMATS,
  toStereo,
  usualBits,
  writeWav,
  type SampleEncoding,
  type SampleFormat,
  type SampleFormatName,
} from "../../lib/audio";
import type { AudioPreset } from "./audio-presets";

/** How audio leaves in a message. */
export interface WriterSettings {
  /** Hz */
  readonly rate: number;
  readonly encoding: SampleFormatName;
  readonly format: "raw" | "wav";
  readonly as: "buffer" | "base64" | "data-url";
  /** Default 1; 2 puts the same samples on both. */
  readonly channels?: 1 | 2;
  /** Message property that takes the audio; default `payload`. */
  readonly property?: "payload" | "speech";
  /** Properties of the receiver's own, and which of ours they repeat. */
  readonly repeats?: AudioPreset["repeats"];
}

/** Encodings in which the samples come; the others are made of PCM16. */
const GIVEN: readonly SampleEncoding[] = [
  "signed-integer",
  "floating-point",
  "mu-law",
  "a-law",
];

/** The encoding that {@link audioProperties} takes for these settings. */
export function givenEncoding(settings: WriterSettings): SampleEncoding {
  const isMono = settings.channels !== 2;
  return (
    GIVEN.find((encoding) => isMono && encoding === settings.encoding) ??
    "signed-integer"
  );
}

/**
 * Message properties of a stretch of audio: it describes itself (design.md §4.1).
 * @param samples - mono, at the rate of `settings`, in the encoding that {@link givenEncoding} says; handed over
 */
export function audioProperties(
  samples: Buffer,
  settings: WriterSettings,
): Readonly<Record<string, unknown>> {
  const { channels = 1 } = settings;
  const given = givenEncoding(settings);
  const name = writtenFormat(settings);
  const laid = channels === 2 ? toStereo(samples) : samples;
  const data =
    given === name ? laid : encodeSamples(laid, SAMPLE_FORMATS[name]);
  return writtenProperties(data, settings, channels);
}

/** A WAV has its own way to write some kinds of samples. */
const IN_WAV: Partial<Record<SampleFormatName, SampleFormatName>> = {
  "signed-integer-8": "unsigned-integer-8",
  "signed-integer-16-be": "signed-integer",
  "signed-integer-24-in-32": "signed-integer-24",
};

/** How the samples are really written. */
export function writtenFormat({
  encoding,
  format,
}: Pick<WriterSettings, "encoding" | "format">): SampleFormatName {
  return format === "wav" ? (IN_WAV[encoding] ?? encoding) : encoding;
}

/**
 * Message properties around finished samples.
 * @param data - interleaved, written as {@link writtenFormat} says
 */
export function writtenProperties(
  data: Buffer,
  settings: WriterSettings,
  channels: number,
): Readonly<Record<string, unknown>> {
  const { rate, format, property = "payload", repeats = {} } = settings;
  const samples: SampleFormat = SAMPLE_FORMATS[writtenFormat(settings)];
  const { encoding, bits = usualBits(encoding) } = samples;
  const { containerBits, byteOrder } = samples;
  const isWav = format === "wav";
  const content = isWav
    ? writeWav(data, { sampleRate: rate, channels, bits, encoding })
    : data;
  const ours = { rate, channels, bits, encoding, format };
  return {
    [property]: wrap(content, settings),
    ...ours,
    ...(containerBits !== undefined && { containerBits }),
    ...(byteOrder !== undefined && { byteOrder }),
    ...Object.fromEntries(
      Object.entries(repeats).map(([name, repeated]) => [name, ours[repeated]]),
    ),
  };
}

function wrap(data: Buffer, { as, format }: WriterSettings): Buffer | string {
  if (as === "buffer") return data;
  const base64 = data.toString("base64");
  return as === "base64"
    ? base64
    : `data:${format === "wav" ? "audio/wav" : "application/octet-stream"};base64,${base64}`;
}
