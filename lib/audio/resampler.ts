import { expectPositiveInteger } from "./check";
import { type FilterBank, filterBankFor } from "./filter-bank";
import { PCM16_BYTES, saturate, writeSample } from "./pcm";
import { SampleCarry } from "./sample-carry";

/** Sample rates in Hz. */
export interface ResamplerOptions {
  readonly from: number;
  readonly to: number;
}

/**
 * Changes the sample rate of one mono PCM16 stream, cut into chunks anywhere. The output is bit-identical for every cutting, and
 * in step with the input: the delay of the filter is taken out. `push` lags 40 samples of the slower rate behind, `flush` gives the rest.
 */
export class Resampler {
  readonly from: number;
  readonly to: number;
  #stream: Stream;

  /** @throws RangeError when a rate is no positive integer or the two have too small a common divisor */
  constructor({ from, to }: ResamplerOptions) {
    expectPositiveInteger("from", from);
    expectPositiveInteger("to", to);
    this.from = from;
    this.to = to;
    this.#stream = this.#start();
  }

  /**
   * @param pcm16 - any number of bytes; half a sample waits for the next chunk
   * @returns the output that is complete so far, in own memory
   */
  push(pcm16: Buffer): Buffer {
    return this.#stream.push(pcm16);
  }

  /**
   * Ends the stream; the next `push` starts another one.
   * @returns the tail: all output together has `input × to / from` samples, rounded. Half a sample at the end is dropped.
   */
  flush(): Buffer {
    const tail = this.#stream.end();
    this.reset();
    return tail;
  }

  /** Forgets the stream without its tail. */
  reset(): void {
    this.#stream = this.#start();
  }

  #start(): Stream {
    return this.from === this.to
      ? new CopyStream()
      : new FilterStream(filterBankFor(this.from, this.to));
  }
}

interface Stream {
  push(pcm16: Buffer): Buffer;
  end(): Buffer;
}

class CopyStream implements Stream {
  readonly #carry = new SampleCarry(PCM16_BYTES);

  push(pcm16: Buffer): Buffer {
    return this.#carry.push(pcm16);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }
}

/** New samples taken into the work array at a time: 8 kB of doubles and the filter row stay in a small first-level cache. */
const BLOCK_SAMPLES = 1024;

/**
 * Output sample n lies at n × down / up in the input and is the product of one filter row with the `taps` samples around it.
 * `#work` holds the window of the next output from `#start` on, then what has been read ahead.
 */
class FilterStream implements Stream {
  readonly #bank: FilterBank;
  readonly #half: number;
  readonly #work: Float64Array;
  #filled: number;
  #start = 0;
  #phase = 0;
  #samplesIn = 0;
  #samplesOut = 0;
  /** The low byte of a sample whose high byte is still to come. */
  #lowByte = -1;

  constructor(bank: FilterBank) {
    this.#bank = bank;
    this.#half = bank.taps / 2;
    this.#work = new Float64Array(bank.taps + BLOCK_SAMPLES);
    // The first output sits on the first input sample: half a window of silence precedes it.
    this.#filled = this.#half - 1;
  }

  push(pcm16: Buffer): Buffer {
    const bytes = pcm16.length + (this.#lowByte < 0 ? 0 : 1);
    this.#samplesIn += Math.floor(bytes / PCM16_BYTES);
    const out = this.#allocate(this.#samplesComplete());
    let at = this.#completeSample(pcm16);
    let written = this.#filter(out, 0);
    while (pcm16.length - at >= PCM16_BYTES) {
      at = this.#read(pcm16, at);
      written = this.#filter(out, written);
    }
    if (at < pcm16.length) this.#lowByte = pcm16[at]!;
    return out;
  }

  end(): Buffer {
    const total = Math.round(
      (this.#samplesIn * this.#bank.up) / this.#bank.down,
    );
    const out = this.#allocate(total);
    let silence = this.#half;
    let written = 0;
    while (silence > 0) {
      const samples = Math.min(silence, this.#makeRoom());
      this.#work.fill(0, this.#filled, this.#filled + samples);
      this.#filled += samples;
      silence -= samples;
      written = this.#filter(out, written);
    }
    return out;
  }

  /** Number of outputs whose whole window has been received: those with n × down / up below samplesIn - half. */
  #samplesComplete(): number {
    const reach = Math.max(0, this.#samplesIn - this.#half);
    return Math.ceil((reach * this.#bank.up) / this.#bank.down);
  }

  #allocate(totalSamples: number): Buffer {
    const samples = totalSamples - this.#samplesOut;
    this.#samplesOut = totalSamples;
    return Buffer.allocUnsafeSlow(samples * PCM16_BYTES);
  }

  /** Joins the waiting low byte with the first byte of `pcm16`. Returns the number of bytes used. */
  #completeSample(pcm16: Buffer): number {
    if (this.#lowByte < 0 || pcm16.length === 0) return 0;
    this.#makeRoom();
    this.#work[this.#filled] = ((this.#lowByte | (pcm16[0]! << 8)) << 16) >> 16;
    this.#filled += 1;
    this.#lowByte = -1;
    return 1;
  }

  /** Takes as many samples from byte `at` on as there is room for. Returns the byte after them. */
  #read(pcm16: Buffer, at: number): number {
    const room = this.#makeRoom();
    const work = this.#work;
    const end = this.#filled + Math.min(room, (pcm16.length - at) >> 1);
    let byte = at;
    for (let i = this.#filled; i < end; i += 1) {
      work[i] = ((pcm16[byte]! | (pcm16[byte + 1]! << 8)) << 16) >> 16;
      byte += PCM16_BYTES;
    }
    this.#filled = end;
    return byte;
  }

  /** Moves what is still needed to the front when the array is full. Returns the number of samples that fit. */
  #makeRoom(): number {
    if (this.#filled === this.#work.length) {
      this.#work.copyWithin(0, this.#start, this.#filled);
      this.#filled -= this.#start;
      this.#start = 0;
    }
    return this.#work.length - this.#filled;
  }

  /** Writes every output that is complete, from sample `written` of `out` on. Returns the sample after them. */
  #filter(out: Buffer, written: number): number {
    const { up, down, taps, coefficients } = this.#bank;
    const work = this.#work;
    const wholeStep = Math.floor(down / up);
    const phaseStep = down % up;
    const lastStart = this.#filled - taps;
    const limit = out.length / PCM16_BYTES;
    let start = this.#start;
    let phase = this.#phase;
    let index = written;
    while (start <= lastStart && index < limit) {
      writeSample(
        out,
        index,
        saturate(dotProduct(coefficients, phase * taps, work, start, taps)),
      );
      index += 1;
      start += wholeStep;
      phase += phaseStep;
      if (phase >= up) {
        phase -= up;
        start += 1;
      }
    }
    this.#start = start;
    this.#phase = phase;
    return index;
  }
}

/** Four sums side by side, because a single one would wait for each addition before the next. `!`: the caller keeps both windows inside. */
function dotProduct(
  row: Float64Array,
  rowAt: number,
  samples: Float64Array,
  at: number,
  taps: number,
): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < taps; i += 4) {
    a += row[rowAt + i]! * samples[at + i]!;
    b += row[rowAt + i + 1]! * samples[at + i + 1]!;
    c += row[rowAt + i + 2]! * samples[at + i + 2]!;
    d += row[rowAt + i + 3]! * samples[at + i + 3]!;
  }
  return a + b + (c + d);
}
