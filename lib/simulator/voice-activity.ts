import { levelDb } from "../audio";

/** Length of the frames whose energy is measured. */
export const FRAME_MS = 20;

export interface VoiceActivityOptions {
  /** 0–1, mapped to a level; see `thresholdDb`. */
  readonly threshold: number;
  /** Speech this long counts as the start of a turn. */
  readonly speechMs: number;
  /** Silence this long counts as its end. */
  readonly silenceMs: number;
}

/** What one frame changed. Times are milliseconds on the audio's own clock. */
export type VoiceActivityChange =
  | { readonly type: "started"; readonly atMs: number }
  | { readonly type: "stopped" };

// Speech at a normal distance lies around -25 dBFS, a quiet room below -55. The middle of the scale sits between them.
const LOWEST_THRESHOLD_DB = -60;
const THRESHOLD_SPAN_DB = 40;
// Speech must stand this far above steady noise: the pauses inside speech do, fans and hiss do not.
const ABOVE_FLOOR_DB = 9;
const QUIETEST_FLOOR_DB = -90;
const FIRST_FLOOR_DB = -70;
// The floor follows a new steady noise at 1 dB a second and falls back within a few frames.
const FLOOR_RISE_DB = FRAME_MS / 1000;
const FLOOR_FALL = 0.3;

/** Level in dBFS above which a frame counts as speech: 0 → −60, 0.5 → −40, 1 → −20. */
export function thresholdDb(threshold: number): number {
  return LOWEST_THRESHOLD_DB + THRESHOLD_SPAN_DB * threshold;
}

/**
 * Voice activity by energy. Feed it consecutive frames of 20 ms; it says when a turn starts and ends.
 *
 * ```
 *            speechMs of loud frames
 *   quiet ──────────────────────────▶ speaking
 *     ▲                                  │
 *     └──────────────────────────────────┘
 *            silenceMs of quiet frames
 * ```
 */
export class VoiceActivity {
  #options: VoiceActivityOptions;
  #isSpeaking = false;
  #floorDb = FIRST_FLOOR_DB;
  #loudMs = 0;
  #quietMs = 0;
  #onsetMs = 0;

  constructor(options: VoiceActivityOptions) {
    this.#options = options;
  }

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /**
   * Takes the next frame.
   * @param frame - mono PCM16 of `FRAME_MS`
   * @param startMs - where the frame begins on the audio's clock
   */
  push(frame: Buffer, startMs: number): VoiceActivityChange | undefined {
    const isLoud = this.#isLoud(levelDb(frame));
    return this.#isSpeaking
      ? this.#whileSpeaking(isLoud)
      : this.#whileQuiet(isLoud, startMs);
  }

  /** Forgets a turn under way, for instance after a manual commit. The noise floor stays known. */
  reset(): void {
    this.#isSpeaking = false;
    this.#loudMs = 0;
    this.#quietMs = 0;
  }

  #isLoud(level: number): boolean {
    const isLoud =
      level >
      Math.max(
        thresholdDb(this.#options.threshold),
        this.#floorDb + ABOVE_FLOOR_DB,
      );
    this.#followFloor(Math.max(level, QUIETEST_FLOOR_DB));
    return isLoud;
  }

  #followFloor(level: number): void {
    if (level < this.#floorDb)
      this.#floorDb += FLOOR_FALL * (level - this.#floorDb);
    else this.#floorDb = Math.min(level, this.#floorDb + FLOOR_RISE_DB);
  }

  #whileQuiet(
    isLoud: boolean,
    startMs: number,
  ): VoiceActivityChange | undefined {
    if (isLoud && this.#loudMs === 0) this.#onsetMs = startMs;
    // A quiet frame takes back what a loud one gave, so clicks do not add up to speech.
    this.#loudMs = Math.max(0, this.#loudMs + (isLoud ? FRAME_MS : -FRAME_MS));
    if (this.#loudMs === 0 || this.#loudMs < this.#options.speechMs)
      return undefined;
    this.#isSpeaking = true;
    this.#quietMs = 0;
    return { type: "started", atMs: this.#onsetMs };
  }

  #whileSpeaking(isLoud: boolean): VoiceActivityChange | undefined {
    this.#quietMs = isLoud ? 0 : this.#quietMs + FRAME_MS;
    if (this.#quietMs === 0 || this.#quietMs < this.#options.silenceMs)
      return undefined;
    this.reset();
    return { type: "stopped" };
  }
}
