import type { Writable } from "node:stream";
import { AppendQueue, longAppendFrame } from "./append-frames";
import { FrameSlab } from "./frame-slab";
import { joined } from "./joined-audio";
import {
  HIGH_WATER_BYTES,
  type AudioSource,
  type AudioWire,
} from "./short-way";

/** Audio that has waited for so long waits because the event loop is behind. */
const BEHIND_MS = 40;

/** Audio that waits to leave, in its order, and the lane of each piece. */
const queue = new AppendQueue();
const lanes: Lane[] = [];
/** Of the lane of each piece, when all of it leaves. */
const areOpen: boolean[] = [];
/** When the first piece came, on the clock of `performance.now()`. */
let waitsSince = 0;
/** Frames that streams still have. */
const slab = new FrameSlab();
/** Streams that are corked until all leaves. */
let corked: Writable[] = [];

let leavesAfterTick = false;
let leavesAfterPass = false;
/** A number that is another in the next pass of the event loop. */
let pass = 0;
let isPassCounted = false;

/**
 * One socket's way out. What all of them send in one tick leaves at its end, what one of them sends in one piece. A socket's second
 * frame in one pass of the event loop has piled up, as a microphone is never so fast: it waits for those behind it until the
 * pass ends. When the event loop is so far behind that this is long, short frames become longer ones on the way.
 */
export class Lane implements AudioWire {
  readonly #stream: Writable;
  #isOver = false;
  /** In which it sent last. */
  #pass = -1;
  source: AudioSource | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Bytes in the stream, which the kernel has not taken. */
  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  /** It takes frames; its socket may have been closed since they came. */
  get isOpen(): boolean {
    return !this.#isOver && this.#stream.writable;
  }

  get longestFrameBytes(): number {
    return this.source?.longestFrameBytes ?? 0;
  }

  get hasSentInPass(): boolean {
    return this.#pass === pass;
  }

  /**
   * Sends one frame of audio as `input_audio_buffer.append`. Does nothing on a lane that has ended.
   * @param audio - read at once, never kept
   */
  sendAudio(audio: Buffer): void {
    // Nothing of the lane is looked at before all leave: it is far away in memory, and there the processor fetches many at once.
    if (!queue.add(audio)) {
      leave();
      if (!queue.add(audio)) return this.#sendLong(audio);
    }
    if (lanes.push(this) === 1) waitsSince = performance.now();
    leaveAfterTick();
  }

  /** What is written to the stream from here on comes behind the audio before it, and leaves with the rest of the tick. */
  expectWrites(): void {
    sendFrames();
    this.#cork();
  }

  /** The last word is written now: no audio may follow it. */
  end(): void {
    this.expectWrites();
    this.#isOver = true;
  }

  /**
   * @param frame - the stream's from here on
   * @param isLast - of this lane in a row, of which all leave together
   */
  write(frame: Uint8Array, isLast: boolean): void {
    if (!isLast) this.#cork();
    this.#stream.write(frame);
    this.#pass = pass;
    if (this.bufferedBytes >= HIGH_WATER_BYTES) this.source?.behind();
  }

  #sendLong(audio: Buffer): void {
    if (this.isOpen) this.write(longAppendFrame(audio), true);
  }

  #cork(): void {
    if (this.#stream.writableCorked > 0) return;
    this.#stream.cork();
    corked.push(this.#stream);
    leaveAfterTick();
  }
}

function sendFrames(): void {
  if (leavesAfterPass) gather();
  // All in a row, not each before its frame: see `sendAudio`.
  for (let at = 0; at < lanes.length; at++) areOpen[at] = lanes[at]!.isOpen;
  for (let at = 0; at < lanes.length; at++) {
    if (!areOpen[at]) continue;
    const lane = lanes[at]!; // one for each piece
    const frame = slab.keep(queue.frame(at));
    lane.write(frame, lane !== lanes[at + 1]);
    // What the kernel has not copied is the stream's until it has.
    if (lane.bufferedBytes === 0) slab.giveBack(frame);
  }
  lanes.length = 0;
  queue.clear();
  countPass();
}

/** What has piled up stands together by its lane; what has waited for long is joined. */
function gather(): void {
  const isBehind = performance.now() - waitsSince >= BEHIND_MS;
  const piles = new Map(lanes.map((lane) => [lane, [] as Uint8Array[]]));
  for (const [at, lane] of lanes.entries())
    piles.get(lane)?.push(queue.audio(at).slice());
  lanes.length = 0;
  queue.clear();
  for (const [lane, pile] of piles)
    for (const audio of joined(pile, isBehind ? lane.longestFrameBytes : 0))
      // All of it had room before.
      if (queue.add(audio)) lanes.push(lane);
}

function leaveAfterTick(): void {
  if (leavesAfterTick) return;
  leavesAfterTick = true;
  process.nextTick(onTickEnd);
}

function onTickEnd(): void {
  leavesAfterTick = false;
  const hasPiledUp = lanes.every((lane) => lane.hasSentInPass);
  // Words do not wait for the pass to end.
  if (!hasPiledUp || corked.length > 0) return leave();
  if (leavesAfterPass || lanes.length === 0) return;
  leavesAfterPass = true;
  setImmediate(leave);
}

/** Nobody waits for the next pass to count it: the event loop may sleep before it. */
function countPass(): void {
  if (isPassCounted) return;
  isPassCounted = true;
  setImmediate(() => {
    isPassCounted = false;
    pass++;
  }).unref();
}

function leave(): void {
  sendFrames();
  leavesAfterPass = false;
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}
