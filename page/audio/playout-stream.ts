import { Resampler } from "./resampler";

/** Samples that are resampled at a time: what is read ahead of the loudspeaker is at most this and half a filter. */
const BLOCK_SAMPLES = 128;

/** The audio of one reply: waits as it came, and is brought to the loudspeaker's rate as it leaves. */
export class PlayoutStream {
  readonly id: number;
  /** Hz */
  readonly rate: number;
  /** Is heard; false while it waits to begin or to go on. */
  isSounding = false;
  /** It had begun, and ran out before its end was told. */
  isDry = false;
  /** Samples of the loudspeaker that passed while it waited. */
  waitedSamples = 0;
  /** What the last report said; nothing was reported yet where it is undefined. */
  reported: number | undefined;
  readonly #outputRate: number;
  readonly #resampler: Resampler;
  readonly #block = new Float32Array(BLOCK_SAMPLES);
  #chunks: Int16Array[] = [];
  #offset = 0;
  #queued = 0;
  #received = 0;
  #produced = 0;
  #hasEnd = false;

  /**
   * @param rate - Hz, of what comes
   * @param outputRate - Hz, of the loudspeaker
   */
  constructor(id: number, rate: number, outputRate: number) {
    this.id = id;
    this.rate = rate;
    this.#outputRate = outputRate;
    this.#resampler = new Resampler(rate, outputRate);
  }

  /** @param pcm - kept, not copied */
  push(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#chunks.push(pcm);
    this.#queued += pcm.length;
    this.#received += pcm.length;
  }

  /** Nothing more comes. */
  end(): void {
    this.#hasEnd = true;
  }

  get hasEnd(): boolean {
    return this.#hasEnd;
  }

  /** Everything that came has left. */
  get isOver(): boolean {
    return this.#hasEnd && this.#queued === 0 && this.#resampler.isOver;
  }

  get queuedMs(): number {
    return (this.#queued / this.rate) * 1_000;
  }

  /** Samples, at the stream's own rate, that have left for the loudspeaker. */
  get played(): number {
    if (this.isOver) return this.#received;
    return Math.min(
      this.#received,
      Math.floor((this.#produced * this.rate) / this.#outputRate),
    );
  }

  /**
   * Writes into `out` from `start` on, as far as there is something.
   * @returns how many samples were written
   */
  read(out: Float32Array, start: number): number {
    let at = start;
    for (;;) {
      at += this.#resampler.read(out, at);
      if (at >= out.length || !this.#feed()) break;
    }
    this.#produced += at - start;
    return at - start;
  }

  /** Gives the resampler its next block, or tells it that there is none; false where it has to wait. */
  #feed(): boolean {
    const [chunk] = this.#chunks;
    if (!chunk) {
      if (!this.#hasEnd || this.#resampler.isOver) return false;
      this.#resampler.end();
      // One more read gives the tail; of a stream without a sample there is none.
      return !this.#resampler.isOver;
    }
    const length = Math.min(BLOCK_SAMPLES, chunk.length - this.#offset);
    for (let index = 0; index < length; index += 1)
      this.#block[index] = chunk[this.#offset + index]! / 32_768;
    this.#resampler.push(this.#block.subarray(0, length));
    this.#offset += length;
    this.#queued -= length;
    if (this.#offset === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    return true;
  }
}
