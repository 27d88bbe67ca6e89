import { decodeBase64In, valueStart } from "./audio-delta";
import type { AudioDelta } from "./server-events";

/** @returns the bytes, in memory of their own; undefined for what it cannot decode */
type Decode = (data: Buffer, start: number, end: number) => Buffer | undefined;

/** What is before the base64 in all frames of an item, but for the event's id. */
interface Layout {
  /** Up to the id, or empty when there is none. */
  readonly beforeId: Buffer;
  /** From the end of the id, or from the beginning, to the first letter of the base64. */
  readonly afterId: Buffer;
  readonly event: AudioDelta;
}

const ID_KEY = Buffer.from('"event_id":"');
const KEY = Buffer.from('"delta"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;
const END = Buffer.from('"}');

/**
 * Reads pieces of audio without looking for anything in them: the frames of an item are alike, but for the id of the event and
 * the base64. The first is read in the long way, then told to `learn`; those behind it are compared with it. A frame that is
 * not exactly like it is none of ours.
 */
export class AudioDeltaReader {
  readonly #decode: Decode | undefined;
  #layout: Layout | undefined;

  /** @param decode - tried first: a faster way, for where it can be gone */
  constructor(decode?: Decode) {
    this.#decode = decode;
  }

  /**
   * @param frame - whole, any bytes
   * @returns what the long way would have read, the event as an object that all of an item share; undefined when this cannot tell
   */
  read(frame: Buffer): { event: AudioDelta; audio: Buffer } | undefined {
    const layout = this.#layout;
    const start = layout ? startOfBase64(frame, layout) : -1;
    const end = frame.length - END.length;
    if (!layout || start < 0 || start > end || !isAt(frame, END, end))
      return undefined;
    const audio =
      this.#decode?.(frame, start, end) ?? decodeBase64In(frame, start, end);
    return audio && { event: layout.event, audio };
  }

  /**
   * @param frame - JSON with a piece of audio at its top
   * @param event - what was read in it
   */
  learn(frame: Buffer, event: AudioDelta): void {
    const key = frame.indexOf(KEY);
    const start = key < 0 ? -1 : valueStart(frame, key + KEY.length);
    const head = frame.subarray(0, Math.max(0, start));
    const isLast = frame.indexOf(QUOTE, start) === frame.length - END.length;
    this.#layout =
      isLast && isFlatAndPlain(head) ? layoutOf(head, event) : undefined;
  }
}

/** @returns where it begins, or -1 when the frame is not like the one that was learnt */
function startOfBase64(frame: Buffer, { beforeId, afterId }: Layout): number {
  if (!isAt(frame, beforeId, 0)) return -1;
  const idEnd =
    beforeId.length === 0 ? 0 : endOfPlainText(frame, beforeId.length);
  return isAt(frame, afterId, idEnd) ? idEnd + afterId.length : -1;
}

function layoutOf(head: Buffer, event: AudioDelta): Layout {
  const key = head.indexOf(ID_KEY);
  const idStart = key < 0 ? 0 : key + ID_KEY.length;
  const idEnd = key < 0 ? 0 : endOfPlainText(head, idStart);
  return {
    beforeId: Buffer.from(head.subarray(0, idStart)),
    afterId: Buffer.from(head.subarray(idEnd)),
    event,
  };
}

/** One object without others in it, and in letters that are what they look like: the id in it can be no other's. */
function isFlatAndPlain(head: Buffer): boolean {
  return (
    head.length > 0 &&
    endOfPlain(head, 0, isPlain) === head.length &&
    head.indexOf(OPENING_BRACE, 1) < 0 &&
    head.indexOf(OPENING_BRACKET) < 0 &&
    head.indexOf(KEY, head.indexOf(KEY) + 1) < 0
  );
}

function endOfPlainText(data: Buffer, from: number): number {
  return endOfPlain(data, from, isPlainInText);
}

function endOfPlain(
  data: Buffer,
  from: number,
  isPart: (byte: number) => boolean,
): number {
  let at = from;
  while (at < data.length && isPart(data[at]!)) at++; // within it
  return at;
}

function isPlain(byte: number): boolean {
  return byte >= SPACE && byte <= TILDE && byte !== BACKSLASH;
}

function isPlainInText(byte: number): boolean {
  return isPlain(byte) && byte !== QUOTE;
}

/** Byte by byte: for so few of them a call of `Buffer.compare` takes longer. */
function isAt(data: Buffer, part: Buffer, at: number): boolean {
  if (at + part.length > data.length) return false;
  for (let i = 0; i < part.length; i++)
    if (data[at + i] !== part[i]) return false;
  return true;
}
