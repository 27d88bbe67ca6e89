import { Converter, type MonoFormat } from "../audio";
import type { HeardTap } from "../client";
import { RECORDING_RATE, SAMPLE_BYTES, samplesOf, TOLERANCE } from "./timeline";

/** Sums of chunk lengths differ by less in floating point; a sample is longer. */
const SAME_MS = 0.01;
/** Items that have audio and are not over; more of them come from a service that ends none. */
const MAX_ITEMS = 200;
/** A device that takes a reply at once may hold so much of it, which has not sounded yet: 14 MB. */
const MAX_AHEAD_SAMPLES = samplesOf(300_000);

/** Audio of one item that has not been drawn yet. */
interface ItemAudio {
  readonly converter: Converter;
  readonly parts: Buffer[];
  /** Where the first of the parts begins inside the item. */
  from: number;
  /** Of all parts. */
  samples: number;
  isFinished: boolean;
  /** More came than is kept: the rest is silence. */
  isCut: boolean;
}

/** A stretch of an item that was handed to the loudspeaker, in samples but for its time. */
interface Stretch {
  readonly itemId: string;
  readonly from: number;
  length: number;
  /** When it sounds by the playback clock, ms. */
  startsAt: number;
  /** Where it lies in the recording; fixed with its first sample. */
  laidAt: number | undefined;
  /** How much of it lies there. */
  drawn: number;
}

/** The assistant as heard: each sample where the playback clock says that it sounded, up to an interruption and no further. */
export class HeardTrack implements HeardTap {
  readonly #beganAt: number;
  readonly #items = new Map<string, ItemAudio>();
  #stretches: Stretch[] = [];
  /** The next sample to draw. */
  #cursor = 0;
  #heldSamples = 0;

  /** @param beganAt - time of sample 0 */
  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  /** Audio that is kept, samples. */
  get heldSamples(): number {
    return this.#heldSamples;
  }

  received(
    itemId: string,
    audio: Buffer,
    format: MonoFormat,
    fromMs: number,
  ): void {
    const item = this.#items.get(itemId) ?? this.#begin(itemId, format, fromMs);
    this.#keep(item, item.converter.push(audio));
  }

