import type { Writable } from "node:stream";
import { AppendQueue, ownAppendFrame } from "./append-frames";
import { FrameSlab } from "./frame-slab";
import { joined } from "./joined-audio";
import {
  HIGH_WATER_BYTES,
  type AudioSource,
  type AudioWire,
} from "./short-way";

/** What waits for the end of the tick, in its order: pieces of audio, and the lane of each. */
const queue = new AppendQueue();
const lanes: Lane[] = [];
/** What becomes of each piece; filled when they leave. */
const fates: Fate[] = [];
/** Frames that streams still have. */
const slab = new FrameSlab();
/** Streams that are corked until the tick ends. */
let corked: Writable[] = [];
let isTickEnding = false;

type Fate = "lost" | "sent" | "piled";

/** Lanes with audio that waits for the end of the pass. */
const piled = new Set<Lane>();
/** When it began to wait, on the clock of `performance.now()`. */
let piledSince = 0;
/** Passes of the event loop, from one check phase to the next, as far as audio was sent in them. */
let pass = 0;
let passEnd: NodeJS.Immediate | undefined;

/** Audio that has waited so long for the end of its pass waits because the event loop is late. */
const LATE_MS = 40;

/**
 * One socket's way out. What all of them send in one tick leaves at its end, what one of them sends in one piece.
 *
 * A microphone has one frame in a pass of the event loop. What comes when a lane has sent in that pass has piled up, because the
 * event loop is late or the network was: it waits for what is behind it until the pass ends, and then leaves in one piece. When
 * that takes long, short frames become longer ones: as much audio, in fewer events.
 */
export class Lane implements AudioWire {
  readonly #stream: Writable;
  #isOver = false;
  /** In which audio was sent last. */
  #sentInPass = -1;
  #pile: Buffer[] | undefined;
  #piledBytes = 0;
  source: AudioSource | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Bytes in the stream, which the kernel has not taken. */
  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  /**
   * Sends one frame of audio as `input_audio_buffer.append`. Does nothing on a lane that has ended.
   * @param audio - read at once, never kept
   */
  sendAudio(audio: Buffer): void {
    // Nothing of the lane is looked at before all leave: it is far away in memory, and there the processor fetches many at once.
    if (!queue.add(audio)) {
      endTick();
      if (!queue.add(audio)) return this.#sendLong(audio);
    }
    lanes.push(this);
    expectTickEnd();
  }

  /** What is written to the stream from here on comes behind the audio before it, and leaves with the rest of the tick. */
  expectWrites(): void {
    this.#cork();
    sendFrames(false);
    this.sendPile(false);
  }

  /** The last word is written now: no audio may follow it. */
  end(): void {
    this.expectWrites();
    this.#isOver = true;
  }

  /** @param mayPile - it may wait for the end of the pass */
  fateOfAudio(mayPile: boolean): Fate {
    // Its socket may have been closed since.
    if (this.#isOver || !this.#stream.writable) return "lost";
    return mayPile && this.#sentInPass === pass ? "piled" : "sent";
  }

  /**
   * Writes a frame, behind what has piled up.
   * @param frame - the stream's from here on
   * @param isLast - of this lane in a row, of which all leave together
   * @returns whether nothing of it waits in the stream
   */
  writeFrame(frame: Uint8Array, isLast: boolean): boolean {
    if (this.#pile) this.sendPile(false);
    if (!isLast) this.#cork();
    return this.#write(frame) === 0;
  }

  pileUp(audio: Buffer): void {
    this.#pile ??= [];
    this.#pile.push(audio);
    this.#piledBytes += audio.length;
    expectPassEnd(this);
    if (this.#piledBytes >= HIGH_WATER_BYTES) this.sendPile(false);
  }

  /** @param isLate - short frames become longer ones */
  sendPile(isLate: boolean): void {
    const pile = this.#pile;
    if (!pile) return;
    this.#pile = undefined;
    this.#piledBytes = 0;
    piled.delete(this);
    const { longestFrameBytes = 0 } = this.source ?? {};
    this.#sendAll(isLate ? joined(pile, longestFrameBytes) : pile);
  }

  /** There is no room for it in the queue. */
  #sendLong(audio: Buffer): void {
    this.sendPile(false);
    this.#sendAll([audio]);
    countPass();
  }

  /** In one piece, each frame in own memory. */
  #sendAll(pieces: readonly Buffer[]): void {
    if (this.fateOfAudio(false) === "lost") return;
    if (pieces.length > 1) this.#cork();
    for (const audio of pieces) this.#write(ownAppendFrame(audio));
  }

  /** @returns bytes that wait in the stream */
  #write(frame: Uint8Array): number {
    this.#stream.write(frame);
    this.#sentInPass = pass;
    const { bufferedBytes } = this;
    if (bufferedBytes >= HIGH_WATER_BYTES) this.source?.wireIsFull();
    return bufferedBytes;
  }

  #cork(): void {
    if (this.#stream.writableCorked > 0) return;
    this.#stream.cork();
    corked.push(this.#stream);
    expectTickEnd();
  }
}

function expectTickEnd(): void {
  if (isTickEnding) return;
  isTickEnding = true;
  process.nextTick(endTick, true);
}

/** @param mayPile - what has piled up may wait for the end of the pass */
function endTick(mayPile = false): void {
  isTickEnding = false;
  sendFrames(mayPile);
  uncork();
}

function uncork(): void {
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}

function sendFrames(mayPile: boolean): void {
  // All in a row, not each before its frame: see `sendAudio`.
  for (let at = 0; at < lanes.length; at++)
    fates[at] = lanes[at]!.fateOfAudio(mayPile);
  for (let at = 0; at < lanes.length; at++) {
    const lane = lanes[at]!; // one for each piece
    if (fates[at] === "piled") lane.pileUp(queue.copyOf(at));
    if (fates[at] !== "sent") continue;
    const frame = slab.keep(queue.frame(at));
    // What the kernel has not copied is the stream's until it has.
    if (lane.writeFrame(frame, lane !== lanes[at + 1])) slab.giveBack(frame);
  }
  if (lanes.length > 0) countPass();
  lanes.length = 0;
  queue.clear();
}

/** Nobody waits for a pass to end only to count it: the event loop may sleep before. */
function countPass(): NodeJS.Immediate {
  passEnd ??= setImmediate(endPass).unref();
  return passEnd;
}

function expectPassEnd(lane: Lane): void {
  if (piled.size === 0) piledSince = performance.now();
  piled.add(lane);
  countPass().ref();
}

function endPass(): void {
  passEnd = undefined;
  const isLate = performance.now() - piledSince >= LATE_MS;
  for (const lane of piled) lane.sendPile(isLate);
  uncork();
  pass++;
}
