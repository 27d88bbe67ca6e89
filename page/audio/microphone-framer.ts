import { Resampler } from "./resampler";

export interface FramerOptions {
  /** Hz, of the microphone. */
  readonly from: number;
  /** Hz, of the session. */
  readonly to: number;
  /** Playing time of one frame. */
  readonly chunkMs: number;
}

/** Cuts what the microphone gives into frames of PCM16 at the session's rate; nothing leaves while it is closed. */
export class MicrophoneFramer {
  readonly #options: FramerOptions;
  readonly #samples: number;
  #resampler: Resampler | undefined;
  #mono = new Float32Array(0);
  #frame: Float32Array;
  #filled = 0;

  constructor(options: FramerOptions) {
    this.#options = options;
    this.#samples = Math.round((options.to * options.chunkMs) / 1_000);
    this.#frame = new Float32Array(this.#samples);
  }

  get isOpen(): boolean {
    return this.#resampler !== undefined;
  }

  /** What comes from now on is sent. */
  open(): void {
    this.#resampler ??= new Resampler(this.#options.from, this.#options.to);
  }

  /**
   * Ends what is being said.
   * @returns the last frames; the very last may be shorter
   */
  close(): readonly Int16Array[] {
    if (!this.#resampler) return [];
    this.#resampler.end();
    const frames = this.#takeFrames(this.#resampler);
    if (this.#filled > 0)
      frames.push(toPcm16(this.#frame.subarray(0, this.#filled)));
    this.#filled = 0;
    this.#resampler = undefined;
    return frames;
  }

  /** @param channels - of equal length; they are mixed to one */
  push(channels: readonly Float32Array[]): readonly Int16Array[] {
    const [first] = channels;
    if (!this.#resampler || !first) return [];
    this.#resampler.push(channels.length === 1 ? first : this.#mix(channels));
    return this.#takeFrames(this.#resampler);
  }

  #takeFrames(resampler: Resampler): Int16Array[] {
    const frames: Int16Array[] = [];
    for (;;) {
      this.#filled += resampler.read(this.#frame, this.#filled);
      if (this.#filled < this.#samples) return frames;
      frames.push(toPcm16(this.#frame));
      this.#filled = 0;
    }
  }

  #mix(channels: readonly Float32Array[]): Float32Array {
    const length = channels[0]?.length ?? 0;
    if (this.#mono.length !== length) this.#mono = new Float32Array(length);
    for (let index = 0; index < length; index += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[index] ?? 0;
      this.#mono[index] = sum / channels.length;
    }
    return this.#mono;
  }
}

function toPcm16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
  );
}
