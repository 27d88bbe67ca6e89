import type { MonoFormat } from "../audio";
import { bytesPerMs } from "../audio";
import {
  AudioOutlet,
  type OutletListeners,
  type OutletMode,
  type OutletOptions,
} from "./audio-outlet";
import type { HeardTap } from "./audio-tap";
import { EchoReference } from "./echo-reference";
import {
  PlaybackClock,
  type AudioPosition,
  type HeardItem,
} from "./playback-clock";
import type { WakeUps } from "./wake-ups";

/** The most faithful picture of what sounds comes from the outlet that keeps real time. */
const FAITHFULNESS: readonly OutletMode[] = ["paced", "received", "reply"];

/** A flow that is so far behind gets no more until it has caught up (design.md §5.5). */
const MAX_HELD_MS = 120_000;
const RESUME_BELOW_MS = 60_000;

/** Sums of clock times are not exact. */
const END_TOLERANCE_MS = 1;

/** Makes the outlets of one conversation; the flow's nodes decide which there are. */
export interface OutletSource {
  readonly options: OutletOptions;
  readonly listeners: Pick<OutletListeners, "audio" | "playback">;
  /** Shared by all conversations; none: the outlet has its own. */
  readonly wakeUps?: WakeUps;
}

export interface PlaybackOptions {
  /** Holds the service back while the flow is behind. */
  readonly setPaused: (isPaused: boolean) => void;
  /** All that was to be heard has been heard. */
  readonly onEnd: () => void;
  /** Hz of the echo reference, where one is wanted. */
  readonly referenceRate?: number | undefined;
}

/** Reply audio of one conversation on its way to the flow, and how much of it was heard. */
export class Playback {
  readonly #clock = new PlaybackClock();
  #outlets: { readonly source: OutletSource; readonly outlet: AudioOutlet }[] =
    [];
  /** The one whose audio counts as heard. */
  #leading: AudioOutlet | undefined;
  #format: { readonly of: MonoFormat; readonly bytesPerMs: number } | undefined;
  #isPaused = false;
  #pauses = 0;
  readonly #options: PlaybackOptions;
  readonly #reference: EchoReference | undefined;
  #taps: readonly HeardTap[] = [];
  #quietSince = Number.NEGATIVE_INFINITY;
  #isEndReported = false;

  constructor(options: PlaybackOptions) {
    this.#options = options;
    const { referenceRate } = options;
    if (referenceRate) {
      this.#reference = new EchoReference(referenceRate);
      this.#taps = [this.#reference];
    }
  }

