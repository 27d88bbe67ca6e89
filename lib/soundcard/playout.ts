import { pcm16BytesFor, pcm16DurationMs, silence } from "../audio";
import type { Track } from "./track";

export interface PlayoutOptions {
  /** Hz */
  readonly sampleRate: number;
  /** How much sound the program is given ahead of time, at most. */
  readonly leadMs: number;
  /** How much it must always hold: silence fills what sound does not. Less than `leadMs`. */
  readonly cushionMs: number;
  /** From giving the program a sample at the earliest to hearing it. */
  readonly delayMs: number;
  /** How much may wait; the oldest is dropped beyond it. */
  readonly limitMs: number;
}

/** A stretch of sound and where in its track it lies. */
interface Piece<Source> {
  readonly track: Track<Source>;
  readonly fromMs: number;
  readonly durationMs: number;
  readonly pcm: Buffer;
}

interface WrittenPiece<Source> extends Piece<Source> {
  /** Place in the timeline of the program. */
  readonly atMs: number;
}

/**
 * What to give to a player program when, and what of it has been heard. Pure: the owner has the clock and the program.
 *
 *   timeline    0 ──────── heard ───── now ──── written ─ ─ ─ ▶
 *                            ◀ delay ▶  ◀ lead ▶  queue
 *
 * The program is never without sound while it runs, so it neither stutters nor waits for its buffer to fill.
 */
export class Playout<Source> {
  readonly #options: PlayoutOptions;
  #queue: Piece<Source>[] = [];
  #queuedMs = 0;
  /** Given to the program and not heard to the end. */
  #written: WrittenPiece<Source>[] = [];
  #writtenMs = 0;
  #startedAt = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
  }

  get sampleRate(): number {
    return this.#options.sampleRate;
  }

  /** Milliseconds that wait to be given to the program. */
  get queuedMs(): number {
    return this.#queuedMs;
  }

  /** Nothing waits, and everything given was heard. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#written.length === 0;
  }

  /**
   * @param pcm - mono PCM16, whole samples; kept, not copied
   * @returns milliseconds of older sound that were dropped for it
   */
  push(track: Track<Source>, pcm: Buffer): number {
    const durationMs = pcm16DurationMs(pcm.length, this.sampleRate);
    this.#queue.push({ track, fromMs: track.receivedMs, durationMs, pcm });
    this.#queuedMs += durationMs;
    track.receivedMs += durationMs;
    let droppedMs = 0;
    // A whole reply in one message may be longer than the limit.
    while (this.#queuedMs > this.#options.limitMs && this.#queue.length > 1)
      droppedMs += this.#takeFirst().durationMs;
    return droppedMs;
  }

  /** A program has begun with nothing in it. What an earlier one did not play to the end is played again from there. */
  begin(nowMs: number): void {
    const unheard = this.#written.map((piece) => this.#restOf(piece));
    this.#queue.unshift(...unheard);
    for (const { durationMs } of unheard) this.#queuedMs += durationMs;
    this.#written = [];
    this.#writtenMs = 0;
    this.#startedAt = nowMs;
  }

  /** @returns what the program has to be given, or nothing */
  due(nowMs: number): Buffer | undefined {
    const { leadMs, cushionMs } = this.#options;
    const heldMs = this.#writtenMs - (nowMs - this.#startedAt);
    // A program that ran dry stands still: its timeline goes on with the next sample.
    if (heldMs < 0) this.#startedAt -= heldMs;
    let ahead = Math.max(0, heldMs);
    const pieces: Buffer[] = [];
    while (ahead < leadMs && this.#queue.length > 0) {
      const piece = this.#write(leadMs - ahead);
      ahead += piece.durationMs;
      pieces.push(piece.pcm);
    }
    if (ahead < cushionMs) pieces.push(this.#writeSilence(cushionMs - ahead));
    return pieces.length > 0 ? Buffer.concat(pieces) : undefined;
  }

  /** Brings the tracks up to what has been heard until now. */
  listen(nowMs: number): void {
    const heardMs = nowMs - this.#startedAt - this.#options.delayMs;
    for (const { track, fromMs, atMs, durationMs } of this.#written) {
      const ms = Math.min(durationMs, heardMs - atMs);
      if (ms > 0) track.heardMs = Math.max(track.heardMs, fromMs + ms);
    }
    this.#written = this.#written.filter(
      ({ atMs, durationMs }) => heardMs < atMs + durationMs,
    );
  }

  /**
   * Forgets sound that has not been heard.
   * @returns whether the program holds some of it, and has to be started anew
   */
  drop(isMeant: (source: Source) => boolean): boolean {
    const stays = ({ track }: Piece<Source>): boolean => !isMeant(track.source);
    this.#queue = this.#queue.filter(stays);
    this.#queuedMs = this.#queue.reduce(
      (sum, each) => sum + each.durationMs,
      0,
    );
    const before = this.#written.length;
    this.#written = this.#written.filter(stays);
    return this.#written.length < before;
  }

  #takeFirst(): Piece<Source> {
    const piece = this.#queue.shift()!;
    this.#queuedMs -= piece.durationMs;
    return piece;
  }

  /** Moves the first piece, or as much of it as `limitMs` takes, from the queue to the program. */
  #write(limitMs: number): Piece<Source> {
    const piece = this.#takeFirst();
    // At least a sample: less than half of one would be rounded to nothing, again and again.
    const sampleMs = 1_000 / this.sampleRate;
    const [part, rest] = this.#split(piece, Math.max(limitMs, sampleMs));
    if (rest) {
      this.#queue.unshift(rest);
      this.#queuedMs += rest.durationMs;
    }
    this.#written.push({ ...part, atMs: this.#writtenMs });
    this.#writtenMs += part.durationMs;
    return part;
  }

  #writeSilence(ms: number): Buffer {
    // A sample more than asked for, or rounding down would ask again and again.
    const pcm = silence(ms + 1_000 / this.sampleRate, this.sampleRate);
    this.#writtenMs += pcm16DurationMs(pcm.length, this.sampleRate);
    return pcm;
  }

  #restOf(piece: WrittenPiece<Source>): Piece<Source> {
    const heardMs = Math.min(
      piece.durationMs,
      Math.max(0, piece.track.heardMs - piece.fromMs),
    );
    return (
      this.#split(piece, heardMs)[1] ?? {
        ...piece,
        durationMs: 0,
        pcm: Buffer.alloc(0),
      }
    );
  }

  #split(
    piece: Piece<Source>,
    ms: number,
  ): [Piece<Source>, Piece<Source> | undefined] {
    const { track, fromMs, durationMs, pcm } = piece;
    const bytes = pcm16BytesFor(ms, this.sampleRate);
    if (bytes >= pcm.length) return [piece, undefined];
    const firstMs = pcm16DurationMs(bytes, this.sampleRate);
    const first = {
      track,
      fromMs,
      durationMs: firstMs,
      pcm: pcm.subarray(0, bytes),
    };
    const rest = {
      track,
      fromMs: fromMs + firstMs,
      durationMs: durationMs - firstMs,
      pcm: pcm.subarray(bytes),
    };
    return [first, rest];
  }
}
