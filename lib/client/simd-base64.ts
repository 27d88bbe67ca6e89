import { loadSimd, type Constant } from "./simd-code";

/** Of wasm/base64.ts. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly READS: Constant;
  readonly READS_BYTES: Constant;
  readonly DECODED: Constant;
  readonly decode: (from: number, letters: number) => number;
}

const PADDING = 0x3d; // =

/** Decodes base64 where it was read, with the processor's vector instructions: no text of it is made. */
export class SimdBase64 {
  /** Where it is read. */
  readonly reads: Buffer;
  readonly #decode: Exports["decode"];
  /** From the first byte that was decoded on. */
  readonly #decoded: Uint8Array;
  /** As many as were decoded last. */
  #bytes: Uint8Array;

  private constructor(exports: Exports) {
    const { buffer } = exports.memory;
    this.reads = Buffer.from(
      buffer,
      exports.READS.value,
      exports.READS_BYTES.value,
    );
    this.#decode = exports.decode;
    this.#decoded = new Uint8Array(buffer, exports.DECODED.value);
    this.#bytes = this.#decoded;
  }

  /** @returns undefined where this cannot run */
  static create(): SimdBase64 | undefined {
    const exports = loadSimd("base64") as Exports | undefined;
    return exports && new SimdBase64(exports);
  }

  /**
   * @param data - within `reads`
   * @returns own memory; undefined for what is not, letter by letter, padded base64 of RFC 4648 §4
   */
  decode(data: Buffer, start: number, end: number): Buffer | undefined {
    const length = end - start;
    if (length === 0 || length % 4 !== 0) return undefined;
    const padding = paddingBefore(data, end);
    if (!this.#decode(data.byteOffset + start, length - padding))
      return undefined;
    const bytes = (length / 4) * 3 - padding;
    // Nearly always as many as the last time.
    if (this.#bytes.length !== bytes)
      this.#bytes = this.#decoded.subarray(0, bytes);
    const own = Buffer.allocUnsafeSlow(bytes);
    own.set(this.#bytes);
    return own;
  }
}

function paddingBefore(data: Buffer, end: number): number {
  if (data[end - 1] !== PADDING) return 0;
  return data[end - 2] === PADDING ? 2 : 1;
}
