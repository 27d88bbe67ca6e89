import { SampleCarry } from "./sample-carry";
import {
  isOpenEnded,
  MAX_FMT_BYTES,
  readFormat,
  readRiffSize,
  wavBlockBytes,
  type WavFormat,
} from "./wav-format";

/*
 *   riff ──12 bytes──▶ chunk ──"fmt "──▶ fmt ──▶ chunk
 *                        │ ▲
 *                        │ ├──pad and other chunks── skip
 *                        │ └──its length is over──── data     (an open length never is)
 *                        ├──"RIFF" after the data: the next file──▶ riff
 *                        └──no chunk name after the data──▶ ignore
 */
type State = "riff" | "chunk" | "fmt" | "skip" | "data" | "ignore";

const RIFF_BYTES = 12;
const CHUNK_BYTES = 8;

/**
 * Reads a WAV stream that is cut anywhere: header first, then samples as they come, whole samples of every channel. A length
 * that the writer left open lasts for ever; files that follow each other are read on if they have the same format.
 */
export class WavReader {
  #format: WavFormat | undefined;
  #carry = new SampleCarry(1);
  #state: State = "riff";
  /** Bytes of the header part being collected, and how many it needs. */
  readonly #part = Buffer.alloc(MAX_FMT_BYTES);
  #collected = 0;
  #needed = RIFF_BYTES;
  /** Bytes still to come of a chunk that is skipped or handed out. */
  #remaining = 0;
  /** Whether the `fmt ` or `data` chunk in hand has an odd length and so a pad byte behind it. */
  #isPadded = false;
  #riffSize = 0;
  #offset = 0;
  #hasData = false;
  #ignoredBytes = 0;

  /** Shape of the samples; `undefined` until the header has come. */
  get format(): WavFormat | undefined {
    return this.#format;
  }

  /** Bytes that were no audio and no chunk: behind the samples, or of a sample that its file cut in half. */
  get ignoredBytes(): number {
    return this.#ignoredBytes + this.#carry.droppedBytes;
  }

  /**
   * @returns samples in own memory, in order; empty while only header has come
   * @throws TypeError when the stream is no WAV, is compressed or changes its format; RangeError when the header is damaged
   */
  push(chunk: Buffer): Buffer[] {
    const data: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      const used = this.#take(chunk.subarray(at), data);
      at += used;
      this.#offset += used;
      this.#advance();
    }
    return data;
  }

  /** Uses the first bytes as the state wants them, at least one. Returns their number. */
  #take(bytes: Buffer, data: Buffer[]): number {
    if (this.#state === "ignore") {
      this.#ignoredBytes += bytes.length;
      return bytes.length;
    }
    if (this.#state !== "data" && this.#state !== "skip") {
      const used = bytes.copy(
        this.#part,
        this.#collected,
        0,
        this.#needed - this.#collected,
      );
      this.#collected += used;
      return used;
    }
    const used = Math.min(this.#remaining, bytes.length);
    this.#remaining -= used;
    if (this.#state === "data") {
      const samples = this.#carry.push(bytes.subarray(0, used));
      if (samples.length > 0) data.push(samples);
    }
    return used;
  }

  /** Leaves every state that has all its bytes; more than one where a chunk is empty. */
  #advance(): void {
    while (this.#isComplete()) this.#leave();
  }

  #isComplete(): boolean {
    if (this.#state === "ignore") return false;
    if (this.#state === "data" || this.#state === "skip")
      return this.#remaining === 0;
    return this.#collected === this.#needed;
  }

  #leave(): void {
    const part = this.#part.subarray(0, this.#needed);
    switch (this.#state) {
      case "riff":
        this.#riffSize = readRiffSize(part);
        return this.#collect("chunk", CHUNK_BYTES);
      case "chunk":
        return this.#openChunk(
          part.toString("latin1", 0, 4),
          part.readUInt32LE(4),
        );
      case "fmt":
        this.#setFormat(readFormat(part));
        return this.#skipPadding();
      case "data":
        this.#carry.flush();
        return this.#skipPadding();
      default:
        return this.#collect("chunk", CHUNK_BYTES);
    }
  }

  #openChunk(id: string, size: number): void {
    this.#isPadded = size % 2 === 1;
    if (id === "fmt ") return this.#openFormat(size);
    if (id === "data") return this.#openData(size);
    if (this.#hasData && id === "RIFF") return this.#openNextFile();
    if (/^[\x20-\x7e]{4}$/.test(id))
      return this.#run("skip", size + (size % 2));
    if (!this.#hasData)
      throw new RangeError(
        "Expected a WAV chunk name before the samples, got other bytes: the header is damaged",
      );
    this.#ignoredBytes += CHUNK_BYTES;
    this.#state = "ignore";
  }

  #openFormat(size: number): void {
    if (size > MAX_FMT_BYTES) {
      throw new RangeError(
        `Expected a WAV \`fmt \` chunk of up to ${MAX_FMT_BYTES} bytes, got ${size}: the header is damaged`,
      );
    }
    this.#collect("fmt", size);
  }

  #openData(size: number): void {
    if (!this.#format)
      throw new RangeError(
        "Expected a WAV `fmt ` chunk before the `data` chunk, got none: the header is damaged",
      );
    this.#hasData = true;
    this.#run(
      "data",
      isOpenEnded(size, this.#riffSize, this.#offset) ? Infinity : size,
    );
  }

  /** The name just read is the beginning of the next file's 12 bytes. */
  #openNextFile(): void {
    this.#offset = CHUNK_BYTES;
    this.#state = "riff";
    this.#needed = RIFF_BYTES;
    this.#collected = CHUNK_BYTES;
  }

  #setFormat(format: WavFormat): void {
    const known = this.#format;
    if (!known) this.#carry = new SampleCarry(wavBlockBytes(format));
    else if (describe(known) !== describe(format)) {
      throw new TypeError(
        `Expected one format in a WAV stream, got ${describe(format)} after ${describe(known)}: use one stream for each`,
      );
    }
    this.#format = format;
  }

  #skipPadding(): void {
    this.#run("skip", this.#isPadded ? 1 : 0);
  }

  #collect(state: State, bytes: number): void {
    this.#state = state;
    this.#collected = 0;
    this.#needed = bytes;
  }

  #run(state: State, bytes: number): void {
    this.#state = state;
    this.#remaining = bytes;
  }
}

function describe({ encoding, sampleRate, channels, bits }: WavFormat): string {
  return `${sampleRate} Hz, ${channels} channels, ${bits} bits ${encoding}`;
}
