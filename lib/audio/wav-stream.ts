import { sniffAudio } from "./sniff";
import type { WavFormat } from "./wav-format";
import { WavReader } from "./wav-reader";

/** What one message of a stream holds, its WAV header taken out. */
export interface StreamPiece {
  /** Samples; may end inside one, the next piece goes on there. Shares memory with the message where there is no header. */
  readonly data: Buffer;
  /** What the header says; `undefined` for data without one. */
  readonly format: WavFormat | undefined;
}

/** `RIFF`, a length, `WAVE`: what a WAV is known by. */
const MARK_BYTES = 12;
const NOTHING = Buffer.alloc(0);

/**
 * Takes WAV headers out of a stream of messages, whichever way the sender puts them: none, one in front of everything, one in
 * front of every message as Rhasspy does, whole files. Lengths in the headers may be open, too long or too short.
 */
export class WavStream {
  #reader: WavReader | undefined;
  #isFresh = true;
  /** The beginning of a stream that may still turn out to be a WAV. */
  #held: Buffer = NOTHING;
  #finishedIgnoredBytes = 0;

  /** Bytes behind the samples, or of samples that a file cut in half. */
  get ignoredBytes(): number {
    return this.#finishedIgnoredBytes + (this.#reader?.ignoredBytes ?? 0);
  }

  /** @throws TypeError and RangeError as {@link WavReader} does; the stream may go on with a new header or without one */
  push(message: Buffer): StreamPiece {
    const bytes = this.#joinHeld(message);
    if (this.#isFresh && mayBecomeWav(bytes)) {
      this.#held = Buffer.from(bytes);
      return { data: NOTHING, format: undefined };
    }
    this.#isFresh = false;
    const hasHeader = sniffAudio(bytes) === "wav";
    if (hasHeader) this.#replace(new WavReader());
    if (!this.#reader) return { data: bytes, format: undefined };
    return this.#read(this.#reader, bytes, hasHeader);
  }

  /**
   * The stream is over; the next `push` starts another one.
   * @returns what was held because it looked like the beginning of a WAV, as raw data
   */
  end(): Buffer {
    const held = this.#held;
    this.#held = NOTHING;
    this.#replace(undefined);
    this.#isFresh = true;
    return held;
  }

  #joinHeld(message: Buffer): Buffer {
    if (this.#held.length === 0) return message;
    const bytes = Buffer.concat([this.#held, message]);
    this.#held = NOTHING;
    return bytes;
  }

  #read(reader: WavReader, bytes: Buffer, hasHeader: boolean): StreamPiece {
    try {
      const pieces = reader.push(bytes);
      const { format } = reader;
      // A whole file in one message says nothing about the messages behind it.
      if (hasHeader && reader.isOver) this.#replace(undefined);
      return { data: joined(pieces), format };
    } catch (cause) {
      this.#replace(undefined);
      throw cause;
    }
  }

  #replace(reader: WavReader | undefined): void {
    this.#reader?.end();
    this.#finishedIgnoredBytes += this.#reader?.ignoredBytes ?? 0;
    this.#reader = reader;
  }
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces); // length was checked
}

function mayBecomeWav(bytes: Buffer): boolean {
  return (
    bytes.length < MARK_BYTES &&
    isBeginning(bytes.subarray(0, 4), "RIFF") &&
    isBeginning(bytes.subarray(8), "WAVE")
  );
}

function isBeginning(bytes: Buffer, word: string): boolean {
  return word.startsWith(bytes.toString("latin1"));
}
