import { Framer } from "../audio";
import { CatchUp } from "./catch-up";
import { VoiceLiveError } from "./errors";
import {
  HIGH_WATER_BYTES,
  ShortWay,
  type AudioSource,
  type AudioWire,
  type GivenAudio,
} from "./short-way";

/** Oldest audio is of no use to anyone after this (design.md §5.5). */
const MAX_HELD_MS = 2_000;
/** Within the recommended 20 to 100 ms (protocol.md §11): 25 messages a second. */
const DEFAULT_CHUNK_MS = 40;
const LONGEST_FRAME_MS = 100;

/** A microphone sends shorter pieces; a longer message is a recording. */
const MAX_LIVE_MS = 1_000;
/** Nobody ends so many turns before the first of them could be sent. */
const MAX_MARKS = 100;

/** Something that has to happen exactly behind the audio in front of it, such as a commit. */
type Mark = () => void;

export interface UplinkOptions {
  /** Bytes of one millisecond in the session's input format. */
  readonly bytesPerMs: number;
  /** Bytes of one sample. */
  readonly blockBytes: number;
}

/**
 * Audio on its way to the service: cut into frames, held while the session is not ready or the socket is behind.
 * At most two seconds are held; older audio is dropped and counted. One message is never cut in two by this:
 * a whole recording that arrives as one message is kept whole until a newer message pushes it out.
 * After a stall, what is held follows at twice real time.
 */
export class Uplink implements AudioSource {
  readonly #options: UplinkOptions;
  readonly #shortWay: ShortWay;
  /** Of the session that is ready. */
  #wire: AudioWire | undefined;
  #framer: Framer;
  #chunkMs = DEFAULT_CHUNK_MS;
  #held: (Buffer | Mark)[] = [];
  #heldBytes = 0;
  #marks = 0;
  readonly #catchUp = new CatchUp();
  #wake: NodeJS.Timeout | undefined;
  #droppedMs = 0;
  /** Is shown each frame that leaves, where somebody has to remember it. */
  onSent: ((frame: Buffer) => void) | undefined;

  /** @param shortWay - left whenever it would lead past something that is held here */
  constructor(options: UplinkOptions, shortWay = new ShortWay()) {
    this.#options = options;
    this.#shortWay = shortWay;
    this.#framer = this.#createFramer();
  }

  /** Length of the frames from here on, ms. */
  setChunk(chunkMs: number): void {
    if (chunkMs === this.#chunkMs) return;
    this.#chunkMs = chunkMs;
    const rest = this.#framer.flush();
    this.#framer = this.#createFramer();
    if (rest) this.#sendOrHold(rest);
  }

  /** Nothing waits: what is pushed leaves at once. Asked for each frame, so the list is not looked at. */
  get #isFlowing(): boolean {
    return (
      this.#wire !== undefined && this.#heldBytes === 0 && this.#marks === 0
    );
  }

