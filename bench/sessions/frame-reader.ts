/** What a reader finds. */
export interface FrameListeners {
  /** A frame longer than words are: audio. Its bytes are never looked at. */
  audio(): void;
  words(text: string): void;
  ping(): void;
  close(): void;
}

const CLOSE = 8;
const PING = 9;
const MASK_BYTES = 4;

/** Reads the heads of a client's frames, and passes over their audio. */
export class FrameReader {
  readonly #wordsBytes: number;
  readonly #listeners: FrameListeners;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of a long frame that are still to come. */
  #skip = 0;

  /** @param wordsBytes - a frame of so many bytes is read, a longer one counted */
  constructor(wordsBytes: number, listeners: FrameListeners) {
    this.#wordsBytes = wordsBytes;
    this.#listeners = listeners;
  }

  push(chunk: Buffer): void {
    let data =
      this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      const skipped = Math.min(this.#skip, data.length);
      this.#skip -= skipped;
      data = data.subarray(skipped);
      const taken = this.#skip === 0 ? this.#take(data) : 0;
      if (taken === 0) break;
      data = data.subarray(taken);
    }
    this.#rest = data;
  }

  /** @returns bytes that were read; 0 when there are too few */
  #take(data: Buffer): number {
    if (data.length < 2) return 0;
    const extra = { 126: 2, 127: 8 }[data[1]! & 0x7f] ?? 0; // 2 bytes at least
    const head = 2 + extra + MASK_BYTES;
    if (data.length < head) return 0;
    const length =
      extra === 8
        ? Number(data.readBigUInt64BE(2))
        : extra === 2
          ? data.readUInt16BE(2)
          : data[1]! & 0x7f;
    if (length > this.#wordsBytes) {
      this.#listeners.audio();
      this.#skip = length;
      return head;
    }
    if (data.length < head + length) return 0;
    this.#read(
      data[0]! & 0x0f,
      data.subarray(head - MASK_BYTES, head + length),
    );
    return head + length;
  }

  #read(opcode: number, masked: Buffer): void {
    if (opcode === CLOSE) return this.#listeners.close();
    if (opcode === PING) return this.#listeners.ping();
    const text = masked
      .subarray(MASK_BYTES)
      .map((byte, i) => byte ^ masked[i % MASK_BYTES]!); // the mask is there
    this.#listeners.words(Buffer.from(text).toString("latin1"));
  }
}
