import type { AudioFormat } from "../audio";

/** Where frames come from. */
export interface AudioSource {
  /** While the event loop is late, frames are joined to such of at most so many bytes. */
  readonly longestFrameBytes: number;
  /** `HIGH_WATER_BYTES` or more wait in the socket; told with each frame that is written to it then. */
  wireIsFull(): void;
}

/** Where frames go. */
export interface AudioWire {
  /** Whoever sends, while it does. */
  source: AudioSource | undefined;
  /** Bytes the socket still holds. */
  readonly bufferedBytes: number;
  /** Sends one frame, whose bytes are another's as soon as this returns. */
  sendAudio(frame: Buffer): void;
}

/** About one second of audio as JSON: enough to keep a slow link busy, little enough to stay current. */
export const HIGH_WATER_BYTES = 64 * 1024;

/** Audio as the flow gives it. */
export interface GivenAudio {
  readonly audio: Buffer;
  readonly format: AudioFormat;
  readonly chunkMs: number | undefined;
}

/**
 * The way of a frame that is like the one before it, and is sent as it is: no muted microphone, nothing to convert, cut,
 * hold or show to anybody. Between two frames of one conversation come those of all the others, so the processor has
 * forgotten what it knew; then it is the number of objects to be looked at that costs. Here all that counts is in one.
 * Whatever may change how audio goes leaves the short way; a frame that went the long way, and need not have, opens it.
 */
export class ShortWay {
  #wire: AudioWire | undefined;
  #format: AudioFormat | undefined;
  #bytes = 0;
  #chunkMs: number | undefined;
  /** Total of audio given to a socket, on either way. */
  sentBytes = 0;
  /** Found once: the global is asked for anew each time. */
  readonly #clock: Pick<Performance, "now"> = performance;
  /** Times that audio has come from the user, on either way. */
  arrivals = 0;
  /** Of the last time, on the clock of `performance.now()`; whole, for then the number is kept in here. */
  arrivedAt = 0;

  /** @returns true when it was sent */
  send(
    audio: Buffer,
    format: AudioFormat,
    chunkMs: number | undefined,
  ): boolean {
    const wire = this.#wire;
    if (
      wire === undefined ||
      audio.length !== this.#bytes ||
      format !== this.#format ||
      chunkMs !== this.#chunkMs
    )
      return false;
    this.arrived();
    this.sentBytes += this.#bytes;
    wire.sendAudio(audio);
    return true;
  }

  /** Audio has come. */
  arrived(): void {
    this.arrivals++;
    this.arrivedAt = Math.floor(this.#clock.now());
  }

  /** What comes next and is like `given` may go to `wire` as it is. */
  open(wire: AudioWire, { audio, format, chunkMs }: GivenAudio): void {
    this.#wire = wire;
    this.#bytes = audio.length;
    this.#format = format;
    this.#chunkMs = chunkMs;
  }

  leave(): void {
    this.#wire = undefined;
  }
}
