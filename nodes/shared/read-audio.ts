import {
  parseWav,
  sniffAudio,
  type AudioFormat,
  type AudioKind,
  type SampleEncoding,
  type WavFile,
} from "../../lib/audio";
import { VoiceLiveError } from "../../lib/client";
import { isRecord, type FlowMessage } from "./messages";

/** How an audio node reads what comes in. */
export interface ReaderSettings {
  /** `auto`: the message says, or its WAV header; `raw`: `rawFormat`; `wav`: every message is a WAV, or a piece of one. */
  readonly format: "auto" | "raw" | "wav";
  readonly rawFormat: AudioFormat;
  /** What a text is, when it does not say. */
  readonly strings: "base64" | "utf8";
}

export interface AudioInput {
  /** Raw samples, read only; empty for a mere end of speech. */
  readonly audio: Buffer;
  readonly format: AudioFormat;
  /** The speaker is done. */
  readonly isEnd: boolean;
}

/** Without any word about it, audio is what the service speaks (design.md §4.1). */
const DEFAULT_FORMAT: AudioFormat = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
};

const RATES = { min: 4_000, max: 192_000 };
const MAX_CHANNELS = 8;
const BITS: Readonly<Record<SampleEncoding, number>> = {
  "signed-integer": 16,
  "floating-point": 32,
  "mu-law": 8,
  "a-law": 8,
};

/** Reads the audio messages of one stream: a WAV header counts for the pieces that follow it. */
export class AudioReader {
  readonly #settings: ReaderSettings;
  #streamed: AudioFormat | undefined;

  constructor(settings: ReaderSettings) {
    this.#settings = settings;
  }

  /** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` or `VOICE_LIVE_AUDIO` that names what came and what to do */
  read(msg: FlowMessage): AudioInput {
    const isLast = msg["event"] === "end" || msg["complete"] === true;
    const payload = msg["payload"];
    if (isLast && (payload === undefined || payload === null))
      return this.#end();
    const { data, format } = toBytes(payload, this.#settings.strings);
    if (data.length === 0) return this.#end();
    const input = this.#readBytes(msg, data, format);
    if (isLast) this.#streamed = undefined;
    return { ...input, isEnd: isLast };
  }

  #end(): AudioInput {
    this.#streamed = undefined;
    return { audio: Buffer.alloc(0), format: DEFAULT_FORMAT, isEnd: true };
  }

  #readBytes(
    msg: FlowMessage,
    data: Buffer,
    typed: SampleFormat | undefined,
  ): Omit<AudioInput, "isEnd"> {
    const kind = sniffAudio(data);
    if (kind !== "raw" && kind !== "wav") throw compressed(kind);
    if (kind === "wav" && this.#settings.format !== "raw")
      return this.#readWav(data);
    return { audio: data, format: this.#rawFormat(msg, typed) };
  }

  #readWav(data: Buffer): Omit<AudioInput, "isEnd"> {
    const wav = parse(data);
    const format = wavFormat(wav);
    const isWhole = wav.dataLength === wav.data.length && wav.dataLength > 0;
    this.#streamed = isWhole ? undefined : format;
    return { audio: wav.data, format };
  }

  #rawFormat(msg: FlowMessage, typed: SampleFormat | undefined): AudioFormat {
    if (this.#streamed) return this.#streamed;
    if (this.#settings.format === "wav") {
      throw new VoiceLiveError(
        "VOICE_LIVE_AUDIO",
        "The data has no WAV header",
        {
          nextStep:
            "Send WAV data, or choose another format in the audio in node.",
        },
      );
    }
    if (this.#settings.format === "raw")
      return { ...this.#settings.rawFormat, ...typed };
    return { ...describedFormat(msg), ...typed };
  }
}

/** What the type of the payload itself says about its samples. */
type SampleFormat = Pick<AudioFormat, "encoding">;

interface Bytes {
  readonly data: Buffer;
  readonly format?: SampleFormat;
}

function toBytes(payload: unknown, strings: ReaderSettings["strings"]): Bytes {
  if (Buffer.isBuffer(payload)) return { data: payload };
  if (payload instanceof Int16Array)
    return { data: viewOf(payload), format: { encoding: "signed-integer" } };
  if (payload instanceof Float32Array)
    return { data: viewOf(payload), format: { encoding: "floating-point" } };
  if (payload instanceof Uint8Array) return { data: viewOf(payload) };
  if (payload instanceof ArrayBuffer) return { data: Buffer.from(payload) };
  if (typeof payload === "string") return { data: textBytes(payload, strings) };
  // A Buffer that went through JSON, as MQTT and HTTP nodes make of it.
  if (
    isRecord(payload) &&
    payload["type"] === "Buffer" &&
    Array.isArray(payload["data"])
  )
    return { data: Buffer.from(payload["data"] as number[]) };
  throw notAudio(payload);
}

function viewOf(array: Uint8Array | Int16Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function textBytes(text: string, strings: ReaderSettings["strings"]): Buffer {
  const url = /^data:[^,]*;base64,/i.exec(text.slice(0, 200));
  if (url) return decodeBase64(text.slice(url[0].length));
  // Core exec hands out silence as a text of NULs, since that is valid UTF-8; base64 never holds one.
  if (strings === "utf8" || text.includes("\0"))
    return Buffer.from(text, "utf8");
  return decodeBase64(text);
}

function decodeBase64(text: string): Buffer {
  const compact = text.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      "The payload is a text that is not base64",
      {
        nextStep:
          "Send the audio as a Buffer, or choose how texts are read in the audio in node. Text for the assistant goes to a message node.",
      },
    );
  }
  return Buffer.from(compact, "base64");
}

function notAudio(payload: unknown): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `The payload is no audio but ${describe(payload)}`,
    {
      nextStep: "Send a Buffer of samples, a WAV, or base64.",
    },
  );
}

