import type { Socket } from "node:net";
import type { Random } from "../support/random";

/** How bytes travel in one direction. */
export interface PipeShape {
  readonly latencyMs: number;
  /** Up to so much is added to the latency of each piece; their order stays. */
  readonly jitterMs: number;
  /** `Infinity`: no limit; 0: nothing travels, and the sender is held back. */
  readonly bytesPerSecond: number;
  /** Pieces have from 1 to so many bytes; `Infinity`: as they come. */
  readonly pieceBytes: number;
}

export const PERFECT: PipeShape = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  pieceBytes: Infinity,
};

/** As much as a router holds; more is left to the sender's kernel, which holds back the sender. */
const QUEUE_BYTES = 16 * 1024;

export interface PipeOptions {
  readonly random: Random;
  readonly shape: PipeShape;
  /** How much later than its last byte the end of the stream travels. */
  readonly slowCloseMs: () => number;
}

interface Piece {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

/** One direction of a connection. Times are on the clock of `performance.now()`, so that a test can stop it. */
export class ChaosPipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #options: PipeOptions;
  #shape: PipeShape;
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  /** When the piece that was queued last arrives. */
  #lastDueAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #state: "open" | "hole" | "ending" = "open";

  constructor(from: Socket, to: Socket, options: PipeOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#shape = options.shape;
    from.on("data", (bytes: Buffer) => this.#take(bytes));
    from.on("end", () => this.#takeEnd());
    to.on("drain", () => this.#holdBack());
    this.#holdBack();
  }

  /** Bytes lead nowhere. */
  get isHole(): boolean {
    return this.#state === "hole";
  }

  /** The end of the stream is on its way, or has arrived. */
  get isEnding(): boolean {
    return this.#state === "ending";
  }

  /** Holds for what comes from here on; a stop or its end holds at once. */
  set shape(shape: PipeShape) {
    this.#shape = shape;
    this.#holdBack();
    this.#schedule();
  }

  swallow(): void {
    this.#state = "hole";
    this.stop();
    this.#from.resume();
  }

  /** Ends the stream early; what its sender still says is taken and leads nowhere. */
  end(): void {
    this.#state = "ending";
    this.stop();
    this.#to.end();
    this.#from.resume();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #take(bytes: Buffer): void {
    if (this.#state !== "open") return;
    for (const piece of this.#pieces(bytes)) this.#enqueue(piece);
    this.#holdBack();
    this.#schedule();
  }

  *#pieces(bytes: Buffer): Generator<Buffer> {
    const { pieceBytes } = this.#shape;
    if (pieceBytes === Infinity) return yield bytes;
    for (let at = 0; at < bytes.length;) {
      const length = this.#options.random.between(1, pieceBytes);
      yield bytes.subarray(at, at + length);
      at += length;
    }
  }

  #enqueue(bytes: Buffer): void {
    const { latencyMs, jitterMs, bytesPerSecond } = this.#shape;
    const sendMs = (bytes.length / bytesPerSecond) * 1_000;
    const arrivesAt =
      performance.now() + latencyMs + this.#options.random.next() * jitterMs;
    // While nothing travels the piece has no time yet; it is sent when that is over.
    this.#lastDueAt = Number.isFinite(sendMs)
      ? Math.max(this.#lastDueAt, arrivesAt) + sendMs
      : this.#lastDueAt;
    this.#queue.push({ bytes, dueAt: this.#lastDueAt });
    this.#queuedBytes += bytes.length;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#shape.bytesPerSecond === 0) return;
    for (let piece = this.#queue[0]; piece; piece = this.#queue[0]) {
      const waitMs = piece.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#schedule(), Math.ceil(waitMs));
        return;
      }
      this.#queue.shift();
      this.#queuedBytes -= piece.bytes.length;
      this.#to.write(piece.bytes);
    }
    this.#holdBack();
    if (this.isEnding) this.#passEnd();
  }

  #holdBack(): void {
    const isFull =
      this.#shape.bytesPerSecond === 0 ||
      this.#queuedBytes >= QUEUE_BYTES ||
      this.#to.writableNeedDrain;
    if (!isFull || this.#state !== "open") this.#from.resume();
    else this.#from.pause();
  }

  #takeEnd(): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    if (this.#queue.length === 0) this.#passEnd();
  }

  #passEnd(): void {
    const slowMs = this.#options.slowCloseMs();
    if (slowMs === 0) this.#to.end();
    else this.#timer = setTimeout(() => this.#to.end(), slowMs);
  }
}
