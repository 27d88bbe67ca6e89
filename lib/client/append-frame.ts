import { randomFillSync } from "node:crypto";
import { APPEND_HEAD, APPEND_TAIL } from "../protocol";
import { PlainFrames, type FrameBuilder } from "./frame-builder";
import { SimdFrames } from "./simd-frames";

/** Four dozen frames of 20 ms. */
const SLAB_BYTES = 64 * 1024;

const plain = new PlainFrames(APPEND_HEAD, APPEND_TAIL);
const fast: FrameBuilder = SimdFrames.create(APPEND_HEAD, APPEND_TAIL) ?? plain;

const masks = new Uint32Array(1_024);
let nextMask = masks.length;

/**
 * Memory for frames of audio: each one `input_audio_buffer.append` as it goes over the socket, a masked WebSocket frame of text,
 * written straight around the base64. No event, no JSON, no Buffer of its own: at fifty frames a second for each conversation
 * those are most of what sending costs (bench/README.md).
 * @see protocol.md §5
 */
export class AppendSlab {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #free = 0;

  /**
   * @param audio - samples in the session's input format, at most 15 MiB as base64
   * @returns bytes that are another frame's after `clear`; undefined when it is too full for this one
   */
  append(audio: Buffer): Buffer | undefined {
    const builder = audio.length <= fast.maxBytes ? fast : plain;
    const frame = builder.build(audio, freshMask());
    const start = this.#free;
    const end = start + frame.length;
    if (!this.#hasRoom(end)) return undefined;
    this.#bytes.set(frame, start);
    this.#free = end;
    return this.#bytes.subarray(start, end);
  }

  /** Nobody needs the frames any more. */
  clear(): void {
    this.#free = 0;
  }

  /** One that is empty takes everything. */
  #hasRoom(end: number): boolean {
    if (end <= this.#bytes.length) return true;
    if (this.#free > 0) return false;
    this.#bytes = Buffer.allocUnsafeSlow(end);
    return true;
  }
}

/** Nobody must be able to foretell it (RFC 6455 §10.3); drawn a thousand at a time. */
function freshMask(): number {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  return masks[nextMask++] ?? 0;
}
