import {
  bytesPerMs,
  Converter,
  PacedQueue,
  sampleBytes,
  type MonoFormat,
  type SampleEncoding,
} from "../audio";
import { Alarm } from "./alarm";
import type { AudioPosition } from "./playback-clock";
import { WakeUps } from "./wake-ups";

/** How reply audio leaves: at the speed it sounds, as it comes, or each reply in one piece. */
export type OutletMode = "paced" | "received" | "reply";

export interface OutletOptions {
  readonly mode: OutletMode;
  /** How far ahead of its time audio is handed out, ms; what the device holds. */
  readonly leadMs: number;
  readonly chunkMs: number;
  /** Hz of the mono audio handed out. */
  readonly sampleRate: number;
  /** Of the audio handed out; PCM16 by default. */
  readonly encoding?: SampleEncoding;
}

/** What an outlet hands out. */
export function outletFormat(options: OutletOptions): MonoFormat {
  const { sampleRate, encoding = "signed-integer" } = options;
  return { encoding, sampleRate };
}

/** Mono audio of one item in the outlet's format, own memory. */
export interface OutletChunk {
  readonly pcm: Buffer;
  readonly position: AudioPosition;
  /** Position inside the reply, ms. */
  readonly startMs: number;
  readonly durationMs: number;
}

export interface PlaybackEvent {
  readonly event: "start" | "end" | "flush";
  readonly position: AudioPosition;
  /** How much of the reply has been played, ms. */
  readonly playedMs: number;
}

export interface OutletListeners {
  audio(chunk: OutletChunk): void;
  playback(event: PlaybackEvent): void;
  /** A stretch of an item was handed out, to sound at `dueAt`. */
  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
  ): void;
}

/** A place in the audio of an item, ms. */
interface ItemPlace {
  readonly itemId: string;
  readonly playedMs: number;
}

/** How much of an item has left. */
interface LeavingItem {
  readonly itemId: string;
  sentMs: number;
}

/** A reply whose audio leaves, how much of it has left, and of each of its items. */
interface LeavingReply {
  readonly position: AudioPosition;
  /** Where it begins in what sounds without a pause, ms since `start`. */
  readonly fromMs: number;
  sentMs: number;
  /** In their order. */
  readonly items: LeavingItem[];
  /** The one that left last. */
  item: LeavingItem;
}

/** Covers deliveries that come late by as much; a service that sends faster than speech fills it at once. */
const CUSHION_MS = 200;
/** Longer replies leave in parts: the memory of a small box is the limit (design.md §5.5). */
const MAX_REPLY_MS = 120_000;
/** In a row without a pause; no device is behind by more. */
const MAX_REPLIES = 20;

/** One audio output of one conversation: holds reply audio until it is due. */
export class AudioOutlet {
  readonly options: OutletOptions;
  readonly #listeners: OutletListeners;
  readonly #bytesPerMs: number;
  readonly #paced: PacedQueue<AudioPosition>;
  #collected: { position: AudioPosition; pcm: Buffer }[] = [];
  #collectedMs = 0;
  #converter:
    { readonly itemId: string; readonly stream: Converter } | undefined;
  readonly #openReplies = new Set<string>();
  /** Of the piece that came last; pieces of an item share it. */
  #coming: AudioPosition | undefined;
  /** Since `start`; the last one leaves or left last. */
  #replies: readonly LeavingReply[] = [];
  #reply: LeavingReply | undefined;
  #isSounding = false;
  #endsAt = 0;
  /** All has left, and the last of it will have sounded at `#endsAt`. */
  #awaitsEnd = false;
  readonly #nextRelease: Alarm;
  readonly #end: Alarm;

