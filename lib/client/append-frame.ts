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
/** Two dozen frames of 20 ms; a socket that is behind keeps no more of it alive than it has waiting. */
const SLAB_BYTES = 32 * 1024;
const WORD_BYTES = 4;

let slab = Buffer.from(new ArrayBuffer(SLAB_BYTES));
let words = new Uint32Array(slab.buffer);
let free = 0;

const masks = new Uint32Array(1_024);
let nextMask = masks.length;

/**
 * One `input_audio_buffer.append` as it goes over the socket: a masked WebSocket frame of text, written straight around the
 * base64. No event, no JSON, no Buffer of its own: at fifty frames a second for each conversation those are most of what
 * sending costs (bench/README.md).
 * @param audio - samples in the session's input format, at most 15 MiB as base64
 * @returns bytes that are overwritten by the next frame, unless {@link keepFrame} is called before
 * @see protocol.md §5
 */
export function appendFrame(audio: Buffer): Buffer {
  const base64 = audio.toString("base64");
  const length = APPEND_HEAD.length + base64.length + APPEND_TAIL.length;
  makeRoom(length);
  const start = free + ROOM_FOR_HEAD;
  slab.set(APPEND_HEAD, start);
  slab.write(base64, start + APPEND_HEAD.length, "latin1");
  slab.set(APPEND_TAIL, start + length - APPEND_TAIL.length);
  return slab.subarray(writeHead(start, length), start + length);
}

/** The socket has not taken the frame yet: its bytes are left alone until it has. */
export function keepFrame(frame: Buffer): void {
  const end = frame.byteOffset + frame.length;
  if (frame.buffer === slab.buffer) free = toWord(end);
}

function makeRoom(length: number): void {
  const needed = toWord(ROOM_FOR_HEAD + length);
  if (free + needed <= slab.length) return;
  slab = Buffer.from(new ArrayBuffer(Math.max(needed, SLAB_BYTES)));
  words = new Uint32Array(slab.buffer);
  free = 0;
}

/** @returns where the frame begins */
function writeHead(start: number, length: number): number {
  const mask = freshMask();
  const first = start / WORD_BYTES;
  const end = toWord(start + length) / WORD_BYTES;
  // What is left of the last word lies behind the frame.
  for (let at = first; at < end; at++) words[at]! ^= mask;
  words[first - 1] = mask;
  const begin = start - MASK_BYTES - headBytes(length);
  slab[begin] = FINAL_TEXT;
  if (length < LENGTH_IN_2_BYTES) {
    slab[begin + 1] = MASKED | length;
  } else if (length < 2 ** 16) {
    slab[begin + 1] = MASKED | LENGTH_IN_2_BYTES;
    slab.writeUInt16BE(length, begin + 2);
  } else {
    slab[begin + 1] = MASKED | LENGTH_IN_8_BYTES;
    slab.writeUInt32BE(0, begin + 2);
    slab.writeUInt32BE(length, begin + 6);
  }
  return begin;
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
