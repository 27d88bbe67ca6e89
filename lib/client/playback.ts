import type { MonoFormat } from "../audio";
import { bytesPerMs } from "../audio";
import {
  AudioOutlet,
  type OutletChunk,
  type OutletListeners,
  type OutletMode,
  type OutletOptions,
  type PlaybackEvent,
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

/** An outlet of one conversation, between the node that it is for and the playback that it is part of. */
class Output implements OutletListeners {
  readonly source: OutletSource;
  readonly outlet: AudioOutlet;
  readonly #node: OutletSource["listeners"];
  readonly #playback: Playback;

  constructor(source: OutletSource, playback: Playback) {
    this.source = source;
    this.#node = source.listeners;
    this.#playback = playback;
    this.outlet = new AudioOutlet(source.options, this, source.wakeUps);
  }

  audio(chunk: OutletChunk): void {
    this.#node.audio(chunk);
  }

  playback(event: PlaybackEvent): void {
    this.#node.playback(event);
    if (event.event === "end") this.#playback.ended(this.outlet);
  }

  released(
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
  ): void {
    this.#playback.released(this.outlet, itemId, fromMs, durationMs, dueAt);
  }
}

/** Reply audio of one conversation on its way to the flow, and how much of it was heard. */
export class Playback {
  readonly #clock = new PlaybackClock();
  #outputs: readonly Output[] = [];
  /** The one whose audio counts as heard. */
  #leading: AudioOutlet | undefined;
  /** That which has all audio for itself, where nobody else listens: nearly always. */
  #sole: AudioOutlet | undefined;
  /** Of the last piece; pieces of a reply share it. */
  #format: MonoFormat | undefined;
  #bytesPerMs = 0;
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
      this.#setTaps([this.#reference]);
    }
  }

  /** @returns a function that takes the tap away */
  addTap(tap: HeardTap): () => void {
    this.#setTaps([...this.#taps, tap]);
    return () => this.#setTaps(this.#taps.filter((each) => each !== tap));
  }

  add(source: OutletSource): void {
    this.#setOutputs([...this.#outputs, new Output(source, this)]);
  }

  remove(source: OutletSource): void {
    for (const output of this.#outputs)
      if (output.source === source) output.outlet.close();
    this.#setOutputs(
      this.#outputs.filter((output) => output.source !== source),
    );
    this.#balance();
  }

  #setOutputs(outputs: readonly Output[]): void {
    this.#outputs = outputs;
    this.#leading = this.#mostFaithful();
    this.#findSole();
  }

  #setTaps(taps: readonly HeardTap[]): void {
    this.#taps = taps;
    this.#findSole();
  }

  #findSole(): void {
    const [only, another] = this.#outputs;
    const isSole = !another && this.#taps.length === 0;
    this.#sole = isSole ? only?.outlet : undefined;
  }

  /** Without an outlet nobody listens, and nothing counts as unheard. */
  get hasListeners(): boolean {
    return this.#outputs.length > 0;
  }

  /** Audio sounds, waits or is on its way. */
  get isActive(): boolean {
    return this.#outputs.some(({ outlet }) => outlet.isActive);
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
    if (this.#sole) return this.#sole.heldMs;
    let heldMs = 0;
    for (const { outlet } of this.#outputs)
      heldMs = Math.max(heldMs, outlet.heldMs);
    return heldMs;
  }

  /** @param audio - ours; it may go out as it is */
  receive(position: AudioPosition, audio: Buffer, format: MonoFormat): void {
    if (!this.#sole && !this.hasListeners) return;
    this.#noteFormat(format);
    const durationMs = audio.length / this.#bytesPerMs;
    const fromMs = this.#clock.received(position, durationMs);
    if (this.#sole) this.#sole.push(position, audio, format, true);
    else this.#share(position, audio, format, fromMs);
    this.#balance();
  }

  /** What several read is nobody's own. */
  #share(
    position: AudioPosition,
    audio: Buffer,
    format: MonoFormat,
    fromMs: number,
  ): void {
    for (const tap of this.#taps)
      tap.received(position.itemId, audio, format, fromMs);
    for (const { outlet } of this.#outputs)
      outlet.push(position, audio, format);
  }

  #noteFormat(format: MonoFormat): void {
    if (format === this.#format) return;
    this.#format = format;
    this.#bytesPerMs = bytesPerMs(format);
  }

  finishItem(position: AudioPosition): void {
    for (const { outlet } of this.#outputs) outlet.finishItem(position);
    this.#clock.finished(position.itemId);
    for (const tap of this.#taps) tap.finished(position.itemId);
  }

  finishReply(responseId: string): void {
    for (const { outlet } of this.#outputs) outlet.finishReply(responseId);
  }

  /** No more audio of any reply comes, because the session is gone. */
  finishAll(): void {
    for (const { outlet } of this.#outputs) outlet.finishAll();
  }

  /** Is any of this item's audio still to be heard? */
  awaits(itemId: string, now: number): boolean {
    if (!this.hasListeners) return false;
    return this.#clock
      .heard(now)
      .some((item) => item.itemId === itemId && !item.isComplete);
  }

  /**
   * A device reports its position: in an item, without one in a reply, without either since `start`.
   * @param responseId - reply that the position is in; a report about one that does not sound changes nothing
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
    for (const { outlet } of this.#outputs) outlet.flush(now);
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
    for (const { outlet } of this.#outputs) outlet.close();
    this.#setOutputs([]);
    this.#clock.reset();
  }

  /** For its outputs: a stretch of an item leaves an outlet, to sound at `dueAt`. */
  released(
    outlet: AudioOutlet,
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
  ): void {
    if (outlet === this.#leading)
      this.#noteReleased(itemId, fromMs, durationMs, dueAt);
    // Less is held: at most the service may go on.
    if (this.#isPaused) this.#balance();
  }

  /** For its outputs: all of an outlet's audio has sounded. */
  ended(outlet: AudioOutlet): void {
    if (outlet !== this.#leading) return;
    this.#quietSince = performance.now();
    this.#options.onEnd();
  }

  #noteReleased(
    itemId: string,
    fromMs: number,
    durationMs: number,
    dueAt: number,
  ): void {
    const now = performance.now();
    const startsAt = this.#clock.released(
      itemId,
      fromMs,
      durationMs,
      dueAt,
      now,
    );
    this.#isEndReported = false;
    if (this.#sole) return;
    for (const tap of this.#taps)
      tap.released(itemId, fromMs, durationMs, startsAt);
    this.#reference?.forget(now);
  }

  #mostFaithful(): AudioOutlet | undefined {
    for (const mode of FAITHFULNESS) {
      const entry = this.#outputs.find(
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
