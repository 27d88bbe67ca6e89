import { BoundedMap } from "../bounded-map";

/** How much of one item's audio exists, and how much can have been heard. */
export interface HeardItem {
  readonly itemId: string;
  readonly contentIndex: number;
  readonly responseId: string;
  /** Audio that came from the service, ms. */
  readonly receivedMs: number;
  /** min(played, received), ms. */
  readonly heardMs: number;
  /** The service has finished the item and all of it was heard. */
  readonly isComplete: boolean;
}

/** Where audio belongs. */
export interface AudioPosition {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

interface Item extends AudioPosition {
  receivedMs: number;
  isFinished: boolean;
}

/** A stretch of one item that was handed to the speaker, and when it starts to sound. */
interface Segment {
  readonly itemId: string;
  readonly fromMs: number;
  durationMs: number;
  startsAt: number;
}

/** Sums of chunk lengths differ by less in floating point; a sample is longer. */
const SAME_MS = 0.01;
/** A resampler may make an item a sample shorter or longer; less than this is not a difference. */
const TOLERANCE_MS = 1;
/** Playback that ended so long ago cannot be interrupted any more, even by a slow device. */
const FORGET_AFTER_MS = 30_000;
/** Items that have audio and are not over; more of them come from a service that ends none. */
const MAX_ITEMS = 200;

/**
 * Estimates what the user has heard (design.md §5.2). Released audio sounds in order and in real time: a stretch
 * starts when it is due, or when the stretch before it ends. A report of the device moves the estimate.
 * All times are milliseconds on one monotonic clock, handed in by the caller.
 */
export class PlaybackClock {
  readonly #items = new BoundedMap<string, Item>(MAX_ITEMS);
  /** That audio came for last. */
  #coming: Item | undefined;
  #segments: Segment[] = [];
  /** The last of them. */
  #last: Segment | undefined;
  /** When the last released sample was meant to end, whatever reports have said since. */
  #dueEnd = Number.NEGATIVE_INFINITY;

  /**
   * Audio of an item came from the service.
   * @returns where it begins inside the item, ms
   */
  received(position: AudioPosition, durationMs: number): number {
    if (this.#coming?.itemId !== position.itemId)
      this.#coming = this.#items.get(position.itemId) ?? this.#add(position);
    const fromMs = this.#coming.receivedMs;
    this.#coming.receivedMs += durationMs;
    return fromMs;
  }

  #add({ responseId, itemId, contentIndex }: AudioPosition): Item {
    // Member by member: V8 gives copies by spreading a layout each, and looks for their members.
    const item = {
      responseId,
      itemId,
      contentIndex,
      receivedMs: 0,
      isFinished: false,
    };
    this.#items.set(itemId, item);
    return item;
  }

  /** The service has sent all audio of the item. */
  finished(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item) item.isFinished = true;
  }

  /**
   * Audio was handed to the speaker.
   * @param fromMs - position inside the item
   * @param dueAt - time when it is meant to sound; it cannot before the stretch in front of it ends, and where it is due
   * right then, it follows it also on a device that is ahead of the plan
   * @param now - far before `dueAt` where audio leaves faster than it sounds
   * @returns time when it sounds
   */
  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
    now = dueAt,
  ): number {
    const isNext = Math.abs(dueAt - this.#dueEnd) < SAME_MS;
    const startsAt = Math.max(isNext ? now : dueAt, this.endsAt);
    this.#dueEnd = dueAt + durationMs;
    const last = this.#last;
    if (last && continues(last, itemId, fromMs, startsAt)) {
      last.durationMs += durationMs;
      // With one stretch alone there is nothing to forget.
      if (this.#segments.length > 1) this.#forget(now);
      return startsAt;
    }
    this.#last = { itemId, fromMs, durationMs, startsAt };
    this.#segments.push(this.#last);
    this.#forget(now);
    return startsAt;
  }

  /** Time when the last released sample ends; -Infinity before the first. */
  get endsAt(): number {
    const last = this.#last;
    return last ? last.startsAt + last.durationMs : Number.NEGATIVE_INFINITY;
  }

  /** Playing position inside an item, ms; 0 for one that was never released. */
  playedMs(itemId: string, now: number): number {
    let played = 0;
    for (const segment of this.#segments) {
      if (segment.itemId === itemId && now > segment.startsAt)
        played =
          segment.fromMs + Math.min(now - segment.startsAt, segment.durationMs);
    }
    return played;
  }

  /** The item that sounds, or sounded last. */
  currentItemId(now: number): string | undefined {
    return (
      this.#segments.findLast((segment) => segment.startsAt <= now) ??
      this.#segments[0]
    )?.itemId;
  }

  /**
   * A device says how far it is; everything not yet played moves with it.
   * @returns by how much all of it sounds earlier than estimated, ms, negative: later; 0 when the report is about an item that is over or unknown
   */
  report(itemId: string, reportedMs: number, now: number): number {
    if (itemId !== this.currentItemId(now)) return 0;
    const released = this.#segments.filter(
      (segment) => segment.itemId === itemId,
    );
    const sounding =
      released.findLast((segment) => segment.fromMs <= reportedMs) ??
      released[0];
    if (!sounding) return 0;
    const insideMs = clamp(reportedMs - sounding.fromMs, sounding.durationMs);
    const lateMs = now - insideMs - sounding.startsAt;
    for (const segment of this.#segments) segment.startsAt += lateMs;
    return 0 - lateMs;
  }

  /** Items with audio that was not all heard, or not all sent yet; in playing order. */
  heard(now: number): readonly HeardItem[] {
    return [...this.#items.values()].map((item) => {
      const heardMs = Math.min(
        this.playedMs(item.itemId, now),
        item.receivedMs,
      );
      const { itemId, contentIndex, responseId, receivedMs } = item;
      return {
        itemId,
        contentIndex,
        responseId,
        receivedMs,
        heardMs,
        isComplete: item.isFinished && heardMs >= receivedMs - TOLERANCE_MS,
      };
    });
  }

  /** Playback stopped, or the items belong to a session that is gone. */
  reset(): void {
    this.#items.clear();
    this.#coming = undefined;
    this.#segments = [];
    this.#last = undefined;
    this.#dueEnd = Number.NEGATIVE_INFINITY;
  }

  /** Keeps the memory of long talks flat: what was over long ago is dropped. */
  #forget(now: number): void {
    const first = this.#segments[0];
    if (!first || first.startsAt + first.durationMs > now - FORGET_AFTER_MS)
      return;
    const isOver = (segment: Segment): boolean =>
      segment.startsAt + segment.durationMs <= now - FORGET_AFTER_MS;
    // Items that still wait have no segment either, and are not over.
    const over = this.#segments.filter(isOver).map(({ itemId }) => itemId);
    this.#segments = this.#segments.filter((segment) => !isOver(segment));
    this.#last = this.#segments.at(-1);
    const kept = new Set(this.#segments.map((segment) => segment.itemId));
    for (const itemId of over)
      if (!kept.has(itemId) && this.#items.get(itemId)?.isFinished)
        this.#items.delete(itemId);
    this.#coming = undefined;
  }
}

/** A reply without a gap is one stretch, however many chunks it left in. */
function continues(
  last: Segment,
  itemId: string,
  fromMs: number,
  startsAt: number,
): boolean {
  return (
    last.itemId === itemId &&
    Math.abs(last.fromMs + last.durationMs - fromMs) < SAME_MS &&
    Math.abs(last.startsAt + last.durationMs - startsAt) < SAME_MS
  );
}

function clamp(ms: number, longestMs: number): number {
  return Math.min(Math.max(ms, 0), longestMs);
}
