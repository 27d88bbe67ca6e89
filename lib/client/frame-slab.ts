/** Four dozen frames of 20 ms. */
const SLAB_BYTES = 64 * 1024;

/**
 * Memory for frames on their way into streams. Where the kernel takes a frame at once, as nearly always, the next one has the same
 * memory; what a stream still has, as under TLS until it is encrypted, stays as it is.
 */
export class FrameSlab {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #free = 0;
  /** What was given back last, at `#free`. */
  #spare: Buffer | undefined;

  /** @returns a copy that stays as it is until it is given back */
  keep(frame: Uint8Array): Buffer {
    const kept = this.#take(frame.length);
    kept.set(frame);
    return kept;
  }

  /** @param frame - the one that was kept last, which nobody needs any more */
  giveBack(frame: Buffer): void {
    this.#free -= frame.length;
    this.#spare = frame;
  }

  #take(bytes: number): Buffer {
    const spare = this.#spare;
    this.#spare = undefined;
    // What is still kept of the old memory lives as long as who has it.
    if (this.#free + bytes > this.#bytes.length) this.#renew(bytes);
    const start = this.#free;
    this.#free += bytes;
    // Nearly always the next frame is as long as the one before.
    return spare?.length === bytes
      ? spare
      : this.#bytes.subarray(start, this.#free);
  }

  #renew(bytes: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    this.#free = 0;
  }
}
