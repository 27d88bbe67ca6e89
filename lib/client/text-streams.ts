import { createId, type ClientEvent } from "../protocol";
import { VoiceLiveError } from "./errors";

/** Texts that are open at once; more are a flow that never ends one. */
const MAX_OPEN = 20;
/** Longer ones are no typing. */
const MAX_CHARACTERS = 100_000;

interface Stream {
  readonly itemId: string;
  /** All pieces so far: the next session knows nothing of them. */
  text: string;
  /** Its item is in the present session. */
  isOpen: boolean;
  isComplete: boolean;
}

export interface TextStreamsOptions {
  readonly isReady: () => boolean;
  readonly send: (event: ClientEvent) => void;
  /** The service has all of a text. */
  readonly onComplete: (itemId: string, text: string) => void;
}

/**
 * Texts of the user that come piece by piece (protocol.md §5, `input_text.*`): an item without words first, then the
 * words as they come. Pieces that come without a session wait for the next one, and so does a text that a lost session
 * had only a part of.
 */
export class TextStreams {
  readonly #options: TextStreamsOptions;
  readonly #streams = new Map<string, Stream>();

  constructor(options: TextStreamsOptions) {
    this.#options = options;
  }

  /**
   * @param name - tells texts apart that are open at once
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many are open or one is too long
   */
  append(name: string, piece: string): void {
    const stream = this.#streams.get(name) ?? this.#begin(name);
    if (stream.text.length + piece.length > MAX_CHARACTERS)
      throw refuse(
        `The streamed text is longer than ${MAX_CHARACTERS} characters`,
      );
    stream.text += piece;
    if (!this.#options.isReady()) return;
    if (!stream.isOpen) this.#open(stream);
    else if (piece !== "") this.#sendPiece(stream, piece);
  }

  /** @returns id of the item that holds the text */
  finish(name: string): string {
    const stream = this.#streams.get(name) ?? this.#begin(name);
    stream.isComplete = true;
    if (this.#options.isReady()) {
      if (!stream.isOpen) this.#open(stream);
      this.#complete(name, stream);
    }
    return stream.itemId;
  }

  sessionReady(): void {
    for (const [name, stream] of this.#streams) {
      this.#open(stream);
      if (stream.isComplete) this.#complete(name, stream);
    }
  }

  sessionLost(): void {
    for (const stream of this.#streams.values()) stream.isOpen = false;
  }

  #begin(name: string): Stream {
    if (this.#streams.size >= MAX_OPEN)
      throw refuse(`There are already ${MAX_OPEN} streamed texts open`);
    const stream: Stream = {
      itemId: createId("item"),
      text: "",
      isOpen: false,
      isComplete: false,
    };
    this.#streams.set(name, stream);
    return stream;
  }

  #open(stream: Stream): void {
    stream.isOpen = true;
    this.#options.send({
      type: "conversation.item.create",
      item: {
        type: "message",
        id: stream.itemId,
        role: "user",
        content: [{ type: "input_text", text: "" }],
      },
    });
    if (stream.text !== "") this.#sendPiece(stream, stream.text);
  }

  #sendPiece({ itemId }: Stream, delta: string): void {
    const content_index = 0;
    this.#options.send({
      type: "input_text.delta",
      id: itemId,
      delta,
      content_index,
    });
  }

  #complete(name: string, { itemId, text }: Stream): void {
    this.#streams.delete(name);
    const content_index = 0;
    this.#options.send({ type: "input_text.done", id: itemId, content_index });
    this.#options.onComplete(itemId, text);
  }
}

function refuse(reason: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_LIMIT", reason, {
    nextStep: "End each streamed text with msg.complete.",
  });
}
