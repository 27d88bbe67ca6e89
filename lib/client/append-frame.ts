import { randomFillSync } from "node:crypto";
import { APPEND_HEAD, APPEND_TAIL } from "../protocol";
import {
  FINAL_TEXT,
  LENGTH_IN_2_BYTES,
  LENGTH_IN_8_BYTES,
  MASK_BYTES,
  MASKED,
} from "./websocket-frame";

/** Two bytes, eight for the length, four for the mask; rounded up so that what is masked begins at a whole word. */
const ROOM_FOR_HEAD = 16;
/** Four dozen frames of 20 ms. */
const SLAB_BYTES = 64 * 1024;
const WORD_BYTES = 4;

const masks = new Uint32Array(1_024);
let nextMask = masks.length;

/**
 * Memory in which frames of audio are built: each one `input_audio_buffer.append` as it goes over the socket, a masked WebSocket
 * frame of text, written straight around the base64. No event, no JSON, no Buffer of its own: at fifty frames a second for each
 * conversation those are most of what sending costs (bench/README.md).
 * @see protocol.md §5
 */
export class AppendSlab {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #words = new Uint32Array(this.#bytes.buffer);
  #free = 0;

  /**
   * @param audio - samples in the session's input format, at most 15 MiB as base64
   * @returns bytes that are another frame's after `clear`; undefined when it is too full for this one
   */
  append(audio: Buffer): Buffer | undefined {
    const base64 = audio.toString("base64");
    const length = APPEND_HEAD.length + base64.length + APPEND_TAIL.length;
    if (!this.#hasRoom(toWord(ROOM_FOR_HEAD + length))) return undefined;
    const bytes = this.#bytes;
    const start = this.#free + ROOM_FOR_HEAD;
    bytes.set(APPEND_HEAD, start);
    bytes.write(base64, start + APPEND_HEAD.length, "latin1");
    bytes.set(APPEND_TAIL, start + length - APPEND_TAIL.length);
    this.#free = toWord(start + length);
    return bytes.subarray(this.#writeHead(start, length), start + length);
  }

  /** Nobody needs the frames any more. */
  clear(): void {
    this.#free = 0;
  }

  /** One that is empty takes everything. */
  #hasRoom(needed: number): boolean {
    if (this.#free + needed <= this.#bytes.length) return true;
    if (this.#free > 0) return false;
    this.#bytes = Buffer.allocUnsafeSlow(needed);
    this.#words = new Uint32Array(this.#bytes.buffer);
    return true;
  }

  /** @returns where the frame begins */
  #writeHead(start: number, length: number): number {
    const bytes = this.#bytes;
    const words = this.#words;
    const mask = freshMask();
    const first = start / WORD_BYTES;
    const end = toWord(start + length) / WORD_BYTES;
    // What is left of the last word lies behind the frame.
    for (let at = first; at < end; at++) words[at]! ^= mask;
    words[first - 1] = mask;
    const begin = start - MASK_BYTES - headBytes(length);
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
}

function headBytes(length: number): number {
  if (length < LENGTH_IN_2_BYTES) return 2;
  return length < 2 ** 16 ? 4 : 10;
}

/** Nobody must be able to foretell it (RFC 6455 §10.3); drawn a thousand at a time. */
function freshMask(): number {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  return masks[nextMask++] ?? 0;
}

function toWord(bytes: number): number {
  return Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;
}
