import { BoundedMap } from "../bounded-map";
import { STREAM_HEADER_BYTES, type AudioStream } from "./page-protocol";

/** Speech, or any other sound, on its way to a page. */
export interface PageSound {
  /** Mono PCM16, read only. */
  readonly pcm: Buffer;
  /** Hz */
  readonly rate: number;
  /** Which reply it is a part of; without it nobody wants to know how much of it was played. */
  readonly place?: ReplyPlace | undefined;
}

export interface ReplyPlace {
  readonly conversation: string;
  readonly generation: number;
  readonly responseId: string;
  readonly itemId: string;
  /** Position of the first sample inside the reply. */
  readonly startMs: number;
}

/** How much of a reply a page has really played. */
export interface PlayedPosition {
  readonly conversation: string;
  readonly generation: number;
  readonly responseId: string;
  /** Inside the reply. */
  readonly playedMs: number;
}

interface Stream {
  readonly number: number;
  readonly rate: number;
  readonly generation: number;
  readonly place: ReplyPlace | undefined;
  samples: number;
}

/** Reports about older streams come too late to change anything. */
const MAX_REMEMBERED = 20;
/** Positions are rounded to samples on the way. */
const SAME_MS = 1;

/** Numbers the streams of sound that one page is sent, and knows where each belongs. */
export class PageStreams {
  readonly #streams = new BoundedMap<number, Stream>(MAX_REMEMBERED);
  #current: Stream | undefined;
  #last = 0;

  /**
   * @param generation - the page's own count of flushes
   * @returns the frame to send, and first the announcement where a stream begins
   */
  frame(
    { pcm, rate, place }: PageSound,
    generation: number,
  ): { readonly begin?: AudioStream; readonly frame: Buffer } {
    const isNew = !this.#continues(rate, place);
    const stream = isNew
      ? this.#begin(rate, place, generation)
      : this.#current!; // or it would be new
    stream.samples += pcm.length / 2;
    const frame = Buffer.allocUnsafe(STREAM_HEADER_BYTES + pcm.length);
    frame.writeUInt32LE(stream.number, 0);
    pcm.copy(frame, STREAM_HEADER_BYTES);
    return { ...(isNew && { begin: announce(stream) }), frame };
  }

  /** Nothing more comes for the present stream. @returns its number */
  end(): number | undefined {
    const ended = this.#current?.number;
    this.#current = undefined;
    return ended;
  }

  /** @returns undefined for a stream that is no part of a reply, or is not remembered */
  position(number: number, samples: number): PlayedPosition | undefined {
    const stream = this.#streams.get(number);
    if (!stream?.place) return undefined;
    const { conversation, generation, responseId, startMs } = stream.place;
    // A page cannot have played what it was not sent.
    const played = Math.min(samples, stream.samples);
    return {
      conversation,
      generation,
      responseId,
      playedMs: startMs + (played / stream.rate) * 1_000,
    };
  }

  /** Sound that was left out leaves a gap: what follows is a stream of its own, or its position would be wrong. */
  #continues(rate: number, place: ReplyPlace | undefined): boolean {
    const stream = this.#current;
    if (!stream || stream.rate !== rate) return false;
    if (!stream.place || !place) return stream.place === place;
    const endMs = stream.place.startMs + (stream.samples / stream.rate) * 1_000;
    return (
      stream.place.responseId === place.responseId &&
      stream.place.itemId === place.itemId &&
      Math.abs(endMs - place.startMs) < SAME_MS
    );
  }

  #begin(
    rate: number,
    place: ReplyPlace | undefined,
    generation: number,
  ): Stream {
    this.#last = (this.#last + 1) % 2 ** 32;
    const stream = { number: this.#last, rate, generation, place, samples: 0 };
    this.#streams.set(stream.number, stream);
    this.#current = stream;
    return stream;
  }
}

function announce({ number, rate, generation, place }: Stream): AudioStream {
  return {
    type: "audio",
    stream: number,
    rate,
    generation,
    ...(place && { itemId: place.itemId }),
  };
}
