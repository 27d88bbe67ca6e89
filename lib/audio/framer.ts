import { expectPositiveInteger, expectWholeBlocks } from "./check";
import { PCM16_BYTES } from "./pcm";

/** Options of {@link Framer}. */
export interface FramerOptions {
  /** Bytes of one frame, whole blocks. */
  readonly frameBytes: number;
  /** Bytes of one sample of every channel: 2 for mono PCM16 (default), 1 for G.711. */
  readonly blockBytes?: number;
}

/** Cuts chunks of any length, even or odd, into frames of a fixed length. */
export class Framer {
  readonly #frameBytes: number;
  readonly #blockBytes: number;
  #frame: Buffer;
  #filled = 0;
  #droppedBytes = 0;

  /** @throws RangeError when `frameBytes` does not hold whole blocks */
  constructor({ frameBytes, blockBytes = PCM16_BYTES }: FramerOptions) {
    expectPositiveInteger("frameBytes", frameBytes);
    expectPositiveInteger("blockBytes", blockBytes);
    expectWholeBlocks("frameBytes", frameBytes, blockBytes);
    this.#frameBytes = frameBytes;
    this.#blockBytes = blockBytes;
    this.#frame = Buffer.allocUnsafeSlow(frameBytes);
  }

  /** Length of every frame. */
  get frameBytes(): number {
    return this.#frameBytes;
  }

  /** Bytes held until their frame is complete. */
  get pendingBytes(): number {
    return this.#filled;
  }

  /** Bytes of incomplete samples that `flush` has dropped so far. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** @returns the frames that `chunk` completes, each in own memory */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      const copied = chunk.copy(this.#frame, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#frameBytes) frames.push(this.#handOut());
    }
    return frames;
  }

  /** Whether `chunk` is a frame as it is, and none was begun before. */
  isFrame(chunk: Buffer): boolean {
    return this.#filled === 0 && chunk.length === this.#frameBytes;
  }

  /**
   * Like `push`, for a caller that reads each frame at once: frames that lie whole in `chunk` are not copied.
   * @param use - takes a frame, whose bytes are another's as soon as it returns; read only
   */
  lend(chunk: Buffer, use: (frame: Buffer) => void): void {
    let at = 0;
    while (at < chunk.length) {
      const end = at + this.#frameBytes;
      if (this.#filled === 0 && end <= chunk.length) {
        use(end - at === chunk.length ? chunk : chunk.subarray(at, end));
        at = end;
        continue;
      }
      const copied = chunk.copy(this.#frame, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#frameBytes) return;
      this.#filled = 0;
      use(this.#frame);
    }
  }

  /**
   * Ends the stream; the next `push` starts another one.
   * @returns what is left, in whole samples, or `undefined`; bytes of an incomplete sample are dropped and counted
   */
  flush(): Buffer | undefined {
    const odd = this.#filled % this.#blockBytes;
    const wholeBytes = this.#filled - odd;
    this.#droppedBytes += odd;
    this.#filled = 0;
    if (wholeBytes === 0) return undefined;
    const rest = Buffer.allocUnsafeSlow(wholeBytes);
    this.#frame.copy(rest, 0, 0, wholeBytes);
    return rest;
  }

  #handOut(): Buffer {
    const frame = this.#frame;
    this.#frame = Buffer.allocUnsafeSlow(this.#frameBytes);
    this.#filled = 0;
    return frame;
  }
}