  /** @returns a function that takes the tap away */
  addTap(tap: HeardTap): () => void {
    this.#taps = [...this.#taps, tap];
    return () => (this.#taps = this.#taps.filter((each) => each !== tap));
  }

  add(source: OutletSource): void {
    const outlet = new AudioOutlet(
      source.options,
      {
        audio: (chunk) => source.listeners.audio(chunk),
        playback: (event) => {
          source.listeners.playback(event);
          if (event.event === "end" && this.#leading === outlet) {
            this.#quietSince = performance.now();
            this.#options.onEnd();
          }
        },
        released: (itemId, fromMs, durationMs, dueAt) => {
          if (this.#leading === outlet)
            this.#released(itemId, fromMs, durationMs, dueAt);
          this.#balance();
        },
      },
      source.wakeUps,
    );
    this.#outlets.push({ source, outlet });
    this.#leading = this.#mostFaithful();
  }

  remove(source: OutletSource): void {
    for (const entry of this.#outlets)
      if (entry.source === source) entry.outlet.close();
    this.#outlets = this.#outlets.filter((entry) => entry.source !== source);
    this.#leading = this.#mostFaithful();
    this.#balance();
  }

  /** Without an outlet nobody listens, and nothing counts as unheard. */
  get hasListeners(): boolean {
    return this.#outlets.length > 0;
  }

  /** Audio sounds, waits or is on its way. */
  get isActive(): boolean {
    return this.#outlets.some(({ outlet }) => outlet.isActive);
  }

  /**
   * Has the loudspeaker been silent for so long? The estimate needs a margin for the room and the device;
   * a device that has reported the end needs none.
   */
  isQuiet(now: number, marginMs: number): boolean {
    if (this.isActive) return false;
    // A report may have moved the end behind the one that the flow was told.
    const since = Math.max(this.#quietSince, this.#clock.endsAt);
    return this.#isEndReported || now - since >= marginMs;
  }

  /** What sounded from `startAt` on: mono PCM16 at the reference's rate. */
  reference(startAt: number, samples: number): Buffer {
    return (
      this.#reference?.render(startAt, samples) ?? Buffer.alloc(samples * 2)
    );
  }

  /** Times that the leading outlet ran dry in the middle of a reply. */
  get underruns(): number {
    return this.#leading?.underruns ?? 0;
  }

  /** Times that the service had to be held back. */
  get pauses(): number {
    return this.#pauses;
  }

  get heldMs(): number {
    let heldMs = 0;
    for (const { outlet } of this.#outlets)
      heldMs = Math.max(heldMs, outlet.heldMs);
    return heldMs;
  }

  /** @param audio - ours; it may go out as it is */
  receive(position: AudioPosition, audio: Buffer, format: MonoFormat): void {
    if (!this.hasListeners) return;
    const fromMs = this.#clock.received(
      position,
      audio.length / this.#bytesPerMs(format),
    );
    for (const tap of this.#taps)
      tap.received(position.itemId, audio, format, fromMs);
    // What several read is nobody's own.
    const isOwn = this.#outlets.length === 1 && this.#taps.length === 0;
    for (const { outlet } of this.#outlets)
      outlet.push(position, audio, format, isOwn);
    this.#balance();
  }

  /** Asked for each piece of a reply, whose format is one object. */
  #bytesPerMs(format: MonoFormat): number {
    if (this.#format?.of !== format)
      this.#format = { of: format, bytesPerMs: bytesPerMs(format) };
    return this.#format.bytesPerMs;
  }

  finishItem(position: AudioPosition): void {
    for (const { outlet } of this.#outlets) outlet.finishItem(position);
    this.#clock.finished(position.itemId);
    for (const tap of this.#taps) tap.finished(position.itemId);
  }

  finishReply(responseId: string): void {
    for (const { outlet } of this.#outlets) outlet.finishReply(responseId);
  }

  /** No more audio of any reply comes, because the session is gone. */
  finishAll(): void {
    for (const { outlet } of this.#outlets) outlet.finishAll();
  }

  /** Is any of this item's audio still to be heard? */
  awaits(itemId: string, now: number): boolean {
    if (!this.hasListeners) return false;
    return this.#clock
      .heard(now)
      .some((item) => item.itemId === itemId && !item.isComplete);
  }

  /**
   * A device reports its position: in an item, or without one in the reply that sounds.
   * @param responseId - reply that the position is in; a report about another one changes nothing
   * @returns correction of the estimate in ms
   */
  report(
    itemId: string | undefined,
    playedMs: number,
    now: number,
    responseId?: string,
  ): number {
    const position =
      itemId === undefined
        ? this.#leading?.positionAt(playedMs, responseId)
        : { itemId, playedMs };
    if (!position) return 0;
    if (position.itemId !== this.#clock.currentItemId(now)) return 0;
    const correctionMs = this.#clock.report(
      position.itemId,
      position.playedMs,
      now,
    );
    if (correctionMs !== 0) {
      this.#leading?.shift(correctionMs);
      for (const tap of this.#taps) tap.shift(-correctionMs);
    }
    this.#isEndReported = this.#clock.endsAt - now < END_TOLERANCE_MS;
    return correctionMs;
  }

  /**
   * Stops everything that sounds or waits.
   * @returns what of each item was heard, in playing order
   */
  interrupt(now: number): readonly HeardItem[] {
    const heard = this.hasListeners ? this.#clock.heard(now) : [];
    if (this.isActive) this.#quietSince = now;
    for (const { outlet } of this.#outlets) outlet.flush(now);
    for (const tap of this.#taps) tap.stop(now);
    this.#clock.reset();
    this.#balance();
    return heard;
  }

  /** The session is gone: what has come is still played, but the service cannot be told about it any more. */
  detach(): void {
    this.#clock.reset();
    this.#isPaused = false;
  }

  close(): void {
    for (const { outlet } of this.#outlets) outlet.close();
    this.#outlets = [];
    this.#leading = undefined;
    this.#clock.reset();
  }

  #released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
  ): void {
    const startsAt = this.#clock.released(
      itemId,
      fromMs,
      durationMs,
      dueAt,
      performance.now(),
    );
    this.#isEndReported = false;
    for (const tap of this.#taps)
      tap.released(itemId, fromMs, durationMs, startsAt);
    this.#reference?.forget(performance.now());
  }

  #mostFaithful(): AudioOutlet | undefined {
    for (const mode of FAITHFULNESS) {
      const entry = this.#outlets.find(
        ({ outlet }) => outlet.options.mode === mode,
      );
      if (entry) return entry.outlet;
    }
    return undefined;
  }

  #balance(): void {
    const limitMs = this.#isPaused ? RESUME_BELOW_MS : MAX_HELD_MS;
    const isPaused = this.heldMs > limitMs;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#pauses++;
    this.#options.setPaused(isPaused);
  }
}
