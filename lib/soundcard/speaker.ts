import { Converter, type AudioFormat } from "../audio";
import { GenerationGate } from "./generation-gate";
import {
  SoundPlayer,
  type PlayerListeners,
  type PlayerOptions,
} from "./player";
import type { Track } from "./track";
import { Tracks, type Voice } from "./tracks";

export interface SpeakerListeners extends Omit<
  PlayerListeners<Voice>,
  "heard"
> {
  /**
   * @param voice - what the sound belongs to
   * @param playedMs - how much of its item has been heard, whole milliseconds
   */
  readonly played: (voice: Voice, playedMs: number) => void;
}

/** The stream that sounds come from: one converter each, so that the cuts between chunks leave no trace. */
interface Source {
  readonly key: string;
  readonly track: Track<Voice>;
  readonly converter: Converter;
}

/** Plays what audio out emits: in order, the latest generation only, in whatever format it comes. */
export class Speaker {
  readonly #player: SoundPlayer<Voice>;
  readonly #gate = new GenerationGate();
  readonly #tracks = new Tracks();
  #source: Source | undefined;

  /** @throws SoundCardError `device-name` */
  constructor(options: PlayerOptions, listeners: SpeakerListeners) {
    this.#player = new SoundPlayer(options, {
      ...listeners,
      heard: ({ source, heardMs }) =>
        // A thousandth for sums of fractions, which are not exact.
        listeners.played(source, Math.floor(heardMs + 0.001)),
    });
  }

  /** @param audio - raw samples, only read */
  play(audio: Buffer, format: AudioFormat, voice: Voice): void {
    if (!this.#isCurrent(voice)) return;
    const source = this.#sourceOf(format, voice);
    this.#player.play(source.track, source.converter.push(audio));
  }

  /** What follows belongs to another stretch of sound. */
  end(voice: Voice = {}): void {
    if (!this.#isCurrent(voice)) return;
    this.#endSource();
  }

  /** Silences a conversation, or everything when `voice` names none. */
  flush(voice: Voice = {}): void {
    if (!this.#isCurrent(voice)) return;
    this.#silence(voice["conversation"]);
  }

  /** Resolves when no program is left. */
  close(): Promise<void> {
    return this.#player.close();
  }

  #isCurrent(voice: Voice): boolean {
    const { conversation, sessionId, generation } = voice;
    if (typeof conversation !== "string" || typeof generation !== "number")
      return true;
    const verdict = this.#gate.judge({
      conversation,
      sessionId: String(sessionId),
      generation,
    });
    if (verdict === "newer") this.#silence(conversation);
    return verdict !== "stale";
  }

  #silence(conversation: unknown): void {
    // The tail in the converter is older sound, too.
    this.#source = undefined;
    this.#player.flush(
      (voice) =>
        conversation === undefined || voice["conversation"] === conversation,
    );
  }

  #sourceOf(format: AudioFormat, voice: Voice): Source {
    this.#player.open(format.sampleRate);
    const sampleRate = this.#player.sampleRate ?? format.sampleRate;
    const track = this.#tracks.of(voice);
    const key = JSON.stringify([format, sampleRate]);
    if (this.#source?.key !== key || this.#source.track !== track) {
      this.#endSource();
      const to = { encoding: "signed-integer", sampleRate } as const;
      const converter = new Converter({ from: format, to });
      this.#source = { key, track, converter };
    }
    return this.#source;
  }

  #endSource(): void {
    const source = this.#source;
    this.#source = undefined;
    const tail = source?.converter.flush();
    if (source && tail && this.#player.sampleRate !== undefined)
      this.#player.play(source.track, tail);
  }
}
