import {
  FINAL_TEXT,
  LENGTH_IN_2_BYTES,
  LENGTH_IN_8_BYTES,
  MASK_BYTES,
  MASKED,
} from "./websocket-frame";

/** Builds masked WebSocket frames of text around the base64 of bytes (RFC 6455 §5.2). */
export interface FrameBuilder {
  /** The longest that `build` takes. */
  readonly maxBytes: number;
  /**
   * @param mask - its four bytes, the first one lowest
   * @returns the whole frame, in memory that is the next one's with the next call
   */
  build(audio: Uint8Array, mask: number): Uint8Array;
}

/** Two bytes, eight for the length, four for the mask; rounded up so that what is masked begins at a whole word. */
const ROOM_FOR_HEAD = 16;
const WORD_BYTES = 4;
/** Kept for the next frame; a longer one has memory of its own. */
const KEPT_BYTES = 64 * 1024;

/** Builds frames of any length on any processor. */
export class PlainFrames implements FrameBuilder {
  readonly maxBytes = Infinity;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  readonly #kept = new Uint32Array(KEPT_BYTES / WORD_BYTES);

  /**
   * @param before - text before the base64
   * @param after - text behind it
   */
  constructor(before: Uint8Array, after: Uint8Array) {
    this.#before = before;
    this.#after = after;
  }

  build(audio: Uint8Array, mask: number): Uint8Array {
    const base64 = bytesOf(audio).toString("base64");
    const length = this.#before.length + base64.length + this.#after.length;
    const words = this.#memory(ROOM_FOR_HEAD + length);
    const bytes = bytesOf(words);
    const end = ROOM_FOR_HEAD + length;
    bytes.set(this.#before, ROOM_FOR_HEAD);
    bytes.write(base64, ROOM_FOR_HEAD + this.#before.length, "latin1");
    bytes.set(this.#after, end - this.#after.length);
    const start = writeHead(bytes, length, mask);
    maskWords(words, ROOM_FOR_HEAD / WORD_BYTES, end / WORD_BYTES);
    return bytes.subarray(start, end);
  }

  #memory(bytes: number): Uint32Array {
    return bytes <= KEPT_BYTES
      ? this.#kept
      : new Uint32Array(Math.ceil(bytes / WORD_BYTES));
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Up to a whole word: what is left of the last one lies behind the frame. */
function maskWords(words: Uint32Array, from: number, end: number): void {
  const mask = words[from - 1]!; // in front of the text
  for (let at = from; at < end; at++) words[at]! ^= mask;
}

/** @returns where it begins */
function writeHead(bytes: Buffer, length: number, mask: number): number {
  bytes.writeUInt32LE(mask, ROOM_FOR_HEAD - MASK_BYTES);
  const begin = ROOM_FOR_HEAD - MASK_BYTES - headBytes(length);
  bytes[begin] = FINAL_TEXT;
  if (length < LENGTH_IN_2_BYTES) {
    bytes[begin + 1] = MASKED | length;
  } else if (length < 2 ** 16) {
    bytes[begin + 1] = MASKED | LENGTH_IN_2_BYTES;
    bytes.writeUInt16BE(length, begin + 2);
  } else {
    bytes[begin + 1] = MASKED | LENGTH_IN_8_BYTES;
    bytes.writeUInt32BE(0, begin + 2);
    bytes.writeUInt32BE(length, begin + 6);
  }
  return begin;
}

function headBytes(length: number): number {
  if (length < LENGTH_IN_2_BYTES) return 2;
  return length < 2 ** 16 ? 4 : 10;
}
