import { levelDb } from "../audio";

const PERIOD_MS = 1_000;

/** Measures the level of a stream once a second, by the stream's own time. */
export class LevelMeter {
  readonly #periodBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @param sampleRate - Hz */
  constructor(sampleRate: number) {
    this.#periodBytes = ((sampleRate * PERIOD_MS) / 1_000) * 2;
  }

  /**
   * @param pcm - mono PCM16, only read
   * @returns dBFS of the RMS of the last second, `-Infinity` for silence; nothing while the second is not over
   */
  push(pcm: Buffer): number | undefined {
    this.#chunks.push(pcm);
    this.#bytes += pcm.length;
    if (this.#bytes < this.#periodBytes) return undefined;
    const level = levelDb(Buffer.concat(this.#chunks));
    this.#chunks = [];
    this.#bytes = 0;
    return level;
  }
}
