import {
  createId,
  type ResponseAudioPart,
  type ResponseMessageItem,
  type ResponseTextPart,
} from "../protocol";
import {
  durationMs,
  encodeOutput,
  type OutputFormat,
  type Sound,
} from "./audio-format";
import type { StoredItem } from "./conversation-items";
import {
  closeOutputItem,
  openOutputItem,
  type OutputSink,
  type OutputWriter,
} from "./output-writer";

export interface MessageOptions {
  readonly outputIndex: number;
  /** Wire name of the audio format; `undefined` writes text instead of speech. */
  readonly formatName: string | undefined;
  readonly format: OutputFormat;
  /** Sends `response.audio_timestamp.delta` for each word. */
  readonly hasTimestamps: boolean;
}

/** Writes one assistant message with one part, of audio or of text. @see protocol.md §12 A8–13 */
export class MessageWriter implements OutputWriter {
  readonly stored: StoredItem;
  readonly #item: ResponseMessageItem;
  readonly #sink: OutputSink;
  readonly #options: MessageOptions;
  readonly #part: ResponseAudioPart | ResponseTextPart;
  readonly #chunks: Buffer[] = [];
  #written = "";
  #audioMs = 0;

  constructor(sink: OutputSink, options: MessageOptions) {
    this.#sink = sink;
    this.#options = options;
    const isSpoken = options.formatName !== undefined;
    this.#part = isSpoken
      ? { type: "audio", transcript: "" }
      : { type: "text", text: "" };
    this.#item = {
      id: createId("item"),
      object: "realtime.item",
      type: "message",
      status: "in_progress",
      role: "assistant",
      content: [],
    };
    this.stored = {
      item: this.#item,
      ...(isSpoken && { soundFormat: options.formatName }),
    };
    openOutputItem(sink, options.outputIndex, this.stored);
    this.#item.content = [this.#part];
    sink.send({
      type: "response.content_part.added",
      ...this.#locator(),
      part: { ...this.#part },
    });
  }

  /** Milliseconds of audio written so far. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /** Whether no word has been written yet. */
  get isEmpty(): boolean {
    return this.#written === "";
  }

  /** The next words, as text or as the transcript of audio that follows. */
  writeWords(delta: string): void {
    if (delta === "") return;
    this.#written += delta;
    this.#setPartText(this.#written);
    const type =
      this.#part.type === "audio"
        ? "response.audio_transcript.delta"
        : "response.text.delta";
    this.#sink.send({ type, ...this.#locator(), delta });
  }

  /** One word's place in the audio, for sessions that asked for timestamps. */
  writeTimestamp(word: string, offsetMs: number, lengthMs: number): void {
    if (!this.#options.hasTimestamps) return;
    this.#sink.send({
      type: "response.audio_timestamp.delta",
      ...this.#locator(),
      audio_offset_ms: Math.round(offsetMs),
      audio_duration_ms: Math.round(lengthMs),
      text: word,
      timestamp_type: "word",
    });
  }

  /** @param pcm - mono PCM16 at the output's rate */
  writeAudio(pcm: Buffer): void {
    const { format } = this.#options;
    this.#chunks.push(pcm);
    this.#audioMs += durationMs({ pcm, sampleRate: format.sampleRate });
    this.#sink.send({
      type: "response.audio.delta",
      ...this.#locator(),
      delta: encodeOutput(pcm, format).toString("base64"),
    });
    this.stored.sound = this.#soundSoFar();
  }

  close(status: "completed" | "incomplete"): void {
    const at = this.#locator();
    if (this.#part.type === "audio") {
      this.#sink.send({ type: "response.audio.done", ...at });
      this.#sink.send({
        type: "response.audio_transcript.done",
        ...at,
        transcript: this.#written,
      });
      if (this.#options.hasTimestamps)
        this.#sink.send({ type: "response.audio_timestamp.done", ...at });
    } else {
      this.#sink.send({
        type: "response.text.done",
        ...at,
        text: this.#written,
      });
    }
    this.#sink.send({
      type: "response.content_part.done",
      ...at,
      part: { ...this.#part },
    });
    closeOutputItem(this.#sink, this.#options.outputIndex, this.#item, status);
  }

  /** Joined only when somebody reads it: a long reply would otherwise be copied with each delta. */
  #soundSoFar(): Sound {
    const chunks = this.#chunks;
    const { sampleRate } = this.#options.format;
    return {
      sampleRate,
      get pcm(): Buffer {
        if (chunks.length > 1)
          chunks.splice(0, chunks.length, Buffer.concat(chunks));
        return chunks[0]!;
      },
    };
  }

  #setPartText(text: string): void {
    if (this.#part.type === "audio") this.#part.transcript = text;
    else this.#part.text = text;
  }

  #locator() {
    return {
      response_id: this.#sink.responseId,
      item_id: this.#item.id,
      output_index: this.#options.outputIndex,
      content_index: 0,
    };
  }
}
