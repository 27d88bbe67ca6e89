import { toMono } from "./channels";
import { float32ToPcm16, pcm16ToFloat32 } from "./float32";
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from "./g711";
import { Resampler } from "./resampler";
import { SampleCarry } from "./sample-carry";

/** How one sample is written down: 16-bit integers, 32-bit floats in −1…1, or 8-bit G.711. */
export type SampleEncoding =
  "signed-integer" | "floating-point" | "mu-law" | "a-law";

/** Raw mono audio. */
export interface MonoFormat {
  readonly encoding: SampleEncoding;
  /** Hz */
  readonly sampleRate: number;
}

/** Raw audio of any number of channels. */
export interface AudioFormat extends MonoFormat {
  readonly channels: number;
}

type Recoding = (data: Buffer) => Buffer;

const same: Recoding = (data) => data;

const DECODERS: Readonly<Record<SampleEncoding, Recoding>> = {
  "signed-integer": same,
  "floating-point": float32ToPcm16,
  "mu-law": decodeMulaw,
  "a-law": decodeAlaw,
};

const ENCODERS: Readonly<Record<SampleEncoding, Recoding>> = {
  "signed-integer": same,
  "floating-point": pcm16ToFloat32,
  "mu-law": encodeMulaw,
  "a-law": encodeAlaw,
};

/**
 * @param pcm - PCM16
 * @returns the same samples in another encoding; `pcm` itself where that is PCM16 too
 */
export function encodeSamples(pcm: Buffer, encoding: SampleEncoding): Buffer {
  return ENCODERS[encoding](pcm);
}

const SAMPLE_BYTES: Readonly<Record<SampleEncoding, number>> = {
  "signed-integer": 2,
  "floating-point": 4,
  "mu-law": 1,
  "a-law": 1,
};

/** Bytes of one sample of one channel. */
export function sampleBytes(encoding: SampleEncoding): number {
  return SAMPLE_BYTES[encoding];
}

/** Bytes of one millisecond of mono audio; a fraction at 22,050 and 44,100 Hz. */
export function bytesPerMs(format: MonoFormat): number {
  return (format.sampleRate * SAMPLE_BYTES[format.encoding]) / 1_000;
}

export interface ConverterOptions {
  readonly from: AudioFormat;
  readonly to: MonoFormat;
}

/**
 * Streaming conversion between raw formats: decode, mix down to mono, resample, encode. One instance serves one stream;
 * the cuts between chunks leave no trace in the output.
 */
export class Converter {
  readonly #carry: SampleCarry;
  readonly #resampler: Resampler | undefined;
  readonly #options: ConverterOptions;

  constructor(options: ConverterOptions) {
    const { from, to } = options;
    this.#options = options;
    this.#carry = new SampleCarry(sampleBytes(from.encoding) * from.channels);
    if (from.sampleRate !== to.sampleRate)
      this.#resampler = new Resampler({
        from: from.sampleRate,
        to: to.sampleRate,
      });
  }

  /** @returns own fresh memory, empty while the chunk completes no sample */
  push(chunk: Buffer): Buffer {
    const { from, to } = this.#options;
    const aligned = this.#carry.push(chunk);
    // Decoding only to encode again would be exact, but slow for nothing.
    if (
      from.encoding === to.encoding &&
      from.channels === 1 &&
      !this.#resampler
    )
      return aligned;
    const pcm = DECODERS[from.encoding](aligned);
    const mono = from.channels === 1 ? pcm : toMono(pcm, from.channels);
    return encodeSamples(
      this.#resampler ? this.#resampler.push(mono) : mono,
      to.encoding,
    );
  }

  /** @returns the tail that the resampler still holds; a new stream may follow */
  flush(): Buffer {
    this.#carry.flush();
    return encodeSamples(
      this.#resampler?.flush() ?? Buffer.alloc(0),
      this.#options.to.encoding,
    );
  }
}
