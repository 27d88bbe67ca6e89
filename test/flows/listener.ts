/** What a listener has heard of one item, in samples of 24 kHz. */
export interface Heard {
  readonly itemId: string;
  readonly heard: number;
  readonly received: number;
  /** The service has sent all of it, and all of it was heard. */
  readonly isWhole: boolean;
}

interface Item {
  readonly itemId: string;
  received: number;
  /** Samples that fill no chunk. */
  rest: number;
  isFinished: boolean;
  readonly chunks: { readonly from: number; readonly samples: number }[];
}

/** Whole numbers only, so that nothing is lost by rounding. */
const PER_MS = 24;
/** A sample more or less does not make an item unheard: 1 ms. */
const TOLERANCE = PER_MS;

interface Chunk {
  readonly item: Item;
  readonly samples: number;
}

/**
 * A person at a loudspeaker that is never ahead or behind. After a silence it starts when its cushion is full, when the
 * reply is whole, or when it has waited as long as the cushion is; from then on a chunk sounds when the one before has ended.
 * Tells what was heard by arithmetic on the deltas alone, so that it can be held against what the nodes say.
 */
export class Listener {
  readonly #chunk: number;
  readonly #cushion: number;
  #items = new Map<string, Item>();
  #last: Item | undefined;
  #waiting: Chunk[] = [];
  #waitingSince = 0;
  /** When everything that was started has sounded. */
  #silentAt = -1;

  constructor(chunkMs: number, cushionMs: number) {
    this.#chunk = chunkMs * PER_MS;
    this.#cushion = cushionMs * PER_MS;
  }

  receive(itemId: string, samples: number, nowMs: number): void {
    const now = this.#advance(nowMs);
    const item = this.#itemOf(itemId);
    if (this.#last !== item) this.#closeLast(now);
    this.#last = item;
    item.received += samples;
    item.rest += samples;
    for (; item.rest >= this.#chunk; item.rest -= this.#chunk)
      this.#add({ item, samples: this.#chunk }, now);
    const waiting = this.#waiting.reduce(
      (sum, chunk) => sum + chunk.samples,
      item.rest,
    );
    if (waiting >= this.#cushion) this.#start(now);
  }

  /** The service has sent all of the item. */
  finishItem(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item) item.isFinished = true;
  }

  /** The last chunk of a reply may be short. */
  finishReply(nowMs: number): void {
    const now = this.#advance(nowMs);
    this.#closeLast(now);
    this.#start(now);
  }

  isSounding(nowMs: number): boolean {
    return this.#advance(nowMs) < this.#silentAt;
  }

  /** The loudspeaker stops. @returns what was heard of each item that has come since the last time */
  stop(nowMs: number): readonly Heard[] {
    const now = this.#advance(nowMs);
    const heard = [...this.#items.values()].map((item) =>
      this.#heard(item, now),
    );
    this.#items = new Map();
    this.#last = undefined;
    this.#waiting = [];
    this.#silentAt = -1;
    return heard;
  }

  #heard({ itemId, received, isFinished, chunks }: Item, now: number): Heard {
    const heard = chunks.reduce(
      (sum, { from, samples }) =>
        sum + Math.min(Math.max(now - from, 0), samples),
      0,
    );
    return {
      itemId,
      heard,
      received,
      isWhole: isFinished && heard >= received - TOLERANCE,
    };
  }

  #itemOf(itemId: string): Item {
    const known = this.#items.get(itemId) ?? {
      itemId,
      received: 0,
      rest: 0,
      isFinished: false,
      chunks: [],
    };
    this.#items.set(itemId, known);
    return known;
  }

  /** Nothing waits longer than its cushion. @returns the time in samples */
  #advance(nowMs: number): number {
    const now = nowMs * PER_MS;
    if (now >= this.#waitingSince + this.#cushion)
      this.#start(this.#waitingSince + this.#cushion);
    return now;
  }

  #closeLast(now: number): void {
    const last = this.#last;
    if (last && last.rest > 0)
      this.#add({ item: last, samples: last.rest }, now);
    if (last) last.rest = 0;
  }

  #add(chunk: Chunk, now: number): void {
    if (this.#waiting.length === 0 && now <= this.#silentAt)
      return this.#play(chunk);
    if (this.#waiting.length === 0) this.#waitingSince = now;
    this.#waiting.push(chunk);
  }

  #start(now: number): void {
    if (this.#waiting.length === 0) return;
    this.#silentAt = now;
    for (const chunk of this.#waiting.splice(0)) this.#play(chunk);
  }

  #play({ item, samples }: Chunk): void {
    item.chunks.push({ from: this.#silentAt, samples });
    this.#silentAt += samples;
  }
}
