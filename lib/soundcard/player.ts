import { performance } from "node:perf_hooks";
import { soundCommands, type ProgramName, type SoundCommand } from "./command";
import { SoundCardError } from "./errors";
import { Playout } from "./playout";
import type { SoundProgram } from "./sound-program";
import { Supervisor } from "./supervisor";
import type { Track } from "./track";

export interface PlayerOptions {
  readonly program: ProgramName | "auto";
  /** Name as the program knows it; empty for the system's default. */
  readonly device: string;
  /** How much sound the device may hold back, in milliseconds. */
  readonly latencyMs: number;
}

export interface PlayerListeners<Source> {
  /** How much of a track has been heard, about 4 times a second and at its end. */
  readonly heard: (track: Track<Source>) => void;
  /** Milliseconds were dropped because too much waits; told once until the queue has emptied. */
  readonly overflow: (droppedMs: number) => void;
  /** No sound until it works again by itself; told once for each attempt. */
  readonly fault: (fault: SoundCardError) => void;
  /** The device works; once for each start of a program. */
  readonly ready: () => void;
  /** Sound begins, or everything was heard. */
  readonly activity: (isPlaying: boolean) => void;
}

const TICK_MS = 20;
const REPORT_MS = 250;
/** What a busy event loop may be late without a gap in the sound. It lies in the pipe, and a flush throws it away. */
const PIPE_MS = 150;
/** Between two turns of a conversation the device stays open; after that others may have it. */
const RELEASE_MS = 10_000;
const QUEUE_LIMIT_MS = 10_000;
/** A program that cannot open its device ends sooner. */
const PROVEN_MS = 500;
/** Starting a program, connecting, and the first period, as measured on a null sink: 17 to 24 ms. */
const START_MS = 20;
/** A pipe that has been full for this long leads to a device that takes nothing. */
const STALL_MS = 3_000;

/** Plays tracks, one after the other, on a sound device. The device is open only around the time when there is sound. */
export class SoundPlayer<Source> {
  readonly #options: PlayerOptions;
  readonly #listeners: PlayerListeners<Source>;
  readonly #supervisor: Supervisor;
  #commands: readonly SoundCommand[] = [];
  #playout: Playout<Source> | undefined;
  #ticker: NodeJS.Timeout | undefined;
  /** Tracks of which something is still to be heard or told. */
  readonly #tracks = new Set<Track<Source>>();
  #reportedAt = 0;
  #lastSoundAt = 0;
  #takenAt = 0;
  #isPlaying = false;
  #isOverflowing = false;

