import {
  type AnimationOutput,
  createId,
  type ResponseAudioPart,
  type ResponseMessageItem,
  type ResponseTextPart,
} from "../protocol";
import { animates, blendshapesOf, visemesOf } from "./animation";
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
  /** Facial animation that the session asks for. */
  readonly animation: readonly AnimationOutput[];
  /** Sends the audio itself; an avatar speaks over a connection of its own. */
  readonly hasAudio: boolean;
  /** Sends the avatar's picture beside the audio. */
  readonly hasVideo: boolean;
}

/** @see protocol.md §6, locator L4 */
interface PartLocator {
  readonly response_id: string;
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index: number;
}

/** An H.264 access unit without a picture: the simulator has no face to show. */
const EMPTY_PICTURE = Buffer.from("0000000109f0", "hex").toString("base64");

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
  #frames = 0;

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

  /** One word's place in the audio, for sessions that asked for timestamps or mouth shapes. */
  writeTimes(word: string, offsetMs: number, lengthMs: number): void {
    if (this.#options.hasTimestamps)
      this.#writeTimestamp(word, offsetMs, lengthMs);
    if (!animates(this.#options.animation, "viseme_id")) return;
    for (const viseme of visemesOf(word, offsetMs, lengthMs))
      this.#sink.send({
        type: "response.animation_viseme.delta",
        ...this.#locator(),
        audio_offset_ms: Math.round(viseme.offsetMs),
        viseme_id: viseme.visemeId,
      });
  }

  /** A citation, where the words so far end. */
  writeAnnotation(annotation: unknown, index: number): void {
    this.#sink.send({
      type: "response.audio_transcript.annotation.added",
      ...this.#locator(),
      annotation_index: index,
      annotation,
    });
  }

  #writeTimestamp(word: string, offsetMs: number, lengthMs: number): void {
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
    if (this.#options.hasAudio)
      this.#sink.send({
        type: "response.audio.delta",
        ...this.#locator(),
        delta: encodeOutput(pcm, format).toString("base64"),
      });
    if (this.#options.hasVideo)
      this.#sink.send({
        type: "response.video.delta",
        output_index: this.#options.outputIndex,
        codec: "h264",
        delta: EMPTY_PICTURE,
      });
    if (animates(this.#options.animation, "blendshapes"))
      this.#writeBlendshapes(pcm);
    this.stored.sound = this.#soundSoFar();
  }

  #writeBlendshapes(pcm: Buffer): void {
    const frames = blendshapesOf(pcm, this.#options.format.sampleRate);
    this.#sink.send({
      type: "response.animation_blendshapes.delta",
      ...this.#locator(),
      frames,
      frame_index: this.#frames,
    });
    this.#frames += frames.length;
  }

  close(status: "completed" | "incomplete"): void {
    const at = this.#locator();
    if (this.#part.type === "audio") {
      if (this.#options.hasAudio)
        this.#sink.send({ type: "response.audio.done", ...at });
      this.#sink.send({
        type: "response.audio_transcript.done",
        ...at,
        transcript: this.#written,
      });
      this.#closeTimes(at);
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

  #closeTimes(at: PartLocator): void {
    const { hasTimestamps, animation } = this.#options;
    if (hasTimestamps)
      this.#sink.send({ type: "response.audio_timestamp.done", ...at });
    if (animates(animation, "viseme_id"))
      this.#sink.send({ type: "response.animation_viseme.done", ...at });
    if (!animates(animation, "blendshapes")) return;
    const { content_index: _, ...item } = at;
    this.#sink.send({ type: "response.animation_blendshapes.done", ...item });
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

  #locator(): PartLocator {
    return {
      response_id: this.#sink.responseId,
      item_id: this.#item.id,
      output_index: this.#options.outputIndex,
      content_index: 0,
    };
  }
}
