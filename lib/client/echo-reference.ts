import { Converter, type MonoFormat } from "../audio";
import { BoundedMap } from "../bounded-map";
import type { HeardTap } from "./audio-tap";

/** A microphone chunk may be this late; what sounded before it is not asked for any more. */
const KEEP_MS = 3_000;
/** Items that have audio and are not over; more of them come from a service that ends none. */
const MAX_ITEMS = 200;

/** A stretch of an item, and when it sounds. */
interface Stretch {
  readonly itemId: string;
  readonly fromMs: number;
  durationMs: number;
  startsAt: number;
}

interface ItemAudio {
  readonly converter: Converter;
  readonly parts: Buffer[];
  bytes: number;
  isFinished: boolean;
}

/**
 * What the loudspeaker plays, by the clock: the second channel of a stereo uplink, with which the service takes the
 * assistant's own voice out of the microphone (protocol.md §7.4).
 */
export class EchoReference implements HeardTap {
  readonly #sampleRate: number;
  readonly #items = new BoundedMap<string, ItemAudio>(MAX_ITEMS);
  #stretches: Stretch[] = [];

  /** @param sampleRate - of the uplink, Hz */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Audio that is kept, bytes. */
  get heldBytes(): number {
    return [...this.#items.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Audio of an item came from the service, in its format. */
  received(itemId: string, audio: Buffer, format: MonoFormat): void {
    const item = this.#items.get(itemId) ?? this.#begin(itemId, format);
    append(item, item.converter.push(audio));
  }

  /** All audio of an item has come. */
  finished(itemId: string): void {
    const item = this.#items.get(itemId);
    if (!item || item.isFinished) return;
    item.isFinished = true;
    append(item, item.converter.flush());
  }

  /** A stretch of an item will sound at `startsAt`. */
  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    startsAt: number,
  ): void {
    this.#stretches.push({ itemId, fromMs, durationMs, startsAt });
  }

  /** The loudspeaker is later by so much than was thought. */
  shift(lateMs: number): void {
    for (const stretch of this.#stretches) stretch.startsAt += lateMs;
  }

  /** Playback stops; what has sounded stays known, since the microphone tells of it later. */
  stop(now: number): void {
    this.#stretches = this.#stretches.filter(({ startsAt }) => startsAt < now);
    for (const stretch of this.#stretches)
      stretch.durationMs = Math.min(stretch.durationMs, now - stretch.startsAt);
    const sounded = new Set(this.#stretches.map(({ itemId }) => itemId));
    for (const [itemId, item] of this.#items) {
      item.isFinished = true;
      if (!sounded.has(itemId)) this.#items.delete(itemId);
    }
    this.forget(now);
  }

  /** Keeps the memory of long talks flat, whether or not a microphone asks: what was over long before `now` is dropped. */
  forget(now: number): void {
    const kept = this.#stretches.filter(
      ({ startsAt, durationMs }) => startsAt + durationMs > now - KEEP_MS,
    );
    if (kept.length === this.#stretches.length) return;
    const over = new Set(this.#stretches.map(({ itemId }) => itemId));
    for (const { itemId } of kept) over.delete(itemId);
    this.#stretches = kept;
    // An item that is not finished goes on where it was, however long the service pauses.
    for (const itemId of over)
      if (this.#items.get(itemId)?.isFinished) this.#items.delete(itemId);
  }

  /**
   * @param startAt - time of the first sample
   * @returns mono PCM16 of `samples` samples; silence where nothing sounded
   */
  render(startAt: number, samples: number): Buffer {
    const pcm = Buffer.alloc(samples * 2);
    for (const stretch of this.#stretches) this.#draw(pcm, startAt, stretch);
    this.forget(startAt);
    return pcm;
  }

  #begin(itemId: string, format: MonoFormat): ItemAudio {
    const converter = new Converter({
      from: { ...format, channels: 1 },
      to: { encoding: "signed-integer", sampleRate: this.#sampleRate },
    });
    const item = { converter, parts: [], bytes: 0, isFinished: false };
    this.#items.set(itemId, item);
    return item;
  }

  #draw(pcm: Buffer, startAt: number, stretch: Stretch): void {
    const item = this.#items.get(stretch.itemId);
    if (!item) return;
    const at = this.#samples(stretch.startsAt - startAt);
    const from = this.#samples(stretch.fromMs);
    const skip = Math.max(0, -at);
    const to = Math.min(this.#samples(stretch.durationMs), pcm.length / 2 - at);
    if (to <= skip) return;
    // Of an item that began again under its old id there may be less.
    const audio = whole(item).subarray((from + skip) * 2, (from + to) * 2);
    audio.copy(pcm, (at + skip) * 2);
  }

  #samples(ms: number): number {
    return Math.round((ms * this.#sampleRate) / 1_000);
  }
}

function append(item: ItemAudio, pcm: Buffer): void {
  item.parts.push(pcm);
  item.bytes += pcm.length;
}

/** Parts are joined when they are first read, not each time. */
function whole(item: ItemAudio): Buffer {
  if (item.parts.length > 1)
    item.parts.splice(
      0,
      item.parts.length,
      Buffer.concat(item.parts, item.bytes),
    );
  return item.parts[0] ?? Buffer.alloc(0);
}
