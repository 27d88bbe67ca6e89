import type { SampleFormat } from "../../lib/audio";
import { VoiceLiveError } from "../../lib/client";
import { isRecord } from "./messages";

/** Audio of a message as bytes, and what the type of the value itself says about the samples. */
export interface PayloadBytes {
  /** Shares memory with the message: read only. */
  readonly data: Buffer;
  readonly samples?: SampleFormat;
}

/**
 * A whole recording passes in one message; what is longer would stop Node-RED for seconds while it is converted, and wait
 * for minutes until it is sent. 16 MiB are 87 s of 48 kHz stereo and 5.8 min of what the service speaks.
 */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/**
 * @param payload - Buffer, typed array, base64, data URL, or a text of bytes
 * @param strings - what a text is, when it does not say
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` that names what came and what to do
 */
export function payloadBytes(
  payload: unknown,
  strings: "base64" | "utf8",
): PayloadBytes {
  const bytes = toBytes(payload, strings);
  if (bytes.data.length > MAX_PAYLOAD_BYTES) throw tooLong(bytes.data.length);
  return bytes;
}

/** Typed arrays hold samples in the machine's byte order; every machine that runs Node-RED has the little one. */
const TYPED: readonly (readonly [
  type: abstract new (...args: never) => ArrayBufferView,
  samples: SampleFormat,
])[] = [
  [Int16Array, { encoding: "signed-integer", bits: 16 }],
  [Float32Array, { encoding: "floating-point", bits: 32 }],
  [Int8Array, { encoding: "signed-integer", bits: 8 }],
  [Int32Array, { encoding: "signed-integer", bits: 32 }],
  [Float64Array, { encoding: "floating-point", bits: 64 }],
];

function toBytes(payload: unknown, strings: "base64" | "utf8"): PayloadBytes {
  if (Buffer.isBuffer(payload)) return { data: payload };
  if (payload instanceof Uint8Array) return { data: viewOf(payload) };
  if (payload instanceof ArrayBuffer) return { data: wrap(payload) };
  if (typeof payload === "string") return { data: textBytes(payload, strings) };
  for (const [type, samples] of TYPED)
    if (payload instanceof type) return { data: viewOf(payload), samples };
  // A Buffer that went through JSON, as MQTT and HTTP nodes make of it.
  if (
    isRecord(payload) &&
    payload["type"] === "Buffer" &&
    Array.isArray(payload["data"])
  )
    return { data: listedBytes(payload["data"]) };
  throw notAudio(payload);
}

function listedBytes(list: readonly unknown[]): Buffer {
  if (list.length > MAX_PAYLOAD_BYTES) throw tooLong(list.length);
  if (list.every(isByte)) return Buffer.from(list);
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    "The payload looks like a Buffer that went through JSON, but does not hold bytes",
    { nextStep: "Send the Buffer itself, or base64." },
  );
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
}

function viewOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return wrap(buffer, byteOffset, byteLength);
}

function wrap(memory: ArrayBufferLike, offset = 0, length?: number): Buffer {
  try {
    return Buffer.from(memory, offset, length);
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      "The payload's memory was handed over to another thread",
      { nextStep: "Send a copy of the audio.", cause },
    );
  }
}

/** Four characters hold three bytes; white space may come on top. Nothing longer is looked at. */
const MAX_TEXT_LENGTH = MAX_PAYLOAD_BYTES * 1.5;

function textBytes(text: string, strings: "base64" | "utf8"): Buffer {
  if (text.length > MAX_TEXT_LENGTH) throw tooLong(text.length * 0.75);
  const url = /^data:[^,]*;base64,/i.exec(text.slice(0, 200));
  if (url) return decodeBase64(text.slice(url[0].length));
  // Core exec hands out silence as a text of NULs, since that is valid UTF-8; base64 never holds one.
  if (strings === "utf8" || text.includes("\0"))
    return Buffer.from(text, "utf8");
  return decodeBase64(text);
}

/** Blanks count only round the line breaks that mail and files put in. */
function decodeBase64(text: string): Buffer {
  const lines = text.split(/[\r\n]+/);
  const compact = lines.map((line) => line.trim()).join("");
  if (!canBeBase64(compact)) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      "The payload is a text that is not base64",
      {
        nextStep:
          "Send the audio as a Buffer, or choose in the node how texts are read. Text for the assistant goes to a message node.",
      },
    );
  }
  return Buffer.from(compact, "base64");
}

/** A last character alone holds six bits, which are no byte. */
function canBeBase64(compact: string): boolean {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) return false;
  return compact.replace(/=+$/, "").length % 4 !== 1 && !isWord(compact);
}

/** "stop" decodes as well; audio of up to 24 bytes without capitals and digits is as good as impossible. */
function isWord(compact: string): boolean {
  return /^[A-Za-z]?[a-z]{1,31}$/.test(compact);
}

function tooLong(bytes: number): VoiceLiveError {
  const megabytes = (size: number): string => (size / 1024 / 1024).toFixed(0);
  return new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `The payload has ${megabytes(bytes)} MiB`,
    {
      nextStep: `Send at most ${megabytes(MAX_PAYLOAD_BYTES)} MiB of audio in one message: cut it into pieces.`,
    },
  );
}

function notAudio(payload: unknown): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    payload === undefined || payload === null
      ? "msg.payload is missing"
      : `The payload is no audio but ${describe(payload)}`,
    { nextStep: "Send a Buffer of samples, a WAV, or base64." },
  );
}

function describe(payload: unknown): string {
  if (Array.isArray(payload)) return "an array";
  if (typeof payload !== "object") return `a ${typeof payload}`;
  const isStream =
    typeof (payload as { pipe?: unknown }).pipe === "function" ||
    typeof (payload as { getReader?: unknown }).getReader === "function";
  return isStream
    ? "a Readable stream (read it into Buffers first)"
    : "an object";
}
