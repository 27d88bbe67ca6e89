import { expectPositiveInteger } from "./check";
import { Framer } from "./framer";
import { PCM16_BYTES } from "./pcm";

/** Options of {@link PacedQueue}. */
export interface PacedQueueOptions {
  /** Bytes that play in one millisecond: 48 for 24 kHz mono PCM16 (protocol.md §11). May have a fraction, as 44.1 kHz has. */
  readonly bytesPerMs: number;
  /** Playing time of one chunk. */
  readonly chunkMs: number;
  /** Audio that the device may hold ahead of what it plays; at least one chunk. */
  readonly leadMs: number;
  /** Audio to wait for before a run starts, so that late deliveries are not heard; 0, the default, starts at once. */
  readonly cushionMs?: number;
  /** Bytes of one sample of every channel; default 2. */
  readonly blockBytes?: number;
}

/** A piece of audio of any length and where it belongs, for example an item of a response. */
export interface PacedSegment<T> {
  readonly pcm: Buffer;
  readonly tag: T;
}

/** A piece of audio whose time has come. */
export interface PacedChunk<T> {
  /** Own memory. */
  readonly pcm: Buffer;
  readonly tag: T;
  /** Position inside the audio of `tag`, milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  /** When its first sample plays, on the clock of the caller, milliseconds. */
  readonly dueMs: number;
}

/** What `due` releases, and when to ask again. */
export interface DueAudio<T> {
  readonly chunks: PacedChunk<T>[];
  /** Absolute time of the next wake-up; `undefined` while no chunk is queued. */
  readonly nextMs: number | undefined;
}

interface QueuedChunk<T> {
  readonly pcm: Buffer;
  readonly tag: T;
  readonly startBytes: number;
  endsReply: boolean;
}

/** The audio being received: its position counts on even where the queue is flushed. */
interface Tail<T> {
  readonly tag: T;
  readonly framer: Framer;
  framedBytes: number;
}

/** Audio without a gap: it began at `startMs`, and `bytes` of it have been released. */
interface Run {
  readonly startMs: number;
  bytes: number;
}

/**
 * Releases audio at the speed it plays, against absolute deadlines. Pure: the caller brings the clock.
 *
 * A chunk leaves as soon as it fits into the lead: `leadMs` before its last sample has played. So the device is given `leadMs`
 * at the start and a chunk each `chunkMs` from then on, and never holds more than `leadMs`. All positions are counted in bytes
 * from the start of the run, so nothing drifts. When everything released has played before the next chunk leaves, the device
 * has fallen silent: the next chunk starts a new run at that moment. The caller bounds what it pushes by `queuedMs`.
 */
export class PacedQueue<T> {
  readonly #bytesPerMs: number;
  readonly #blockBytes: number;
  readonly #chunkBytes: number;
  readonly #leadMs: number;
  #queue: QueuedChunk<T>[] = [];
  #queuedBytes = 0;
  #tail: Tail<T> | undefined;
  #run: Run | undefined;
  /** Whether silence is expected after what has been released. */
  #isReplyOver = true;
  #underruns = 0;
  readonly #cushionMs: number;
  /** Since when audio waits for its cushion. */
  #waitingSinceMs: number | undefined;

