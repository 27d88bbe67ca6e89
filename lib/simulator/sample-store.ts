const SAMPLE_BYTES = 2;

/** Mono PCM16 addressed by sample number, counted from the first sample of the session; old samples can be let go. */
export class SampleStore {
  #chunks: Buffer[] = [];
  #startSample = 0;
  #endSample = 0;

  /** Number of the first sample still held. */
  get startSample(): number {
    return this.#startSample;
  }

  /** Number of the sample that comes next. */
  get endSample(): number {
    return this.#endSample;
  }

  get length(): number {
    return this.#endSample - this.#startSample;
  }

  append(pcm: Buffer): void {
    if (pcm.length === 0) return;
    this.#chunks.push(pcm);
    this.#endSample += pcm.length / SAMPLE_BYTES;
  }

  /** The samples from `from` up to `to`, as far as they are held. */
  slice(from: number, to: number): Buffer {
    const parts: Buffer[] = [];
    let at = this.#startSample;
    for (const chunk of this.#chunks) {
      const next = at + chunk.length / SAMPLE_BYTES;
      if (next > from && at < to) {
        parts.push(
          chunk.subarray(
            Math.max(0, from - at) * SAMPLE_BYTES,
            (Math.min(next, to) - at) * SAMPLE_BYTES,
          ),
        );
      }
      if (next >= to) break;
      at = next;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Lets go of everything before `sample`. */
  dropBefore(sample: number): void {
    while (this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!;
      const next = this.#startSample + chunk.length / SAMPLE_BYTES;
      if (next > sample) break;
      this.#chunks.shift();
      this.#startSample = next;
    }
    if (this.#startSample >= sample || this.#chunks.length === 0) return;
    this.#chunks[0] = this.#chunks[0]!.subarray(
      (sample - this.#startSample) * SAMPLE_BYTES,
    );
    this.#startSample = sample;
  }
}