function describe(payload: unknown): string {
  if (payload === null || payload === undefined) return `${payload}`;
  if (Array.isArray(payload)) return "an array";
  if (typeof payload !== "object") return `a ${typeof payload}`;
  const isStream =
    typeof (payload as { pipe?: unknown }).pipe === "function" ||
    typeof (payload as { getReader?: unknown }).getReader === "function";
  return isStream
    ? "a Readable stream (read it into Buffers first)"
    : "an object";
}

function compressed(kind: AudioKind): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_AUDIO",
    `The payload is ${kind.toUpperCase()} data`,
    {
      nextStep:
        "Decode it to PCM or WAV first, for example with sox or ffmpeg.",
    },
  );
}

function parse(data: Buffer): WavFile {
  try {
    return parseWav(data);
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      cause instanceof Error ? cause.message : String(cause),
      {
        nextStep: "Send another file, or raw samples with their format.",
        cause,
      },
    );
  }
}

function wavFormat({
  encoding,
  bits,
  sampleRate,
  channels,
}: WavFile): AudioFormat {
  if (encoding === "unsigned-integer" || bits !== BITS[encoding]) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `The WAV holds ${bits}-bit ${encoding} samples`,
      { nextStep: "Convert it to 16 bits first, for example with sox." },
    );
  }
  return checked({ encoding, sampleRate, channels });
}

/** `msg.rate`, `channels`, `bits`, `encoding`: what sox-utils nodes and our own outputs say (design.md §4.1). */
function describedFormat(msg: FlowMessage): AudioFormat {
  const { rate, channels, bits, encoding } = msg;
  const described: AudioFormat = {
    encoding: encodingOf(encoding, bits),
    sampleRate: numberOf(rate, DEFAULT_FORMAT.sampleRate, "msg.rate"),
    channels: numberOf(channels, DEFAULT_FORMAT.channels, "msg.channels"),
  };
  return checked(described);
}

function encodingOf(encoding: unknown, bits: unknown): SampleEncoding {
  const known =
    encoding === undefined || encoding === ""
      ? DEFAULT_FORMAT.encoding
      : encoding;
  if (typeof known !== "string" || !Object.hasOwn(BITS, known)) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `msg.encoding is ${JSON.stringify(encoding)?.slice(0, 60)}`,
      { nextStep: `Use one of ${Object.keys(BITS).join(", ")}.` },
    );
  }
  const expected = BITS[known as SampleEncoding];
  if (bits !== undefined && Number(bits) !== expected) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `msg.bits is ${JSON.stringify(bits)?.slice(0, 60)} for ${known} samples`,
      { nextStep: `Convert the audio to ${expected} bits first.` },
    );
  }
  return known as SampleEncoding;
}

function numberOf(value: unknown, fallback: number, name: string): number {
  if (value === undefined) return fallback;
  const read = Number(value);
  if (!Number.isInteger(read))
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `${name} is ${JSON.stringify(value)?.slice(0, 60)}`,
      { nextStep: "Use a whole number." },
    );
  return read;
}

function checked(format: AudioFormat): AudioFormat {
  const { sampleRate, channels } = format;
  if (sampleRate < RATES.min || sampleRate > RATES.max) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `The sample rate is ${sampleRate} Hz`,
      { nextStep: `Use ${RATES.min} to ${RATES.max} Hz.` },
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS)
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `The audio has ${channels} channels`,
      { nextStep: `Use 1 to ${MAX_CHANNELS}.` },
    );
  return format;
}
