import type { MonoFormat } from "../audio";
import { bytesPerMs } from "../audio";
import {
  AudioOutlet,
  type OutletListeners,
  type OutletMode,
  type OutletOptions,
} from "./audio-outlet";
import {
  PlaybackClock,
  type AudioPosition,
  type HeardItem,
} from "./playback-clock";

/** The most faithful picture of what sounds comes from the outlet that keeps real time. */
const FAITHFULNESS: readonly OutletMode[] = ["paced", "received", "reply"];

/** A flow that is so far behind gets no more until it has caught up (design.md §5.5). */
const MAX_HELD_MS = 120_000;
const RESUME_BELOW_MS = 60_000;

/** Makes the outlets of one conversation; the flow's nodes decide which there are. */
export interface OutletSource {
  readonly options: OutletOptions;
  readonly listeners: Pick<OutletListeners, "audio" | "playback">;
}

/** Reply audio of one conversation on its way to the flow, and how much of it was heard. */
export class Playback {
  readonly #clock = new PlaybackClock();
  #outlets: { readonly source: OutletSource; readonly outlet: AudioOutlet }[] =
    [];
  #isPaused = false;
  readonly #setPaused: (isPaused: boolean) => void;
  readonly #onEnd: () => void;

  /**
   * @param setPaused - holds the service back while the flow is behind
   * @param onEnd - all that was to be heard has been heard
   */
  constructor(setPaused: (isPaused: boolean) => void, onEnd: () => void) {
    this.#setPaused = setPaused;
    this.#onEnd = onEnd;
  }

  add(source: OutletSource): void {
    const outlet = new AudioOutlet(source.options, {
      audio: (chunk) => source.listeners.audio(chunk),
      playback: (event) => {
        source.listeners.playback(event);
        if (event.event === "end" && this.#leading() === outlet) this.#onEnd();
      },
      released: (itemId, fromMs, durationMs, dueAt) => {
        if (this.#leading() === outlet)
          this.#clock.released(itemId, fromMs, durationMs, dueAt);
        this.#balance();
      },
    });
    this.#outlets.push({ source, outlet });
  }

  remove(source: OutletSource): void {
    for (const entry of this.#outlets)
      if (entry.source === source) entry.outlet.close();
    this.#outlets = this.#outlets.filter((entry) => entry.source !== source);
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

  get heldMs(): number {
    return Math.max(0, ...this.#outlets.map(({ outlet }) => outlet.heldMs));
  }

  receive(position: AudioPosition, audio: Buffer, format: MonoFormat): void {
    if (!this.hasListeners) return;
    this.#clock.received(position, audio.length / bytesPerMs(format));
    for (const { outlet } of this.#outlets)
      outlet.push(position, audio, format);
    this.#balance();
  }

  finishItem(position: AudioPosition): void {
    for (const { outlet } of this.#outlets) outlet.finishItem(position);
    this.#clock.finished(position.itemId);
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

  /** Item that sounds, or sounded last. */
  currentItemId(now: number): string | undefined {
    return this.#clock.currentItemId(now);
  }

  /** A device reports its position. @returns correction in ms */
  report(itemId: string | undefined, playedMs: number, now: number): number {
    const current = itemId ?? this.#clock.currentItemId(now);
    const correctionMs =
      current === undefined ? 0 : this.#clock.report(current, playedMs, now);
    if (correctionMs !== 0) this.#leading()?.shift(correctionMs);
    return correctionMs;
  }

  /**
   * Stops everything that sounds or waits.
   * @returns what of each item was heard, in playing order
   */
  interrupt(now: number): readonly HeardItem[] {
    const heard = this.hasListeners ? this.#clock.heard(now) : [];
    for (const { outlet } of this.#outlets) outlet.flush(now);
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
    this.#clock.reset();
  }

  #leading(): AudioOutlet | undefined {
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
    this.#setPaused(isPaused);
  }
}
