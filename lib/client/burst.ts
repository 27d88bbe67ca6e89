import type { Writable } from "node:stream";
import { AppendQueue, longAppendFrame } from "./append-frames";
import { FrameSlab } from "./frame-slab";
import type { AudioWire } from "./short-way";

/** Audio that waits for the tick's end, in its order, and the lane of each piece. */
const queue = new AppendQueue();
const lanes: Lane[] = [];
/** Frames that streams still have. */
const slab = new FrameSlab();
/** Streams that are corked until then. */
let corked: Writable[] = [];
let isEnding = false;

/**
 * One socket's way out. What all of them send in one tick leaves at its end, what one of them sends in one piece: frames that
 * have piled up while the event loop was behind cost one write for each socket, not one for each frame.
 */
export class Lane implements AudioWire {
  readonly #stream: Writable;
  #isOver = false;

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
    if (this.#isOver) return;
    if (!queue.add(audio)) return this.#sendBehind(audio);
    lanes.push(this);
    expectEnd();
  }

  /** Behind all that waits, for which there is no more room. */
  #sendBehind(audio: Buffer): void {
    sendFrames();
    if (!queue.add(audio)) return this.write(longAppendFrame(audio), true);
    lanes.push(this);
    expectEnd();
  }

  /** What is written to the stream from here on comes behind the audio before it, and leaves with the rest of the tick. */
  expectWrites(): void {
    sendFrames();
    this.#cork();
  }

  /** The last word is written now: no audio may follow it. */
  end(): void {
    this.#isOver = true;
    this.expectWrites();
  }

  /** @param isLast - of this lane in a row, of which all leave together */
  write(frame: Uint8Array, isLast: boolean): void {
    if (!isLast) this.#cork();
    // The socket may have been closed since.
    if (this.#stream.writable) this.#stream.write(frame);
  }

  #cork(): void {
    if (this.#stream.writableCorked > 0) return;
    this.#stream.cork();
    corked.push(this.#stream);
    expectEnd();
  }
}

function sendFrames(): void {
  for (let at = 0; at < lanes.length; at++) {
    const lane = lanes[at]!; // one for each frame
    const frame = slab.keep(queue.frame(at));
    lane.write(frame, lane !== lanes[at + 1]);
    // What the kernel has not copied is the stream's until it has.
    if (lane.bufferedBytes === 0) slab.giveBack(frame);
  }
  lanes.length = 0;
  queue.clear();
}

function expectEnd(): void {
  if (isEnding) return;
  isEnding = true;
  process.nextTick(endTick);
}

function endTick(): void {
  isEnding = false;
  sendFrames();
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}