  finished(itemId: string): void {
    const item = this.#items.get(itemId);
    if (!item || item.isFinished) return;
    item.isFinished = true;
    this.#keep(item, item.converter.flush());
  }

  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    startsAt: number,
  ): void {
    const from = samplesOf(fromMs);
    const length = samplesOf(fromMs + durationMs) - from;
    const last = this.#stretches.at(-1);
    if (
      last?.itemId === itemId &&
      last.from + last.length === from &&
      follows(last, startsAt)
    ) {
      last.length += length;
      return;
    }
    this.#stretches.push({
      itemId,
      from,
      length,
      startsAt,
      laidAt: undefined,
      drawn: 0,
    });
  }

  shift(lateMs: number): void {
    for (const stretch of this.#stretches) {
      stretch.startsAt += lateMs;
      const place = this.#placeOf(stretch);
      if (stretch.laidAt === undefined) continue;
      if (Math.abs(stretch.laidAt - place) > TOLERANCE) stretch.laidAt = place;
    }
  }

  stop(now: number): void {
    for (const stretch of this.#stretches)
      stretch.length = clamp(samplesOf(now - stretch.startsAt), stretch.length);
    this.#stretches = this.#stretches.filter(({ length }) => length > 0);
    const heard = new Set(this.#stretches.map(({ itemId }) => itemId));
    for (const [itemId, item] of this.#items) {
      item.isFinished = true;
      if (!heard.has(itemId)) this.#forget(itemId);
    }
  }

  /** @returns mono PCM16 from where the last call ended up to the sample `until`; silence where nothing sounded */
  take(until: number): Buffer {
    const pcm = Buffer.alloc(Math.max(0, until - this.#cursor) * SAMPLE_BYTES);
    let previous: Stretch | undefined;
    for (const stretch of this.#stretches) {
      this.#lay(stretch, previous, until);
      this.#draw(pcm, stretch, until);
      previous = stretch;
    }
    this.#cursor = Math.max(this.#cursor, until);
    this.#dropDrawn();
    return pcm;
  }

  #begin(itemId: string, format: MonoFormat, fromMs: number): ItemAudio {
    const converter = new Converter({
      from: { ...format, channels: 1 },
      to: { encoding: "signed-integer", sampleRate: RECORDING_RATE },
    });
    const item: ItemAudio = {
      converter,
      parts: [],
      from: samplesOf(fromMs),
      samples: 0,
      isFinished: false,
      isCut: false,
    };
    this.#items.set(itemId, item);
    const [oldest] = this.#items.keys();
    if (this.#items.size > MAX_ITEMS) this.#forget(oldest ?? "");
    return item;
  }

  #keep(item: ItemAudio, pcm: Buffer): void {
    const samples = pcm.length / SAMPLE_BYTES;
    item.isCut ||= this.#heldSamples + samples > MAX_AHEAD_SAMPLES;
    if (item.isCut || samples === 0) return;
    item.parts.push(pcm);
    item.samples += samples;
    this.#heldSamples += samples;
  }

  #forget(itemId: string): void {
    this.#heldSamples -= this.#items.get(itemId)?.samples ?? 0;
    this.#items.delete(itemId);
  }

  #placeOf({ startsAt }: Stretch): number {
    return samplesOf(startsAt - this.#beganAt);
  }

  /** What follows without a gap is laid without one, whatever reports have moved in between. */
  #lay(stretch: Stretch, previous: Stretch | undefined, until: number): void {
    if (stretch.laidAt !== undefined) return;
    const place =
      previous?.laidAt !== undefined && follows(previous, stretch.startsAt)
        ? previous.laidAt + previous.length
        : this.#placeOf(stretch);
    if (place <= until) stretch.laidAt = place;
  }

  /** Nothing is drawn twice: where the loudspeaker was late, there is a gap. */
  #draw(pcm: Buffer, stretch: Stretch, until: number): void {
    const { itemId, laidAt, length, from, drawn } = stretch;
    if (laidAt === undefined) return;
    const first = Math.max(drawn, this.#cursor - laidAt);
    const end = Math.min(length, until - laidAt);
    if (end <= first) return;
    stretch.drawn = end;
    const item = this.#items.get(itemId);
    if (item)
      copySamples(item, from + first, from + end, pcm, {
        at: laidAt + first - this.#cursor,
      });
  }

  /** The last stretch stays until it is over: what comes may follow it. */
  #dropDrawn(): void {
    const over = new Set<string>();
    this.#stretches = this.#stretches.filter((stretch) => {
      const { laidAt, length, itemId } = stretch;
      const isOver = laidAt !== undefined && laidAt + length <= this.#cursor;
      if (isOver) over.add(itemId);
      return !isOver;
    });
    const live = new Set<string>();
    for (const { itemId, from, drawn } of this.#stretches) {
      const item = this.#items.get(itemId);
      if (item && !live.has(itemId)) this.#dropParts(item, from + drawn);
      live.add(itemId);
    }
    // An item that is not finished goes on where it was, however long the service pauses.
    for (const itemId of over)
      if (!live.has(itemId) && this.#items.get(itemId)?.isFinished)
        this.#forget(itemId);
  }

  #dropParts(item: ItemAudio, before: number): void {
    for (;;) {
      const samples = (item.parts[0]?.length ?? 0) / SAMPLE_BYTES;
      if (samples === 0 || item.from + samples > before) return;
      item.parts.shift();
      item.from += samples;
      item.samples -= samples;
      this.#heldSamples -= samples;
    }
  }
}

function follows({ startsAt, length }: Stretch, nextStartsAt: number): boolean {
  const endsAt = startsAt + (length * 1_000) / RECORDING_RATE;
  // A length in whole samples may be off by half of one.
  return Math.abs(endsAt - nextStartsAt) < 500 / RECORDING_RATE + SAME_MS;
}

/** Copies samples `from` to `to` of an item, as far as they are there. */
function copySamples(
  item: ItemAudio,
  from: number,
  to: number,
  target: Buffer,
  { at }: { readonly at: number },
): void {
  let partFrom = item.from;
  for (const part of item.parts) {
    const partTo = partFrom + part.length / SAMPLE_BYTES;
    const [begin, end] = [Math.max(from, partFrom), Math.min(to, partTo)];
    if (begin < end)
      part.copy(
        target,
        (at + begin - from) * SAMPLE_BYTES,
        (begin - partFrom) * SAMPLE_BYTES,
        (end - partFrom) * SAMPLE_BYTES,
      );
    partFrom = partTo;
  }
}

function clamp(samples: number, most: number): number {
  return Math.min(Math.max(samples, 0), most);
}
