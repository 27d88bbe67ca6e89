import {
  bytesPerMs,
  Converter,
  interleave,
  isSameFormat,
  sampleBytes,
  type AudioFormat,
  type MonoFormat,
} from "../audio";
import type { AudioTap } from "./audio-tap";
import { silentFrame } from "./silence";
import { DropWatch } from "./drop-watch";
import { Rewind } from "./rewind";
import { SilenceFeeder } from "./silence-feeder";
import { ShortWay, type AudioWire } from "./short-way";
import { Uplink } from "./uplink";

/** What the end of speech does besides ending the speech. */
export type AtEnd = "nothing" | "commit" | "respond";

export interface UserAudioOptions {
  /** What the service takes. */
  readonly format: MonoFormat;
  /** All audio before this point has been sent: the buffer becomes an item. */
  readonly commit: () => void;
  /** All audio before this point has been sent and committed: a response is wanted. */
  readonly respond: () => void;
  /** Does the service find the end of a turn by itself? */
  readonly hasTurnDetection: () => boolean;
  /** Older audio has to be dropped, or has not had to for a while. */
  readonly onDropping: (isDropping: boolean) => void;
  /** The turn does not end, although silence was sent. */
  readonly onEndlessTurn: () => void;
  /** Half-duplex: nothing is to be heard now. */
  readonly isGateClosed?: (() => boolean) | undefined;
  /** What the loudspeaker plays from a time on; sent beside the microphone where the service wants it. */
  readonly reference?:
    ((startAt: number, samples: number) => Buffer) | undefined;
}

/** Arrival times jitter; the microphone's own time is trusted until it is off by more. */
const RESYNC_MS = 40;

/** The user's side of a conversation: microphone audio on its way to the service. */
export class UserAudio {
  /** Asked first for each piece of audio: `append` is the long way. */
  readonly shortWay = new ShortWay();
  readonly #options: UserAudioOptions;
  readonly #uplink: Uplink;
  readonly #drops: DropWatch;
  readonly #silence: SilenceFeeder;
  readonly #rewind: Rewind;
  #taps: readonly AudioTap[] = [];
  /** Of all bytes that were sent, those that the service has made items of, or forgotten. */
  #settledBytes = 0;
  #inputFormat: AudioFormat | undefined;
  #converter: Converter | undefined;
  #isMuted = false;
  /** When the next sample of the microphone was taken; for the echo reference. */
  #micAt: number | undefined;

