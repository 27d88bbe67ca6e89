import {
  FINAL_TEXT,
  LENGTH_IN_2_BYTES,
  LENGTH_IN_8_BYTES,
  MASK_BYTES,
  MASKED,
} from "./websocket-frame";

/** Takes frames of text before a WebSocket sees them. */
export interface FrameTaker {
  /**
   * @param payload - bytes that are another's as soon as this returns
   * @returns true when it has taken it
   */
  take(payload: Buffer): boolean;
}

/** Where the bytes of a stream go. */
export interface FrameSink extends FrameTaker {
  /** Is given everything that is not taken, in its order. */
  pass(bytes: Buffer): void;
}

const FINAL = 0x80;
const OPCODE = 0x0f;
const CONTINUATION = 0;
const FIRST_CONTROL = 8;
const NO_BYTES = Buffer.alloc(0);

/**
 * The bytes of a server's stream, less the frames that were taken; each of those came in one piece. Nearly all that a session
 * receives is audio in frames of one layout; a WebSocket has to look at each byte of them, and ours has read them by then.
 */
export class FrameFilter {
  readonly #sink: FrameSink;
  /** Bytes of a frame that are still to come, and are passed on. */
  #rest = 0;
  /** Of a frame whose head came in pieces: what was passed on of it. */
  #head: Buffer = NO_BYTES;
  /** In the middle of a message of several frames. */
  #isFragmented = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    const sink = this.#sink;
    let at = this.#finishHead(chunk);
    at += this.#skip(chunk.length - at);
    let passed = 0;
    while (at < chunk.length) {
      const headBytes = headBytesOf(chunk, at);
      const begin = at + headBytes;
      if (headBytes === 0 || begin > chunk.length) {
        this.#head = Buffer.from(chunk.subarray(at));
        break;
      }
      const end = begin + payloadBytesOf(chunk, at);
      if (end <= chunk.length && this.#mayTake(chunk, at)) {
        // What is before it comes first.
        if (passed < at) sink.pass(chunk.subarray(passed, at));
        passed = sink.take(chunk.subarray(begin, end)) ? end : at;
      }
      this.#note(chunk[at]!); // its head is there
      at = begin + this.#begin(end - begin, chunk.length - begin);
    }
    if (passed === 0) sink.pass(chunk);
    else if (passed < chunk.length) sink.pass(chunk.subarray(passed));
  }

  #mayTake(chunk: Buffer, at: number): boolean {
    return (
      chunk[at] === FINAL_TEXT &&
      (chunk[at + 1]! & MASKED) === 0 &&
      !this.#isFragmented
    );
  }

  /** @param first - byte of a frame */
  #note(first: number): void {
    const opcode = first & OPCODE;
    if (opcode >= FIRST_CONTROL) return;
    const isLast = (first & FINAL) !== 0;
    this.#isFragmented =
      !isLast && (opcode !== CONTINUATION || this.#isFragmented);
  }

  /** @returns how much of the payload is here; the rest follows */
  #begin(payloadBytes: number, available: number): number {
    this.#rest = payloadBytes;
    return this.#skip(available);
  }

  #skip(available: number): number {
    const bytes = Math.min(this.#rest, available);
    this.#rest -= bytes;
    return bytes;
  }

  /** @returns bytes of the chunk that belong to a head which began in an earlier one */
  #finishHead(chunk: Buffer): number {
    const before = this.#head.length;
    if (before === 0) return 0;
    const head = Buffer.concat([
      this.#head,
      chunk.subarray(0, MOST_HEAD_BYTES),
    ]);
    const headBytes = headBytesOf(head, 0);
    if (headBytes === 0 || headBytes > head.length) {
      this.#head = head;
      return chunk.length;
    }
    this.#head = NO_BYTES;
    this.#note(head[0]!); // a head has two bytes
    this.#rest = payloadBytesOf(head, 0);
    return headBytes - before;
  }
}

const MOST_HEAD_BYTES = 10 + MASK_BYTES;

/** @returns 0 when there are too few bytes to tell */
function headBytesOf(data: Buffer, at: number): number {
  const second = data[at + 1];
  if (second === undefined) return 0;
  const length = second & ~MASKED;
  const extra =
    length === LENGTH_IN_2_BYTES ? 2 : length === LENGTH_IN_8_BYTES ? 8 : 0;
  return 2 + extra + (second & MASKED ? MASK_BYTES : 0);
}

/** @param data - has the whole head */
function payloadBytesOf(data: Buffer, at: number): number {
  const length = data[at + 1]! & ~MASKED; // the head is there
  if (length === LENGTH_IN_2_BYTES) return (data[at + 2]! << 8) | data[at + 3]!;
  if (length === LENGTH_IN_8_BYTES)
    return data.readUInt32BE(at + 2) * 2 ** 32 + data.readUInt32BE(at + 6);
  return length;
}