  /** @param given - what was pushed last came here as it was given: if it was a frame, its like need not come */
  openShortWay(given: GivenAudio): void {
    const isPlain =
      this.#isFlowing && !this.onSent && this.#framer.isFrame(given.audio);
    if (this.#wire && isPlain) this.#shortWay.open(this.#wire, given);
  }

  get longestFrameBytes(): number {
    return LONGEST_FRAME_MS * this.#options.bytesPerMs;
  }

  /** What comes next may have to be held. */
  wireIsFull(): void {
    this.#shortWay.leave();
  }

  get heldMs(): number {
    return this.#heldBytes / this.#options.bytesPerMs;
  }

  /** Total of dropped audio, ms. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** Total of audio given to the socket. */
  get sentBytes(): number {
    return this.#shortWay.sentBytes;
  }

  /**
   * @param audio - read only; copied when it has to wait
   * @returns milliseconds of older audio that had to be dropped for this
   */
  push(audio: Buffer): number {
    // It may leave a part of a frame behind, or wait itself.
    this.#shortWay.leave();
    if (this.#isFlowing) {
      const rest = this.#sendFramed(audio);
      if (rest) this.#holdFirst(Buffer.from(rest));
      return 0;
    }
    this.#hold(audio);
    return this.#dropOldest();
  }

  /**
   * Another session takes over at once.
   * @param unused - frames that the one before has made nothing of; they go first
   */
  handOver(unused: readonly Buffer[], wire: AudioWire): void {
    const rest = this.#framer.flush();
    const again = Buffer.concat(rest ? [...unused, rest] : unused);
    if (again.length > 0) this.#holdFirst(again);
    this.open(wire);
  }

  /** Adds audio to the message that was pushed last: the end of its conversion, or silence behind it. */
  extend(audio: Buffer): void {
    const last = this.#held.at(-1);
    if (!Buffer.isBuffer(last)) return void this.push(audio);
    this.#held[this.#held.length - 1] = Buffer.concat([last, audio]);
    this.#heldBytes += audio.length;
  }

  /** Audio that fills no frame does not wait for the microphone, whose next frame then is one as it comes. */
  finishFrame(): void {
    if (this.#isFlowing) this.#sendRest();
  }

  /**
   * Runs `mark` when everything pushed so far has been sent, the rest that fills no frame included.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait
   */
  mark(mark: Mark): void {
    if (this.#isFlowing) return this.#runMark(mark);
    if (this.#marks >= MAX_MARKS)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `${MAX_MARKS} ends of turns wait for the service`,
        { nextStep: "Send fewer until the session is ready again." },
      );
    this.#marks++;
    this.#held.push(mark);
  }

  open(wire: AudioWire): void {
    this.#setWire(wire);
    this.drain();
  }

  /** The session is gone: a half frame of it is worth nothing to the next. */
  close(): void {
    this.#setWire(undefined);
    this.#catchUp.interrupted();
    clearTimeout(this.#wake);
    this.#framer.flush();
  }

  /** Sends what is held, as far as the socket takes it. */
  drain(): void {
    clearTimeout(this.#wake);
    if (!this.#wire) return;
    const now = performance.now();
    if (this.sentBytes > 0) this.#catchUp.resumed(now);
    while (
      this.#held.length > 0 &&
      this.#wire &&
      this.#wire.bufferedBytes < HIGH_WATER_BYTES
    ) {
      const waitMs = this.#isLive(this.#held[0])
        ? this.#catchUp.waitMs(now)
        : 0;
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#sendNext(now);
    }
    if (this.#held.length === 0) this.#catchUp.caughtUp();
  }

  /** Forgets what is held, because the buffer it belongs to was cleared. */
  clear(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#marks = 0;
    this.#catchUp.caughtUp();
    clearTimeout(this.#wake);
    this.#framer.flush();
  }

  #setWire(wire: AudioWire | undefined): void {
    this.#shortWay.leave();
    if (this.#wire) this.#wire.source = undefined;
    this.#wire = wire;
    if (wire) wire.source = this;
  }

  #isLive(entry: Buffer | Mark | undefined): entry is Buffer {
    return (
      Buffer.isBuffer(entry) &&
      entry.length <= MAX_LIVE_MS * this.#options.bytesPerMs
    );
  }

  #wakeIn(ms: number): void {
    this.#wake = setTimeout(() => this.drain(), Math.ceil(ms));
  }

  #sendNext(now: number): void {
    const next = this.#held.shift();
    if (next === undefined) return;
    if (!Buffer.isBuffer(next)) {
      this.#marks--;
      return this.#runMark(next);
    }
    this.#heldBytes -= next.length;
    if (!this.#catchUp.isActive || !this.#isLive(next))
      return this.#sendOrHold(next);
    const { frameBytes } = this.#framer;
    if (next.length > frameBytes) this.#holdFirst(next.subarray(frameBytes));
    const piece = next.subarray(0, frameBytes);
    this.#catchUp.sent(piece.length / this.#options.bytesPerMs, now);
    this.#sendOrHold(piece);
  }

  /** @param audio - ours to keep */
  #sendOrHold(audio: Buffer): void {
    const rest = this.#sendFramed(audio);
    if (rest) this.#holdFirst(rest);
  }

  /** @returns what the socket does not take: it waits as it is, not cut into frames */
  #sendFramed(audio: Buffer): Buffer | undefined {
    const { frameBytes } = this.#framer;
    for (let at = 0; at < audio.length; at += frameBytes) {
      if (!this.#wire || this.#wire.bufferedBytes >= HIGH_WATER_BYTES)
        return audio.subarray(at);
      this.#sendPiece(pieceOf(audio, at, frameBytes));
    }
    return undefined;
  }

  #sendPiece(piece: Buffer): void {
    // Nearly always it is what the microphone's node was told to send.
    if (this.#framer.isFrame(piece)) this.#sendFrame(piece);
    else this.#framer.lend(piece, (frame) => this.#sendFrame(frame));
  }

  #createFramer(): Framer {
    const blockBytes = this.#options.blockBytes;
    const blocks = Math.round(
      (this.#chunkMs * this.#options.bytesPerMs) / blockBytes,
    );
    return new Framer({
      frameBytes: Math.max(1, blocks) * blockBytes,
      blockBytes,
    });
  }

  #runMark(mark: Mark): void {
    this.#sendRest();
    mark();
  }

  #sendRest(): void {
    const rest = this.#framer.flush();
    if (rest) this.#sendFrame(rest);
  }

  #sendFrame(frame: Buffer): void {
    this.#wire?.sendAudio(frame);
    this.#shortWay.sentBytes += frame.length;
    this.onSent?.(frame);
  }

  #hold(audio: Buffer): void {
    this.#catchUp.held(performance.now());
    this.#held.push(Buffer.from(audio));
    this.#heldBytes += audio.length;
  }

  #holdFirst(rest: Buffer): void {
    this.#catchUp.held(performance.now());
    this.#held.unshift(rest);
    this.#heldBytes += rest.length;
  }

  /** Marks stay: a commit without its audio is refused in words, a commit that vanished would hang a flow. */
  #dropOldest(): number {
    let dropped = 0;
    for (
      let index = 0;
      index < this.#held.length - 1 && this.heldMs > MAX_HELD_MS;
    ) {
      const entry = this.#held[index];
      if (!Buffer.isBuffer(entry)) {
        index++;
        continue;
      }
      this.#held.splice(index, 1);
      this.#heldBytes -= entry.length;
      dropped += entry.length / this.#options.bytesPerMs;
    }
    this.#droppedMs += dropped;
    return dropped;
  }
}

function pieceOf(audio: Buffer, at: number, bytes: number): Buffer {
  return at === 0 && audio.length <= bytes
    ? audio
    : audio.subarray(at, at + bytes);
}
