import { expectPositiveInteger } from "./check";
import { interleaveAll, pickChannel, toMono } from "./channels";
import { codecOf, type SampleCodec } from "./codecs";
import { SampleFaults } from "./faults";
import { Resampler } from "./resampler";
import { SampleCarry } from "./sample-carry";
import {
  type AudioFormat,
  describeSamples,
  type SampleEncoding,
  type SampleFormat,
} from "./sample-format";

/** What several channels become when fewer are wanted. */
export type ChannelMix = "mean" | "left" | "right";

/** Raw audio to convert to. */
export interface TargetFormat extends SampleFormat {
  /** Hz */
  readonly sampleRate: number;
  /** Default 1. */
  readonly channels?: number;
}

export interface ConverterOptions {
  readonly from: AudioFormat;
  /** The same number of channels as in `from`: each is converted by itself. Any other: they are mixed, and the mix goes on all. */
  readonly to: TargetFormat;
  /** Default `mean`. */
  readonly mix?: ChannelMix;
}

/** What had to be corrected or dropped so far. */
export interface ConverterCounts {
  /** Floating-point samples that were no number; they became silence. */
  readonly notNumbers: number;
  /** Infinite floating-point samples; they became full scale. */
  readonly infinities: number;
  /** Bytes at the end of a stream that made no whole sample of every channel. */
  readonly droppedBytes: number;
}

/**
 * Streaming conversion between raw formats: decode, mix, resample, encode. One instance serves one stream; the cuts between
 * chunks leave no trace in the output. Everything passes through PCM16, except samples that need no change at all.
 */
export class Converter {
  readonly #carry: SampleCarry;
  readonly #decoder: SampleCodec;
  readonly #encoder: SampleCodec;
  readonly #channels: ChannelPlan;
  readonly #isSameSample: boolean;
  /** Neither another rate nor other channels. */
  readonly #staysInPlace: boolean;
  /** Every sample is already what it is to be. */
  readonly #isSameStream: boolean;
  /** One for each channel that is converted by itself; none where the rate stays. */
  readonly #resamplers: readonly Resampler[];
  readonly #faults = new SampleFaults();

  /** @throws RangeError when a format is not supported, or there is no filter between the two rates */
  constructor({ from, to, mix = "mean" }: ConverterOptions) {
    this.#channels = planOf(from.channels, to.channels ?? 1, mix);
    this.#decoder = codecOf(from);
    this.#encoder = codecOf(to);
    this.#isSameSample = describeSamples(from) === describeSamples(to);
    this.#carry = new SampleCarry(this.#decoder.bytes * from.channels);
    this.#resamplers =
      from.sampleRate === to.sampleRate
        ? []
        : Array.from(
            { length: this.#channels.lanes },
            () => new Resampler({ from: from.sampleRate, to: to.sampleRate }),
          );
    this.#staysInPlace =
      this.#channels.mix === undefined && this.#resamplers.length === 0;
    this.#isSameStream =
      this.#staysInPlace && this.#isSameSample && !this.#decoder.repair;
  }

  get counts(): ConverterCounts {
    const { notNumbers, infinities } = this.#faults;
    return { notNumbers, infinities, droppedBytes: this.#carry.droppedBytes };
  }

  /** @returns own fresh memory, empty while the chunk completes no sample */
  push(chunk: Buffer): Buffer {
    const aligned = this.#carry.push(chunk);
    if (this.#staysInPlace && this.#isSameSample) return this.#repair(aligned);
    const pcm = this.#decoder.decode(aligned, this.#faults);
    return this.#encoder.encode(
      this.#staysInPlace ? pcm : this.#rearrange(pcm),
    );
  }

  /**
   * Like `push`, for a caller that neither keeps the result nor writes to it, or owns `chunk`.
   * @returns `chunk` itself where its samples need no change
   */
  lend(chunk: Buffer): Buffer {
    return this.#isSameStream && this.#carry.isAligned(chunk)
      ? chunk
      : this.push(chunk);
  }

  /** @returns the tail that the resampler still holds; a new stream may follow */
  flush(): Buffer {
    this.#carry.flush();
    const tails = this.#resamplers.map((resampler) => resampler.flush());
    return this.#encoder.encode(
      tails.length > 0 ? this.#join(tails) : Buffer.alloc(0),
    );
  }

  /** Decoding only to encode again would be slow, and lossy beyond 16 bits. */
  #repair(aligned: Buffer): Buffer {
    this.#decoder.repair?.(aligned, this.#faults);
    return aligned;
  }

  #rearrange(pcm: Buffer): Buffer {
    const lanes = this.#split(pcm);
    return this.#join(
      this.#resamplers.length === 0
        ? lanes
        : lanes.map((lane, index) => this.#resamplers[index]!.push(lane)), // one for each lane
    );
  }

  #split(pcm: Buffer): readonly Buffer[] {
    const { from, lanes, mix } = this.#channels;
    if (from === 1) return [pcm];
    if (mix === "mean") return [toMono(pcm, from)];
    const first = mix === "right" ? 1 : 0;
    return Array.from({ length: lanes }, (_, lane) =>
      pickChannel(pcm, from, first + lane),
    );
  }

  #join(lanes: readonly Buffer[]): Buffer {
    const { to } = this.#channels;
    if (to === 1) return lanes[0]!; // there is always one
    return interleaveAll(
      lanes.length === to ? lanes : Array.from({ length: to }, () => lanes[0]!),
    );
  }
}

interface ChannelPlan {
  readonly from: number;
  readonly to: number;
  /** `undefined`: every channel stays itself. */
  readonly mix: ChannelMix | undefined;
  /** Mono streams between the two. */
  readonly lanes: number;
}

function planOf(from: number, to: number, mix: ChannelMix): ChannelPlan {
  expectPositiveInteger("channels", from);
  expectPositiveInteger("channels", to);
  return from === to
    ? { from, to, mix: undefined, lanes: from }
    : { from, to, mix, lanes: 1 };
}

/**
 * @param pcm - PCM16
 * @returns the same samples in another form; `pcm` itself where that is PCM16 too
 */
export function encodeSamples(
  pcm: Buffer,
  format: SampleEncoding | SampleFormat,
): Buffer {
  return codecOf(formatOf(format)).encode(pcm);
}

/** Bytes of one sample of one channel. */
export function sampleBytes(format: SampleEncoding | SampleFormat): number {
  return codecOf(formatOf(format)).bytes;
}

/** Bytes of one millisecond of audio; a fraction at 22,050 and 44,100 Hz. */
export function bytesPerMs(format: TargetFormat): number {
  return (
    (format.sampleRate * sampleBytes(format) * (format.channels ?? 1)) / 1_000
  );
}

function formatOf(format: SampleEncoding | SampleFormat): SampleFormat {
  return typeof format === "string" ? { encoding: format } : format;
}
