import { Converter, type MonoFormat } from "../audio";
import { RECORDING_RATE, SAMPLE_BYTES, samplesOf, TOLERANCE } from "./timeline";

/** A flow that sends faster than anyone speaks gets no more than this ahead: 6 MB. */
const MAX_AHEAD_SAMPLES = samplesOf(120_000);

interface Piece {
  readonly at: number;
  readonly pcm: Buffer;
}

/**
 * The user as spoken: each piece of audio ended when it came. Arrival jitters, so a piece that begins about where the one
 * before it ended follows it; a pause of the microphone is silence. What was written stays: a long recording that comes in
 * one message begins there.
 */
export class SpokenTrack {
  readonly #beganAt: number;
  #pieces: Piece[] = [];
  /** Where the last piece ends. */
  #end = 0;
  /** The next sample to draw. */
  #cursor = 0;
  #converter: { readonly key: string; readonly stream: Converter } | undefined;

  /** @param beganAt - time of sample 0 */
  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  /** @param audio - read only */
  spoken(audio: Buffer, format: MonoFormat, now: number): void {
    const pcm = this.#converterFor(format).push(audio);
    const samples = pcm.length / SAMPLE_BYTES;
    if (samples === 0) return;
    const taken = samplesOf(now - this.#beganAt) - samples;
    const isNext = Math.abs(taken - this.#end) <= TOLERANCE;
    const at = Math.max(isNext ? this.#end : taken, this.#end, this.#cursor);
    if (at + samples - this.#cursor > MAX_AHEAD_SAMPLES) return;
    this.#pieces.push({ at, pcm });
    this.#end = at + samples;
  }

  /** @returns mono PCM16 from where the last call ended up to the sample `until`; silence where nothing was said */
  take(until: number): Buffer {
    const pcm = Buffer.alloc(Math.max(0, until - this.#cursor) * SAMPLE_BYTES);
    this.#pieces = this.#pieces.filter((piece) => {
      const skip = Math.max(0, this.#cursor - piece.at);
      const target = (piece.at + skip - this.#cursor) * SAMPLE_BYTES;
      if (target < pcm.length) piece.pcm.copy(pcm, target, skip * SAMPLE_BYTES);
      return piece.at + piece.pcm.length / SAMPLE_BYTES > until;
    });
    this.#cursor = Math.max(this.#cursor, until);
    return pcm;
  }

  #converterFor(format: MonoFormat): Converter {
    const key = `${format.encoding} ${format.sampleRate}`;
    if (this.#converter?.key !== key)
      this.#converter = {
        key,
        stream: new Converter({
          from: { ...format, channels: 1 },
          to: { encoding: "signed-integer", sampleRate: RECORDING_RATE },
        }),
      };
    return this.#converter.stream;
  }
}
