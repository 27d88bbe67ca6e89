import { writeWav, type SampleEncoding } from "../../lib/audio";

/** How audio leaves in a message. */
export interface WriterSettings {
  /** Hz */
  readonly rate: number;
  readonly encoding: SampleEncoding;
  readonly format: "raw" | "wav";
  readonly as: "buffer" | "base64" | "data-url";
}

const BITS: Readonly<Record<SampleEncoding, number>> = {
  "signed-integer": 16,
  "floating-point": 32,
  "mu-law": 8,
  "a-law": 8,
};

/**
 * Message properties of a stretch of audio: it describes itself (design.md §4.1).
 * @param samples - mono, in the encoding and rate of `settings`, handed over
 */
export function audioProperties(
  samples: Buffer,
  settings: WriterSettings,
): Readonly<Record<string, unknown>> {
  const { rate, encoding, format } = settings;
  const bits = BITS[encoding];
  const data =
    format === "wav"
      ? writeWav(samples, { sampleRate: rate, channels: 1, bits, encoding })
      : samples;
  return {
    payload: wrap(data, settings),
    rate,
    channels: 1,
    bits,
    encoding,
    format,
  };
}

function wrap(data: Buffer, { as, format }: WriterSettings): Buffer | string {
  if (as === "buffer") return data;
  const base64 = data.toString("base64");
  return as === "base64"
    ? base64
    : `data:${format === "wav" ? "audio/wav" : "application/octet-stream"};base64,${base64}`;
}
