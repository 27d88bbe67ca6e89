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
 *                        └──no chunk after the data: its length was wrong──▶ data, for ever
 */
type State = "riff" | "chunk" | "fmt" | "skip" | "data";

const RIFF_BYTES = 12;
const CHUNK_BYTES = 8;
/** Behind samples, larger chunks (a cover picture has a few hundred kB) are samples that happen to look like one. */
const MAX_TRAILING_CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * Reads a WAV stream that is cut anywhere: header first, then samples as they come, whole samples of every channel. A length
 * that the writer left open or set too short lasts for ever; files that follow each other are read on if they have the same
 * format.
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
  /** 1 where the `fmt ` or `data` chunk in hand has an odd length and so a pad byte behind it. */
  #padBytes = 0;
  #riffSize = 0;
  #offset = 0;
  #hasData = false;
  #endedBytes = 0;

  /** Shape of the samples; `undefined` until the header has come. */
  get format(): WavFormat | undefined {
    return this.#format;
  }

  /** Bytes of samples that were cut in half, and what stood alone behind the samples. */
  get ignoredBytes(): number {
    return this.#carry.droppedBytes + this.#endedBytes;
  }

  /** Whether all that the header announced has come; a pad byte may be missing. */
  get isOver(): boolean {
    return (
      this.#hasData &&
      this.#state === "chunk" &&
      this.#collected <= this.#needed - CHUNK_BYTES
    );
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
      this.#advance(data);
    }
    return data;
  }

  /** Nothing more comes: what is incomplete counts as ignored. */
  end(): void {
    this.#carry.flush();
    if (this.#hasData && this.#state === "chunk" && !this.isOver)
      this.#endedBytes += this.#collected;
  }

  /** Uses the first bytes as the state wants them, at least one. Returns their number. */
  #take(bytes: Buffer, data: Buffer[]): number {
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
    if (this.#state === "data") this.#handOut(bytes.subarray(0, used), data);
    return used;
  }

  #handOut(bytes: Buffer, data: Buffer[]): void {
    const samples = this.#carry.push(bytes);
    if (samples.length > 0) data.push(samples);
  }

  /** Leaves every state that has all its bytes; more than one where a chunk is empty. */
  #advance(data: Buffer[]): void {
    while (this.#isComplete()) this.#leave(data);
  }

  #isComplete(): boolean {
    if (this.#state === "data" || this.#state === "skip")
      return this.#remaining === 0;
    return this.#collected === this.#needed;
  }

  #leave(data: Buffer[]): void {
    const part = this.#part.subarray(0, this.#needed);
    switch (this.#state) {
      case "riff":
        this.#riffSize = readRiffSize(part);
        return this.#collect("chunk", CHUNK_BYTES);
      case "chunk":
        return this.#openChunk(part, data);
      case "fmt":
        this.#setFormat(readFormat(part));
        return this.#collect("chunk", CHUNK_BYTES + this.#padBytes);
      case "data":
        return this.#collect("chunk", CHUNK_BYTES + this.#padBytes);
      default:
        return this.#collect("chunk", CHUNK_BYTES);
    }
  }

  #openChunk(part: Buffer, data: Buffer[]): void {
    const header = part.subarray(part.length - CHUNK_BYTES);
    const id = header.toString("latin1", 0, 4);
    const size = header.readUInt32LE(4);
    if (this.#hasData) {
      if (!isTrailingChunk(id, size)) return this.#goOn(part, data);
      this.#carry.flush();
    }
    this.#padBytes = size % 2;
    if (id === "fmt ") return this.#openFormat(size);
    if (id === "data") return this.#openData(size);
    if (this.#hasData && id === "RIFF") return this.#openNextFile(header);
    if (/^[\x20-\x7e]{4}$/.test(id))
      return this.#run("skip", size + this.#padBytes);
    throw new RangeError(
      "Expected a WAV chunk name before the samples, got other bytes: the header is damaged",
    );
  }

  /** Where a chunk should begin are samples, a would-be pad byte included: the length in the header was too short. */
  #goOn(part: Buffer, data: Buffer[]): void {
    this.#handOut(part, data);
    this.#run("data", Infinity);
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
  #openNextFile(header: Buffer): void {
    header.copy(this.#part);
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

function isTrailingChunk(id: string, size: number): boolean {
  if (id === "RIFF") return true;
  return /^[A-Za-z0-9_ ]{4}$/.test(id) && size <= MAX_TRAILING_CHUNK_BYTES;
}

function describe({ encoding, sampleRate, channels, bits }: WavFormat): string {
  return `${sampleRate} Hz, ${channels} channels, ${bits} bits ${encoding}`;
}
