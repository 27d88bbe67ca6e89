import { expectPositiveInteger } from "./check";

const NO_BYTES = Buffer.alloc(0);

/** Aligns a byte stream that is cut anywhere to whole blocks, for example to samples of 2 bytes or stereo pairs of 4. */
export class SampleCarry {
  readonly #blockBytes: number;
  #rest: Buffer = NO_BYTES;
  #droppedBytes = 0;

  /** @param blockBytes - bytes of one sample of every channel */
  constructor(blockBytes: number) {
    expectPositiveInteger("blockBytes", blockBytes);
    this.#blockBytes = blockBytes;
  }

  /** Bytes held until their block is complete. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  /** Bytes of incomplete blocks that `flush` has dropped so far. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** Whether `chunk` is whole blocks, and none of them was begun before. */
  isAligned(chunk: Buffer): boolean {
    return this.#rest.length === 0 && chunk.length % this.#blockBytes === 0;
  }

  /** @returns all whole blocks so far, in own memory; empty when none is complete */
  push(chunk: Buffer): Buffer {
    if (this.isAligned(chunk)) return ownCopy(chunk);
    const total = this.#rest.length + chunk.length;
    const wholeBytes = total - (total % this.#blockBytes);
    const whole = Buffer.allocUnsafeSlow(wholeBytes);
    const rest = Buffer.allocUnsafeSlow(total - wholeBytes);
    const fromRest = this.#rest.copy(whole);
    const fromChunk = chunk.copy(whole, fromRest);
    const kept = this.#rest.copy(rest, 0, fromRest);
    chunk.copy(rest, kept, fromChunk);
    this.#rest = rest;
    return whole;
  }

  /** Ends the stream: the bytes of an incomplete block are dropped and counted. */
  flush(): void {
    this.#droppedBytes += this.#rest.length;
    this.#rest = NO_BYTES;
  }
}

function ownCopy(chunk: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}