  /** @throws RangeError when an option is not positive or a chunk is shorter than one sample */
  constructor({
    bytesPerMs,
    chunkMs,
    leadMs,
    cushionMs = 0,
    blockBytes = PCM16_BYTES,
  }: PacedQueueOptions) {
    expectPositive("bytesPerMs", bytesPerMs);
    expectPositive("chunkMs", chunkMs);
    expectPositiveInteger("blockBytes", blockBytes);
    this.#bytesPerMs = bytesPerMs;
    this.#blockBytes = blockBytes;
    this.#chunkBytes =
      Math.round((chunkMs * bytesPerMs) / blockBytes) * blockBytes;
    expectPositiveInteger("chunkMs × bytesPerMs", this.#chunkBytes);
    if (!(leadMs >= 0))
      throw new RangeError(
        `Expected \`leadMs\` to be 0 or more, got \`${leadMs}\``,
      );
    this.#leadMs = Math.max(leadMs, this.#chunkBytes / bytesPerMs);
    this.#cushionMs = cushionMs;
  }

  /** Playing time of what has been pushed and not been released. */
  get queuedMs(): number {
    return (
      (this.#queuedBytes + (this.#tail?.framer.pendingBytes ?? 0)) /
      this.#bytesPerMs
    );
  }

  /** How often the device ran out of audio in the middle of a reply. */
  get underruns(): number {
    return this.#underruns;
  }

  /** When everything released so far has played; `undefined` before the first chunk and after `flush`. */
  get playoutEndMs(): number | undefined {
    return this.#run && this.#endMs(this.#run);
  }

  /** Adds audio behind what is queued. A new tag closes the one before: its last chunk may be short. */
  push({ pcm, tag }: PacedSegment<T>): void {
    const tail = this.#tailFor(tag);
    for (const frame of tail.framer.push(pcm)) this.#enqueue(tail, frame);
  }

  /**
   * No more audio comes for the present reply: its last chunk may be short, and silence after it is no underrun.
   * @param tag - ends only this tag, if it is the one being received
   */
  end(tag?: T): void {
    if (!this.#tail || (tag !== undefined && !Object.is(this.#tail.tag, tag)))
      return;
    this.#closeTail();
    const last = this.#queue.at(-1);
    if (last) last.endsReply = true;
    else this.#isReplyOver = true;
  }

  /**
   * Takes every chunk whose time has come.
   * @param nowMs - the caller's monotonic clock, for example `performance.now()`
   */
  due(nowMs: number): DueAudio<T> {
    const chunks: PacedChunk<T>[] = [];
    if (this.#queue.length === 0) return { chunks, nextMs: undefined };
    const waitUntilMs = this.#cushionUntilMs(nowMs);
    if (waitUntilMs > nowMs) return { chunks, nextMs: waitUntilMs };
    const run = this.#runAt(nowMs);
    let next = this.#queue[0];
    while (next && this.#releaseMs(run, next) <= nowMs) {
      chunks.push(this.#release(run, next));
      next = this.#queue[chunks.length];
    }
    this.#queue.splice(0, chunks.length);
    return { chunks, nextMs: next && this.#releaseMs(run, next) };
  }

  /**
   * Drops everything queued, as after a barge-in; the next audio starts a new run. Positions inside a tag count on.
   * @returns playing time of what was dropped, milliseconds
   */
  flush(): number {
    const droppedMs = this.queuedMs;
    this.#closeTail();
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#run = undefined;
    this.#waitingSinceMs = undefined;
    this.#isReplyOver = true;
    return droppedMs;
  }

  #tailFor(tag: T): Tail<T> {
    if (this.#tail && Object.is(this.#tail.tag, tag)) return this.#tail;
    this.#closeTail();
    const framer = new Framer({
      frameBytes: this.#chunkBytes,
      blockBytes: this.#blockBytes,
    });
    this.#tail = { tag, framer, framedBytes: 0 };
    return this.#tail;
  }

  #closeTail(): void {
    const rest = this.#tail?.framer.flush();
    if (this.#tail && rest) this.#enqueue(this.#tail, rest);
  }

  #enqueue(tail: Tail<T>, pcm: Buffer): void {
    this.#queue.push({
      pcm,
      tag: tail.tag,
      startBytes: tail.framedBytes,
      endsReply: false,
    });
    tail.framedBytes += pcm.length;
    this.#queuedBytes += pcm.length;
  }

  /**
   * A run starts when the cushion is full, when the reply is whole, or when the time that the cushion would play has passed:
   * a service that sends no faster than that will not fill it either.
   */
  #cushionUntilMs(nowMs: number): number {
    const isPlaying = this.#run && nowMs <= this.#endMs(this.#run);
    const isWhole = this.#queue.some((chunk) => chunk.endsReply);
    if (isPlaying || isWhole || this.queuedMs >= this.#cushionMs) {
      this.#waitingSinceMs = undefined;
      return nowMs;
    }
    this.#waitingSinceMs ??= nowMs;
    return this.#waitingSinceMs + this.#cushionMs;
  }

  /** Late by less than the lead, the device has not noticed and the deadlines stand. Beyond, it plays on from now. */
  #runAt(nowMs: number): Run {
    if (this.#run && nowMs <= this.#endMs(this.#run)) return this.#run;
    if (!this.#isReplyOver) this.#underruns += 1;
    this.#run = { startMs: nowMs, bytes: 0 };
    this.#waitingSinceMs = undefined;
    return this.#run;
  }

  #endMs(run: Run): number {
    return run.startMs + run.bytes / this.#bytesPerMs;
  }

  /** When the chunk that follows the run may leave: as soon as the device would hold no more than the lead. */
  #releaseMs(run: Run, { pcm }: QueuedChunk<T>): number {
    const playedMs = (run.bytes + pcm.length) / this.#bytesPerMs;
    return run.startMs + playedMs - this.#leadMs;
  }

  #release(run: Run, chunk: QueuedChunk<T>): PacedChunk<T> {
    const { pcm, tag, startBytes, endsReply } = chunk;
    const dueMs = this.#endMs(run);
    run.bytes += pcm.length;
    this.#queuedBytes -= pcm.length;
    this.#isReplyOver = endsReply;
    return {
      pcm,
      tag,
      startMs: startBytes / this.#bytesPerMs,
      durationMs: pcm.length / this.#bytesPerMs,
      dueMs,
    };
  }
}

function expectPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new RangeError(
      `Expected \`${name}\` to be a positive number, got \`${value}\``,
    );
}
