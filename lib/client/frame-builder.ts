import {
  FINAL_TEXT,
  LENGTH_IN_2_BYTES,
  LENGTH_IN_8_BYTES,
  MASK_BYTES,
  MASKED,
} from "./websocket-frame";

/** Builds masked WebSocket frames of text around the base64 of bytes (RFC 6455 §5.2). */
export interface FrameBuilder {
  /** Where audio is put that is to be built. */
  readonly room: Uint8Array;
  /**
   * @param at - where in the room the audio begins; two bytes behind it may be written, if the room has them
   * @param bytes - of audio
   * @param mask - its four bytes, the first one lowest
   * @returns the whole frame, in memory that is the next one's with the next call
   */
  build(at: number, bytes: number, mask: number): Uint8Array;
}

/** Two bytes, eight for the length, four for the mask; rounded up so that what is masked begins at a whole word. */
const ROOM_FOR_HEAD = 16;
const WORD_BYTES = 4;
/** As wasm/text-frame.ts has it, though nothing depends on that. */
const ROOM_BYTES = 64 * 1024;

/** Builds frames on any processor. */
export class PlainFrames implements FrameBuilder {
  readonly room: Buffer;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  /** The longest frame that the room can make. */
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;

  /**
   * @param before - text before the base64
   * @param after - text behind it
   */
  constructor(
    before: Uint8Array,
    after: Uint8Array,
    roomBytes: number = ROOM_BYTES,
  ) {
    this.#before = before;
    this.#after = after;
    this.room = Buffer.alloc(roomBytes);
    const base64Bytes = 4 * Math.ceil(roomBytes / 3);
    const textBytes = before.length + base64Bytes + after.length;
    this.#words = new Uint32Array(
      Math.ceil((ROOM_FOR_HEAD + textBytes) / WORD_BYTES),
    );
    this.#bytes = Buffer.from(this.#words.buffer as ArrayBuffer);
  }

  build(at: number, bytes: number, mask: number): Uint8Array {
    const base64 = this.room.toString("base64", at, at + bytes);
    const length = this.#before.length + base64.length + this.#after.length;
    const end = ROOM_FOR_HEAD + length;
    const frame = this.#bytes;
    frame.set(this.#before, ROOM_FOR_HEAD);
    frame.write(base64, ROOM_FOR_HEAD + this.#before.length, "latin1");
    frame.set(this.#after, end - this.#after.length);
    const start = writeHead(frame, length, mask);
    maskWords(this.#words, ROOM_FOR_HEAD / WORD_BYTES, end / WORD_BYTES);
    return frame.subarray(start, end);
  }
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
