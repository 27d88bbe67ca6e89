import { type JsonObject, readJsonObject } from "./json";

/** A frame with its one long base64 value taken out and decoded. */
export interface AudioScan {
  /** The event, with an empty `delta` in place of the base64. */
  readonly event: JsonObject;
  readonly audio: Buffer;
}

const KEY = Buffer.from('"delta"');
const QUOTE = 0x22;
const COLON = 0x3a;
const CLOSING_BRACE = 0x7d;

/**
 * Takes the value of a top-level `"delta"` out of a frame without building a JSON tree of it, and parses the short
 * rest. Audio is nearly all that a session receives, and nearly all of such a frame is this value.
 *
 * The result is what the full parser would give, or undefined. A value that is base64 has neither quote nor backslash in it,
 * so the rest is well-formed exactly when the frame is. Where the rest has no backslash either and `"delta"` once, the
 * `delta` found at the top of the rest is the one whose value was taken out. Other frames go to the full parser.
 */
export function scanAudioDelta(data: Buffer): AudioScan | undefined {
  const key = data.indexOf(KEY);
  if (key < 0) return undefined;
  const start = valueStart(data, key + KEY.length);
  const end = start < 0 ? -1 : valueEnd(data, start);
  if (end < 0 || data.indexOf(KEY, end + 1) >= 0) return undefined;
  const rest = data.toString("utf8", 0, start) + data.toString("utf8", end);
  const event = rest.includes("\\") ? undefined : readJsonObject(rest);
  if (!event || !Object.hasOwn(event, "delta")) return undefined;
  const audio = decodeBase64In(data, start, end);
  return audio && { event, audio };
}

/** Where the value's closing quote is: nearly always right before the frame's last brace. What is no base64 shows when it is decoded. */
function valueEnd(data: Buffer, start: number): number {
  const last = data.length - 2;
  return last > start &&
    data[last] === QUOTE &&
    data[last + 1] === CLOSING_BRACE
    ? last
    : data.indexOf(QUOTE, start);
}

/** Position after the opening quote of the value that belongs to a key, or -1 when the value is no string. */
export function valueStart(data: Buffer, afterKey: number): number {
  const colon = skipSpace(data, afterKey);
  if (data[colon] !== COLON) return -1;
  const quote = skipSpace(data, colon + 1);
  return data[quote] === QUOTE ? quote + 1 : -1;
}

function skipSpace(data: Buffer, from: number): number {
  let at = from;
  while (
    data[at] === 0x20 ||
    data[at] === 0x0a ||
    data[at] === 0x0d ||
    data[at] === 0x09
  )
    at++;
  return at;
}

/**
 * Bytes of the padded base64 that stands in `data` from `start` to `end`.
 * @returns undefined as `decodeBase64` does
 */
export function decodeBase64In(
  data: Buffer,
  start: number,
  end: number,
): Buffer | undefined {
  // A string of a byte a character, which lives for this line: Node decodes it four times as fast as a loop over the bytes.
  return decodeBase64(data.toString("latin1", start, end));
}

/**
 * Bytes of padded base64, in memory of their own. Both alphabets are read, as Node's decoder does.
 * @returns undefined when anything in the text is not base64: the decoder skips such characters, so the length tells
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.allocUnsafeSlow((text.length / 4) * 3 - padding);
  return bytes.write(text, "base64") === bytes.length ? bytes : undefined;
}