  /** @param wakeUps - shared with other outlets, where there are many */
  constructor(
    options: OutletOptions,
    listeners: OutletListeners,
    wakeUps = new WakeUps(),
  ) {
    this.options = options;
    this.#listeners = listeners;
    this.#nextRelease = new Alarm(wakeUps, () => this.#release());
    this.#end = new Alarm(wakeUps, () => this.#onEnd());
    const format = outletFormat(options);
    this.#bytesPerMs = bytesPerMs(format);
    this.#paced = new PacedQueue({
      bytesPerMs: this.#bytesPerMs,
      chunkMs: options.chunkMs,
      leadMs: options.leadMs,
      cushionMs: Math.min(options.leadMs, CUSHION_MS),
      blockBytes: sampleBytes(format.encoding),
    });
  }

  /** Audio that has come and not left, ms. */
  get heldMs(): number {
    return this.options.mode === "received"
      ? 0
      : this.#paced.queuedMs + this.#collectedMs;
  }

  /** Times that a reply ran dry before it was over. */
  get underruns(): number {
    return this.#paced.underruns;
  }

  /** Something sounds or waits. */
  get isActive(): boolean {
    return this.#isSounding || this.heldMs > 0 || this.#openReplies.size > 0;
  }

  /**
   * @param format - what the service sends
   * @param isOwn - nobody else reads `audio`: it may be handed out as it is
   */
  push(
    position: AudioPosition,
    audio: Buffer,
    format: MonoFormat,
    isOwn = false,
  ): void {
    if (position !== this.#coming) this.#begin(position);
    const converter = this.#converterFor(position.itemId, format);
    this.#take(position, isOwn ? converter.lend(audio) : converter.push(audio));
  }

  /** The item has no more audio: what the resampler still holds belongs to it. */
  finishItem(position: AudioPosition): void {
    if (this.#converter?.itemId !== position.itemId) return;
    const tail = this.#converter.stream.flush();
    this.#converter = undefined;
    this.#take(position, tail);
  }

  /** The reply has no more audio. */
  finishReply(responseId: string): void {
    if (!this.#openReplies.delete(responseId)) return;
    this.#coming = undefined;
    if (this.options.mode === "reply") this.#deliverCollected();
    this.#paced.end();
    this.#release();
    this.#watchEnd();
  }

  /** No reply has more audio. */
  finishAll(): void {
    for (const responseId of this.#openReplies) this.finishReply(responseId);
  }

  /** Drops all that is held. Tells the flow once, when anything has left that may still sound. */
  flush(now: number): void {
    const wasSounding = this.#isSounding;
    const reply = this.#reply;
    const playedMs = this.#playedMs(now);
    this.#reset();
    if (wasSounding && reply)
      this.#listeners.playback({
        event: "flush",
        position: reply.position,
        playedMs,
      });
  }

  /**
   * The item, and the position in it, where a device is.
   * @param playedMs - since `start`: replies that follow each other without a pause have one
   * @param responseId - when given, the position is inside this reply
   * @returns undefined where nothing has left since `start`, or not that reply
   */
  positionAt(playedMs: number, responseId?: string): ItemPlace | undefined {
    const reply =
      responseId === undefined
        ? this.#replyAt(playedMs)
        : this.#replies.find((each) => each.position.responseId === responseId);
    if (!reply) return undefined;
    const replyMs =
      responseId === undefined ? playedMs - reply.fromMs : playedMs;
    return itemAt(reply, replyMs);
  }

  /** A device is behind or ahead of the estimate: the end moves with it. */
  shift(ms: number): void {
    this.#endsAt -= ms;
    this.#watchEnd();
  }

  close(): void {
    this.#reset();
  }

  #reset(): void {
    this.#nextRelease.set(undefined);
    this.#end.set(undefined);
    this.#paced.flush();
    this.#collected = [];
    this.#collectedMs = 0;
    this.#converter = undefined;
    this.#openReplies.clear();
    this.#coming = undefined;
    this.#replies = [];
    this.#reply = undefined;
    this.#isSounding = false;
    this.#endsAt = 0;
    this.#awaitsEnd = false;
  }

  #begin(position: AudioPosition): void {
    this.#coming = position;
    this.#openReplies.add(position.responseId);
  }

  #converterFor(itemId: string, format: MonoFormat): Converter {
    if (this.#converter?.itemId !== itemId) {
      const from = { ...format, channels: 1 };
      this.#converter = {
        itemId,
        stream: new Converter({
          from,
          to: outletFormat(this.options),
        }),
      };
    }
    return this.#converter.stream;
  }

  #take(position: AudioPosition, pcm: Buffer): void {
    if (pcm.length === 0) return;
    switch (this.options.mode) {
      case "paced":
        this.#paced.push({ pcm, tag: position });
        return this.#release();
      case "received":
        return this.#deliver(
          position,
          pcm,
          Math.max(performance.now(), this.#endsAt),
        );
      case "reply":
        this.#collected.push({ position, pcm });
        this.#collectedMs += pcm.length / this.#bytesPerMs;
        if (this.#collectedMs >= MAX_REPLY_MS) this.#deliverCollected();
    }
  }

  /** Hands out what is due; absolute deadlines, so lateness never adds up. */
  #release(): void {
    if (this.options.mode !== "paced") return;
    const now = performance.now();
    const { chunks, nextMs } = this.#paced.due(now);
    for (const { tag, pcm, dueMs } of chunks) this.#deliver(tag, pcm, dueMs);
    this.#nextRelease.set(nextMs);
    this.#watchEnd();
  }

  /** Pieces of one reply leave as one Buffer; the clock learns of each item apart. */
  #deliverCollected(): void {
    const pieces = this.#collected;
    const [first] = pieces;
    this.#collected = [];
    this.#collectedMs = 0;
    if (!first) return;
    const reply = this.#replyOf(first.position);
    const dueAt = Math.max(performance.now(), this.#endsAt);
    let at = dueAt;
    for (const { position, pcm } of pieces)
      at += this.#note(reply, position, pcm.length / this.#bytesPerMs, at);
    const whole = Buffer.concat(pieces.map(({ pcm }) => pcm));
    this.#handOut(reply, first.position, whole, dueAt);
  }

  #deliver(position: AudioPosition, pcm: Buffer, dueAt: number): void {
    const reply = this.#replyOf(position);
    this.#note(reply, position, pcm.length / this.#bytesPerMs, dueAt);
    this.#handOut(reply, position, pcm, dueAt);
  }

  /** A stretch of an item leaves. @returns its length, ms */
  #note(
    reply: LeavingReply,
    { itemId }: AudioPosition,
    durationMs: number,
    dueAt: number,
  ): number {
    if (reply.item.itemId !== itemId) reply.item = itemOf(reply, itemId);
    const fromMs = reply.item.sentMs;
    reply.item.sentMs += durationMs;
    this.#listeners.released(itemId, fromMs, durationMs, dueAt);
    return durationMs;
  }

  #handOut(
    reply: LeavingReply,
    position: AudioPosition,
    pcm: Buffer,
    dueAt: number,
  ): void {
    const startMs = reply.sentMs;
    const durationMs = pcm.length / this.#bytesPerMs;
    // A device that is behind stays behind: its end moves on by what is added, not back to what was planned.
    this.#endsAt = Math.max(dueAt, this.#endsAt) + durationMs;
    reply.sentMs += durationMs;
    this.#startSounding(position);
    this.#listeners.audio({ pcm, position, startMs, durationMs });
    this.#watchEnd();
  }

  #replyOf(position: AudioPosition): LeavingReply {
    const last = this.#reply;
    if (last?.position.responseId === position.responseId) return last;
    const reply =
      last && this.#isSounding
        ? leavingReply(position, last.fromMs + last.sentMs)
        : leavingReply(position, 0);
    const before = this.#isSounding ? this.#replies : [];
    this.#replies = [...before, reply].slice(-MAX_REPLIES);
    this.#reply = reply;
    return reply;
  }

  #replyAt(playedMs: number): LeavingReply | undefined {
    return (
      this.#replies.findLast(({ fromMs }) => fromMs < playedMs) ??
      this.#replies[0]
    );
  }

  #startSounding(position: AudioPosition): void {
    if (this.#isSounding) return;
    this.#isSounding = true;
    this.#listeners.playback({ event: "start", position, playedMs: 0 });
  }

  /** `end` comes when the last sample is due and nothing more is expected. */
  #watchEnd(): void {
    // A reply of which audio comes is open: nothing is over, and no end is awaited that would have to be called off.
    if (this.#coming && !this.#awaitsEnd) return;
    const isOver =
      this.#isSounding && this.#openReplies.size === 0 && this.heldMs <= 0;
    this.#awaitsEnd = isOver;
    this.#end.set(isOver ? this.#endsAt : undefined);
  }

  #onEnd(): void {
    const reply = this.#reply;
    this.#isSounding = false;
    this.#awaitsEnd = false;
    if (reply)
      this.#listeners.playback({
        event: "end",
        position: reply.position,
        playedMs: reply.sentMs,
      });
  }

  #playedMs(now: number): number {
    return Math.max(
      0,
      (this.#reply?.sentMs ?? 0) - Math.max(0, this.#endsAt - now),
    );
  }
}

function leavingReply(position: AudioPosition, fromMs: number): LeavingReply {
  const item = { itemId: position.itemId, sentMs: 0 };
  return { position, fromMs, sentMs: 0, items: [item], item };
}

/** Beyond what has left it is in the last item. */
function itemAt(
  { items }: LeavingReply,
  replyMs: number,
): ItemPlace | undefined {
  let restMs = replyMs;
  let last: ItemPlace | undefined;
  for (const { itemId, sentMs } of items) {
    last = { itemId, playedMs: restMs };
    if (restMs <= sentMs) break;
    restMs -= sentMs;
  }
  return last;
}

function itemOf({ items }: LeavingReply, itemId: string): LeavingItem {
  const known = items.find((item) => item.itemId === itemId);
  if (known) return known;
  const item = { itemId, sentMs: 0 };
  items.push(item);
  return item;
}
