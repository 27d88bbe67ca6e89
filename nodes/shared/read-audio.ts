import {
  bytesPerMs,
  sniffAudio,
  WavStream,
  type AudioFormat,
  type AudioKind,
  type SampleFormat,
  type StreamPiece,
} from "../../lib/audio";
import { VoiceLiveError } from "../../lib/client";
import { withAudioFaults } from "./audio-fault";
import { checkedFormat, describedFormat } from "./described-format";
import type { FlowMessage } from "./messages";
import { payloadBytes } from "./payload-bytes";

/** How an audio node reads what comes in. */
export interface ReaderSettings {
  /** `auto`: the message says, or its WAV header; `raw`: `rawFormat`; `wav`: every message is a WAV, or a piece of one. */
  readonly format: "auto" | "raw" | "wav";
  /** Of raw samples; with `auto` for what the message does not say. */
  readonly rawFormat: AudioFormat;
  /** What a text is, when it does not say. */
  readonly strings: "base64" | "utf8";
  /** Message property that holds the audio; default `payload`. */
  readonly property?: "payload" | "speech";
}

export interface AudioInput {
  /** Raw samples, read only; may end inside one. Empty for a mere end of speech. */
  readonly audio: Buffer;
  readonly format: AudioFormat;
  /** The speaker is done. */
  readonly isEnd: boolean;
}

/** Without any word about it, audio is what the service speaks (design.md §4.1). */
export const DEFAULT_FORMAT: AudioFormat = {
  encoding: "signed-integer",
  bits: 16,
  sampleRate: 24_000,
  channels: 1,
};

/** Reads the audio messages of one stream: a WAV header counts for the pieces that follow it. */
export class AudioReader {
  readonly #settings: ReaderSettings;
  readonly #warn: ((kind: string, text: string) => void) | undefined;
  readonly #wav = new WavStream();

  /** @param warn - hears of contradictions that do not stop the stream: each time, with the kind of thing and words for it */
  constructor(
    settings: ReaderSettings,
    warn?: (kind: string, text: string) => void,
  ) {
    this.#settings = settings;
    this.#warn = warn;
  }

  /** Bytes of WAV files so far that belonged to no whole sample. */
  get ignoredBytes(): number {
    return this.#wav.ignoredBytes;
  }

  /** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` or `VOICE_LIVE_AUDIO` that names what came and what to do */
  read(msg: FlowMessage): AudioInput {
    const isLast = msg["event"] === "end" || msg["complete"] === true;
    const payload = msg[this.#settings.property ?? "payload"];
    if (isLast && (payload === undefined || payload === null))
      return this.#end();
    const { data, samples } = payloadBytes(payload, this.#settings.strings);
    if (data.length === 0) return this.#end();
    const kind = sniffAudio(data);
    if (kind !== "raw" && kind !== "wav") throw unreadable(kind);
    const piece = withAudioFaults(() => this.#wav.push(data));
    const { audio, format } = this.#formatted(msg, piece, samples);
    expectBearable(audio, format);
    if (!isLast) return { audio, format, isEnd: false };
    const held = this.#wav.end();
    return { audio: Buffer.concat([audio, held]), format, isEnd: true };
  }

  #end(): AudioInput {
    const audio = this.#wav.end();
    return { audio, format: this.#settings.rawFormat, isEnd: true };
  }

  #formatted(
    msg: FlowMessage,
    { data, format }: StreamPiece,
    samples: SampleFormat | undefined,
  ): Omit<AudioInput, "isEnd"> {
    const { format: reads, rawFormat } = this.#settings;
    if (format) {
      this.#compare(msg, format);
      return { audio: data, format: checkedFormat(format) };
    }
    if (reads === "wav" && data.length > 0) throw headless();
    const raw = reads === "auto" ? describedFormat(msg, rawFormat) : rawFormat;
    if (!samples) return { audio: data, format: raw };
    const { sampleRate, channels } = raw;
    return { audio: data, format: { ...samples, sampleRate, channels } };
  }

  /** A header was written by whoever made the samples: it counts. */
  #compare(msg: FlowMessage, header: AudioFormat): void {
    const { format: reads, rawFormat } = this.#settings;
    const said = reads === "raw" ? rawFormat.sampleRate : Number(msg["rate"]);
    const isSilent = reads === "wav" || Number.isNaN(said);
    if (isSilent || said === header.sampleRate) return;
    this.#warn?.(
      "header",
      `The WAV header says ${header.sampleRate} Hz, ${reads === "raw" ? "the node" : "msg.rate"} says ${said} Hz: the header counts.`,
    );
  }
}

/** Ten minutes take up to a second to convert, in which Node-RED does nothing else. */
const MAX_MESSAGE_MINUTES = 10;

function expectBearable(audio: Buffer, format: AudioFormat): void {
  const minutes = audio.length / bytesPerMs(format) / 60_000;
  if (minutes <= MAX_MESSAGE_MINUTES) return;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `The message holds ${Math.ceil(minutes)} minutes of audio`,
    {
      nextStep: `Send at most ${MAX_MESSAGE_MINUTES} minutes in one message: cut it into pieces.`,
    },
  );
}

function headless(): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_AUDIO", "The data has no WAV header", {
    nextStep: "Send WAV data, or choose another format in the node.",
  });
}

/** No program makes sound of these. */
const SILENT: ReadonlySet<AudioKind> = new Set(["png", "jpeg", "pdf", "zip"]);

function unreadable(kind: AudioKind): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_AUDIO",
    `The payload is ${kind.toUpperCase()} data`,
    {
      nextStep: SILENT.has(kind)
        ? "Send audio, as PCM or WAV."
        : "Decode it to PCM or WAV first, for example with sox or ffmpeg.",
    },
  );
}
