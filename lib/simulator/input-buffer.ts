import { SampleCarry } from "../audio";
import {
  atRate,
  blockBytesOf,
  decodeInput,
  type InputFormat,
  type Sound,
} from "./audio-format";
import { SampleStore } from "./sample-store";
import {
  FRAME_MS,
  VoiceActivity,
  type VoiceActivityOptions,
} from "./voice-activity";

/** Server-side turn detection as the buffer needs it; `undefined` in its place means manual turns. */
export interface TurnDetection extends VoiceActivityOptions {
  readonly prefixPaddingMs: number;
}

export interface InputBufferListener {
  /** @param startMs - from the start of all audio, prefix padding taken off, whole ms */
  speechStarted(startMs: number): void;
  /** @param endMs - from the start of all audio, includes the silence, whole ms */
  speechStopped(endMs: number, sound: Sound): void;
}

// While nobody speaks, this much is kept for a manual commit; fifty idle sessions then hold 36 MB, not all they ever heard.
const IDLE_KEEP_MS = 15_000;
/** A single turn longer than this is refused: no speaker needs it, and memory is finite. */
export const LONGEST_TURN_MS = 600_000;
/** Less than this cannot be committed. @see protocol.md §9.4 */
export const SHORTEST_COMMIT_MS = 100;

/** The input audio buffer: bytes in, turns out. Time is the audio's own, so appends may run ahead of the clock. */
export class InputBuffer {
  readonly #listener: InputBufferListener;
  #format: InputFormat;
  #carry: SampleCarry;
  #store = new SampleStore();
  // Duration of everything stored before the last change of format.
  #baseMs = 0;
  #turnDetection: TurnDetection | undefined;
  #activity: VoiceActivity | undefined;
  #analysedSample = 0;
  #turnStartSample = 0;

  constructor(
    format: InputFormat,
    turnDetection: TurnDetection | undefined,
    listener: InputBufferListener,
  ) {
    this.#format = format;
    this.#carry = new SampleCarry(blockBytesOf(format));
    this.#listener = listener;
    this.#detect(turnDetection);
  }

  /** Milliseconds held and not yet committed. */
  get bufferedMs(): number {
    return this.#toMs(this.#store.length);
  }

  /** Milliseconds of audio ever appended. */
  get receivedMs(): number {
    return this.#baseMs + this.#toMs(this.#store.endSample);
  }

  get isSpeaking(): boolean {
    return this.#activity?.isSpeaking ?? false;
  }

  /** Takes the client's bytes; the listener hears of turns that begin or end in them before this returns. */
  append(bytes: Buffer): void {
    this.#store.append(decodeInput(this.#carry.push(bytes), this.#format));
    this.#analyse();
  }

  /** All audio held, which leaves the buffer empty. */
  take(): Sound {
    const sound = this.#sound(this.#store.startSample, this.#store.endSample);
    this.clear();
    return sound;
  }

  clear(): void {
    this.#store.dropBefore(this.#store.endSample);
    this.#analysedSample = this.#store.endSample;
    this.#activity?.reset();
  }

  /** Applies new settings; audio already held is kept, at the new rate. */
  configure(
    format: InputFormat,
    turnDetection: TurnDetection | undefined,
  ): void {
    if (!isSameFormat(format, this.#format)) this.#changeFormat(format);
    if (!isSameDetection(turnDetection, this.#turnDetection))
      this.#detect(turnDetection);
  }

  #changeFormat(format: InputFormat): void {
    const held = atRate(
      this.#sound(this.#store.startSample, this.#store.endSample),
      format.sampleRate,
    );
    this.#baseMs =
      this.receivedMs - (held.pcm.length / 2 / format.sampleRate) * 1000;
    this.#format = format;
    this.#carry = new SampleCarry(blockBytesOf(format));
    this.#store = new SampleStore();
    this.#store.append(held.pcm);
    this.#analysedSample = this.#store.endSample;
    this.#detect(this.#turnDetection);
  }

  #detect(turnDetection: TurnDetection | undefined): void {
    this.#turnDetection = turnDetection;
    this.#activity = turnDetection && new VoiceActivity(turnDetection);
    this.#analysedSample = this.#store.endSample;
  }

  #analyse(): void {
    const frameSamples = (this.#format.sampleRate * FRAME_MS) / 1000;
    // The listener may switch detection off in the middle: look it up for each frame.
    while (
      this.#activity &&
      this.#store.endSample - this.#analysedSample >= frameSamples
    ) {
      const from = this.#analysedSample;
      this.#analysedSample = from + frameSamples;
      const change = this.#activity.push(
        this.#store.slice(from, from + frameSamples),
        this.#clockMs(from),
      );
      if (change?.type === "started") this.#start(change.atMs);
      if (change?.type === "stopped") this.#stop();
    }
    if (this.#activity && !this.#activity.isSpeaking) {
      this.#store.dropBefore(
        this.#store.endSample - this.#toSamples(IDLE_KEEP_MS),
      );
    }
  }

  #start(onsetMs: number): void {
    const onset = this.#toSamples(onsetMs - this.#baseMs);
    const padding = this.#toSamples(this.#turnDetection?.prefixPaddingMs ?? 0);
    this.#turnStartSample = Math.max(this.#store.startSample, onset - padding);
    this.#listener.speechStarted(
      Math.round(this.#clockMs(this.#turnStartSample)),
    );
  }

  #stop(): void {
    const sound = this.#sound(this.#turnStartSample, this.#analysedSample);
    this.#store.dropBefore(this.#analysedSample);
    this.#listener.speechStopped(
      Math.round(this.#clockMs(this.#analysedSample)),
      sound,
    );
  }

  #sound(from: number, to: number): Sound {
    return {
      pcm: this.#store.slice(from, to),
      sampleRate: this.#format.sampleRate,
    };
  }

  #clockMs(sample: number): number {
    return this.#baseMs + this.#toMs(sample);
  }

  #toMs(samples: number): number {
    return (samples / this.#format.sampleRate) * 1000;
  }

  #toSamples(ms: number): number {
    return Math.round((ms * this.#format.sampleRate) / 1000);
  }
}

function isSameFormat(a: InputFormat, b: InputFormat): boolean {
  return (
    a.encoding === b.encoding &&
    a.sampleRate === b.sampleRate &&
    a.channels === b.channels
  );
}

function isSameDetection(
  a: TurnDetection | undefined,
  b: TurnDetection | undefined,
): boolean {
  if (!a || !b) return a === b;
  return (
    a.threshold === b.threshold &&
    a.speechMs === b.speechMs &&
    a.silenceMs === b.silenceMs &&
    a.prefixPaddingMs === b.prefixPaddingMs
  );
}