  /** @throws SoundCardError `device-name` */
  constructor(options: PlayerOptions, listeners: PlayerListeners<Source>) {
    soundCommands("play", options.program, { ...options, sampleRate: 24_000 });
    this.#options = options;
    this.#listeners = listeners;
    this.#supervisor = new Supervisor({
      started: () => this.#begin(),
      failed: listeners.fault,
    });
  }

  /** The rate at which the device is open, Hz; `undefined` while it is not. */
  get sampleRate(): number | undefined {
    return this.#playout?.sampleRate;
  }

  /** Opens the device, unless it is open. */
  open(sampleRate: number): void {
    if (this.#playout) return;
    const { program, device, latencyMs } = this.#options;
    this.#commands = soundCommands("play", program, {
      device,
      latencyMs,
      sampleRate,
    });
    this.#playout = new Playout({
      sampleRate,
      leadMs: latencyMs + PIPE_MS,
      cushionMs: latencyMs,
      delayMs: START_MS,
      limitMs: QUEUE_LIMIT_MS,
    });
    this.#lastSoundAt = performance.now();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#supervisor.start(this.#commands);
  }

  /** @param pcm - mono PCM16 at {@link sampleRate}, while the device is open; kept, not copied */
  play(track: Track<Source>, pcm: Buffer): void {
    if (!this.#playout) throw new TypeError("Expected the device to be open");
    if (pcm.length === 0) return;
    const droppedMs = this.#playout.push(track, pcm);
    this.#tracks.add(track);
    this.#noteOverflow(droppedMs);
    this.#setPlaying(true);
    this.#tick();
  }

  /** Silences what has not been heard yet, within a few milliseconds. */
  flush(isMeant: (source: Source) => boolean = () => true): void {
    const playout = this.#playout;
    if (!playout) return;
    playout.listen(performance.now());
    const isHeld = playout.drop(isMeant);
    for (const track of this.#tracks)
      if (isMeant(track.source)) this.#report(track, true);
    if (isHeld) this.#restart(playout);
    if (playout.isIdle) this.#setPlaying(false);
  }

  /** Resolves when no program is left. May be called twice. */
  close(): Promise<void> {
    this.#shut();
    this.#tracks.clear();
    return this.#supervisor.stop();
  }

  #shut(): void {
    clearInterval(this.#ticker);
    this.#playout = undefined;
    this.#isPlaying = false;
  }

  /** The only way to take sound back from a program is to end it. */
  #restart(playout: Playout<Source>): void {
    this.#supervisor.kill();
    if (playout.isIdle) this.#shut();
    else this.#supervisor.start(this.#commands);
  }

  #begin(): void {
    const now = performance.now();
    this.#takenAt = now;
    this.#playout?.begin(now);
    this.#tick();
  }

  #tick(): void {
    const playout = this.#playout;
    const program = this.#supervisor.program;
    if (!playout || !program) return;
    const now = performance.now();
    if (program.ageMs >= PROVEN_MS && !program.isProven) this.#prove();
    playout.listen(now);
    this.#feed(playout, program, now);
    this.#reportAll(now);
    this.#watchIdle(playout, now);
  }

  #prove(): void {
    this.#supervisor.prove();
    this.#listeners.ready();
  }

  #feed(playout: Playout<Source>, program: SoundProgram, now: number): void {
    const { input } = program;
    if (!input || input.destroyed) return;
    if (input.writableNeedDrain) {
      if (now - this.#takenAt > STALL_MS) program.condemn(stalled());
      return;
    }
    this.#takenAt = now;
    const bytes = playout.due(now);
    if (bytes) input.write(bytes);
    if (playout.queuedMs === 0) this.#isOverflowing = false;
  }

  #reportAll(now: number): void {
    const isTime = now - this.#reportedAt >= REPORT_MS;
    for (const track of this.#tracks)
      if (isTime || track.isHeard) this.#report(track, track.isHeard);
    if (isTime) this.#reportedAt = now;
  }

  #report(track: Track<Source>, isLast: boolean): void {
    if (isLast) this.#tracks.delete(track);
    if (track.heardMs <= track.toldMs) return;
    track.toldMs = track.heardMs;
    this.#listeners.heard(track);
  }

  #watchIdle(playout: Playout<Source>, now: number): void {
    if (!playout.isIdle) {
      this.#lastSoundAt = now;
      return;
    }
    // A track whose end was dropped is never heard to its end.
    for (const track of this.#tracks) this.#report(track, true);
    this.#setPlaying(false);
    if (now - this.#lastSoundAt < RELEASE_MS) return;
    this.#supervisor.kill();
    this.#shut();
  }

  #noteOverflow(droppedMs: number): void {
    if (droppedMs === 0 || this.#isOverflowing) return;
    this.#isOverflowing = true;
    this.#listeners.overflow(droppedMs);
  }

  #setPlaying(isPlaying: boolean): void {
    if (isPlaying === this.#isPlaying) return;
    this.#isPlaying = isPlaying;
    this.#listeners.activity(isPlaying);
  }
}

function stalled(): SoundCardError {
  return new SoundCardError(
    "stalled",
    `The sound device has taken nothing for ${STALL_MS / 1_000} s`,
    "Plug it in again, or choose another.",
  );
}
