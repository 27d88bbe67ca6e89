import { randomFillSync } from "node:crypto";
import { APPEND_HEAD, APPEND_TAIL } from "../protocol";
import { PlainFrames, type FrameBuilder } from "./frame-builder";
import { SimdFrames } from "./simd-frames";

/** Audio is read fastest from a multiple of this. */
const ALIGNED_BYTES = 16;
/** What builds a frame may write so far behind the audio. */
const BYTES_BEHIND = 2;

const masks = new Uint32Array(1_024);
let nextMask = masks.length;

/**
 * Audio that waits to be sent, as frames: each one `input_audio_buffer.append` as it goes over the socket, a masked WebSocket
 * frame of text, written straight around the base64. No event, no JSON, no Buffer of its own: at fifty frames a second for each
 * conversation those are most of what sending costs (bench/README.md). One queue serves all.
 * @see protocol.md §5
 */
export class AppendQueue {
  readonly #builder: FrameBuilder =
    SimdFrames.create(APPEND_HEAD, APPEND_TAIL) ??
    new PlainFrames(APPEND_HEAD, APPEND_TAIL);
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** Pieces that wait; what the lists have behind them is of earlier ones. */
  #count = 0;
  #free = 0;

  /**
   * @param audio - samples in the session's input format; copied
   * @returns false when there is no room for it
   */
  add(audio: Uint8Array): boolean {
    const start = this.#free;
    const end = start + audio.length + BYTES_BEHIND;
    if (end > this.#builder.room.length) return false;
    this.#builder.room.set(audio, start);
    this.#starts[this.#count] = start;
    this.#lengths[this.#count++] = audio.length;
    this.#free = Math.ceil(end / ALIGNED_BYTES) * ALIGNED_BYTES;
    return true;
  }

  /** @returns what was added as that one, in own memory */
  copyOf(index: number): Buffer {
    const start = this.#starts[index]!; // one of those that were added
    const end = start + this.#lengths[index]!;
    return Buffer.from(this.#builder.room.subarray(start, end));
  }

  /** @returns the frame of what was added as that one, in memory that is the next one's with the next call */
  frame(index: number): Uint8Array {
    const start = this.#starts[index]!; // one of those that were added
    return this.#builder.build(start, this.#lengths[index]!, freshMask());
  }

  clear(): void {
    this.#count = 0;
    this.#free = 0;
  }
}

/**
 * The frame of audio that is too long for the queue or does not go through it, in own memory.
 * @param audio - at most 15 MiB as base64
 */
export function ownAppendFrame(audio: Uint8Array): Uint8Array {
  const plain = new PlainFrames(APPEND_HEAD, APPEND_TAIL, audio.length);
  plain.room.set(audio);
  return plain.build(0, audio.length, freshMask());
}

/** Nobody must be able to foretell it (RFC 6455 §10.3); drawn a thousand at a time. */
function freshMask(): number {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  return masks[nextMask++] ?? 0;
}