  constructor(options: UserAudioOptions) {
    const { format, onEndlessTurn } = options;
    const channels = options.reference ? 2 : 1;
    this.#options = options;
    this.#drops = new DropWatch(options.onDropping);
    this.#rewind = new Rewind(channels * bytesPerMs(format));
    this.#uplink = new Uplink(
      {
        bytesPerMs: channels * bytesPerMs(format),
        blockBytes: channels * sampleBytes(format.encoding),
      },
      this.shortWay,
    );
    this.#silence = new SilenceFeeder({
      microphone: this.shortWay,
      feed: (ms) => {
        this.#extend(silentFrame(format, ms));
        this.#uplink.finishFrame();
      },
      onGaveUp: onEndlessTurn,
    });
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Audio is being lost. */
  get isDropping(): boolean {
    return this.#drops.isDropping;
  }

  /** Total of audio that had to be dropped, ms. */
  get droppedMs(): number {
    return this.#uplink.droppedMs;
  }

  /** @returns a function that takes the tap away */
  addTap(tap: AudioTap): () => void {
    this.shortWay.leave();
    this.#taps = [...this.#taps, tap];
    return () => (this.#taps = this.#taps.filter((each) => each !== tap));
  }

  /**
   * @param audio - any length; read only
   * @param chunkMs - length of the frames it is sent in
   */
  append(audio: Buffer, format: AudioFormat, chunkMs?: number): void {
    this.shortWay.leave();
    if (this.#isMuted || audio.length === 0) return;
    if (this.#options.isGateClosed?.()) return this.#dropInput();
    if (chunkMs !== undefined) this.#uplink.setChunk(chunkMs);
    this.shortWay.arrived();
    const converter = this.#converterFor(format);
    const isTapped = this.#taps.length > 0;
    // What a tap keeps is not the flow's.
    const samples = isTapped
      ? this.#tapped(converter.push(audio))
      : converter.lend(audio);
    this.#push(samples);
    if (samples === audio && this.#isPlain)
      this.#uplink.openShortWay({ audio, format, chunkMs });
  }

  /** Nothing has to be done to the microphone's audio, whenever it comes. */
  get #isPlain(): boolean {
    const { isGateClosed, reference } = this.#options;
    return !isGateClosed && !reference;
  }

  /** The speaker is done: what the converter holds goes out, and the turn can end. */
  endOfSpeech(atEnd: AtEnd): void {
    this.#endStream();
    if (atEnd !== "nothing") this.commit();
    if (atEnd === "respond") this.#uplink.mark(() => this.#options.respond());
    if (atEnd === "nothing") this.#closeTurn();
  }

  /** Turns the audio so far into an item of the user. */
  commit(): void {
    this.#uplink.mark(() => {
      this.#options.commit();
      this.#turnEnded();
    });
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.#uplink.clear();
    this.#turnEnded();
  }

  /** In manual turns: the service holds audio of which nobody has made an item yet. */
  get isTurnOpen(): boolean {
    const isOpen = this.#uplink.sentBytes > this.#settledBytes;
    return isOpen && !this.#options.hasTurnDetection();
  }

  /** A session is being replaced: what it is told from here on may have to be said again. */
  keepForNext(isKept: boolean): void {
    this.shortWay.leave();
    if (!isKept) this.#rewind.forget();
    this.#uplink.onSent = isKept ? (frame) => this.#remember(frame) : undefined;
  }

  /** Another session has taken over: it hears what the one before has made nothing of. */
  handOver(wire: AudioWire): void {
    const unused = this.#rewind.take();
    this.#settledBytes = this.#uplink.sentBytes;
    this.#silence.speechStopped();
    this.#uplink.handOver(unused, wire);
  }

  /** An open turn of a microphone that falls silent still ends. */
  mute(): void {
    this.#isMuted = true;
    this.#dropInput();
    this.#closeTurn();
  }

  unmute(): void {
    this.#isMuted = false;
  }

  speechStarted(): void {
    this.#silence.speechStarted();
    this.#rewind.turnStarted();
  }

  speechStopped(): void {
    this.#silence.speechStopped();
    this.#turnEnded();
  }

  sessionReady(wire: AudioWire): void {
    this.#uplink.open(wire);
  }

  sessionLost(): void {
    this.#uplink.close();
    this.speechStopped();
  }

  /** The socket has taken what was sent. */
  drain(): void {
    this.#uplink.drain();
  }

  close(): void {
    this.#silence.close();
    this.#uplink.close();
    this.#drops.close();
  }

  /** A successor may have to be told it. */
  #remember(frame: Buffer): void {
    if (this.isTurnOpen) this.#rewind.turnStarted();
    this.#rewind.sent(frame);
  }

  #turnEnded(): void {
    this.#settledBytes = this.#uplink.sentBytes;
    this.#rewind.turnEnded();
  }

  #closeTurn(): void {
    if (this.#options.hasTurnDetection()) this.#silence.endOfSpeech();
  }

  #endStream(): void {
    const tail = this.#converter?.flush();
    this.#forgetInput();
    if (tail) this.#extend(this.#tapped(tail));
  }

  #tapped(audio: Buffer): Buffer {
    for (const tap of this.#taps) tap.spoken(audio, this.#options.format);
    return audio;
  }

  /** What a closed gate keeps out leaves a gap: the stream behind it is another one. */
  #dropInput(): void {
    this.#forgetInput();
    this.#micAt = undefined;
  }

  #forgetInput(): void {
    this.shortWay.leave();
    this.#inputFormat = undefined;
    this.#converter = undefined;
  }

  /** The end of a message: it must not push the message itself out. */
  #extend(audio: Buffer): void {
    if (audio.length > 0) this.#uplink.extend(this.#withReference(audio));
  }

  #withReference(mic: Buffer): Buffer {
    const { reference, format } = this.#options;
    if (!reference) return mic;
    const durationMs = mic.length / bytesPerMs(format);
    const takenAt = performance.now() - durationMs;
    const isOff =
      this.#micAt === undefined || Math.abs(takenAt - this.#micAt) > RESYNC_MS;
    const startAt = isOff || this.#micAt === undefined ? takenAt : this.#micAt;
    this.#micAt = startAt + durationMs;
    return interleave(mic, reference(startAt, mic.length / 2));
  }

  #converterFor(format: AudioFormat): Converter {
    // Nearly always the very object that came with the audio before.
    if (this.#converter && this.#inputFormat === format) return this.#converter;
    const isSame =
      this.#inputFormat !== undefined &&
      isSameFormat(this.#inputFormat, format);
    if (!isSame) this.#endStream();
    this.#inputFormat = format;
    return (this.#converter ??= new Converter({
      from: format,
      to: this.#options.format,
    }));
  }

  #push(audio: Buffer): void {
    if (audio.length === 0) return;
    const droppedMs = this.#uplink.push(this.#withReference(audio));
    if (droppedMs > 0) this.#drops.dropped();
  }
}
