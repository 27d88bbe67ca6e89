/** Four dozen frames of 20 ms. */
const SLAB_BYTES = 64 * 1024;

/**
 * Memory for frames on their way into streams. Where the kernel takes a frame at once, as nearly always, the next one has the same
 * memory; what a stream still has, as under TLS until it is encrypted, stays as it is.
 */
export class FrameSlab {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #free = 0;

  /** @returns a copy that stays as it is until it is given back */
  keep(frame: Uint8Array): Buffer {
    // What is still kept of the old memory lives as long as who has it.
    if (this.#free + frame.length > this.#bytes.length) this.#renew(frame);
    const start = this.#free;
    this.#bytes.set(frame, start);
    this.#free += frame.length;
    return this.#bytes.subarray(start, this.#free);
  }

  /** @param frame - the one that was kept last, which nobody needs any more */
  giveBack(frame: Buffer): void {
    this.#free -= frame.length;
  }

  #renew({ length }: Uint8Array): void {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
    this.#free = 0;
  }
}
