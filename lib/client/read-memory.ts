import { SimdBase64 } from "./simd-base64";

const simd = SimdBase64.create();

/**
 * All sockets read into this, one after another, so that it stays in the processor's cache: memory of its own for each read
 * takes a tenth of a session's processor time (bench/README.md says how to measure). Audio is decoded right in it.
 */
export const READ_MEMORY: Buffer =
  simd?.reads ?? Buffer.allocUnsafeSlow(64 * 1024);

/** Decodes what was read into `READ_MEMORY`; undefined where it is elsewhere, or cannot be decoded this way. */
export function decodeRead(
  data: Buffer,
  start: number,
  end: number,
): Buffer | undefined {
  return data.buffer === READ_MEMORY.buffer
    ? simd?.decode(data, start, end)
    : undefined;
}
