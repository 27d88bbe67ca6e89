/** Zero crossings of the filter on either side of an output sample. */
const HALF_LENGTH = 32;
/** Flat to 0.85 of the slower side's Nyquist frequency, closed at about 1. */
const CUTOFF = 0.92;
const KAISER_BETA = 8.6;
/** Rows between two input samples; what lies between two rows is interpolated, which is good to 100 dB. */
const ROWS = 512;

/**
 * Changes the sample rate of one mono stream, band-limited, for any two rates. Output sample n is the input at
 * n × from / to: the delay of the filter is taken out. Equal rates pass unchanged.
 */
export class Resampler {
  readonly #from: number;
  readonly #to: number;
  /** Input samples on either side that an output sample is made of; 0 where the rates are equal. */
  readonly #half: number;
  readonly #table: Float32Array;
  #work: Float32Array;
  #filled: number;
  /** The input sample at or before the next output sample, as an index into `#work`. */
  #at: number;
  /** What the next output sample lies behind it, in parts of `#to`. */
  #fraction = 0;
  #samplesIn = 0;
  #samplesOut = 0;
  #total = Number.POSITIVE_INFINITY;

  /**
   * @param from - Hz
   * @param to - Hz
   */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
    const stretch = Math.max(1, from / to);
    this.#half = from === to ? 0 : Math.ceil(HALF_LENGTH * stretch);
    this.#table = buildTable(this.#half, CUTOFF / stretch);
    // The first output sits on the first input: half a window of silence precedes it.
    this.#filled = Math.max(0, this.#half - 1);
    this.#at = this.#filled;
    this.#work = new Float32Array(4 * this.#half + 512);
  }

  /** Adds input; `read` gives what became complete. */
  push(samples: Float32Array): void {
    this.#append(samples.length);
    this.#work.set(samples, this.#filled);
    this.#filled += samples.length;
    this.#samplesIn += samples.length;
  }

  /** No more input comes; all output together has `input × to / from` samples, rounded. */
  end(): void {
    if (this.#total < Number.POSITIVE_INFINITY) return;
    this.#total = Math.round((this.#samplesIn * this.#to) / this.#from);
    this.#append(this.#half + 1);
    this.#work.fill(0, this.#filled, this.#filled + this.#half + 1);
    this.#filled += this.#half + 1;
  }

  /** Everything was read after `end`. */
  get isOver(): boolean {
    return this.#samplesOut >= this.#total;
  }

  /**
   * Writes what is complete into `out` from `start` on, as far as it goes.
   * @returns how many samples were written
   */
  read(out: Float32Array, start = 0): number {
    const wholeStep = Math.floor(this.#from / this.#to);
    const partStep = this.#from % this.#to;
    const room = Math.min(out.length - start, this.#total - this.#samplesOut);
    let written = 0;
    while (written < room && this.#at + this.#half < this.#filled) {
      out[start + written] = this.#sample();
      written += 1;
      this.#at += wholeStep;
      this.#fraction += partStep;
      if (this.#fraction >= this.#to) {
        this.#fraction -= this.#to;
        this.#at += 1;
      }
    }
    this.#samplesOut += written;
    return written;
  }

  /** `!`: `read` keeps the window inside of what is filled, and the table has a row behind the last. */
  #sample(): number {
    if (this.#half === 0) return this.#work[this.#at]!;
    const taps = 2 * this.#half;
    const position = (this.#fraction / this.#to) * ROWS;
    const row = Math.floor(position);
    const part = position - row;
    const first = this.#at - this.#half + 1;
    let low = 0;
    let high = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const value = this.#work[first + tap]!;
      low += value * this.#table[row * taps + tap]!;
      high += value * this.#table[(row + 1) * taps + tap]!;
    }
    return low + part * (high - low);
  }

  /** Makes room for more: drops what no output needs, grows only where that is not enough. */
  #append(samples: number): void {
    if (this.#filled + samples <= this.#work.length) return;
    const needed = Math.min(
      Math.max(0, this.#at - this.#half + 1),
      this.#filled,
    );
    const kept = this.#work.subarray(needed, this.#filled);
    const size = kept.length + samples;
    const target =
      size <= this.#work.length ? this.#work : new Float32Array(2 * size);
    target.set(kept);
    this.#work = target;
    this.#filled -= needed;
    this.#at -= needed;
  }
}

/** Row r holds the taps for an output that lies r / ROWS of an input sample behind tap `half - 1`; each passes silence and level exactly. */
function buildTable(half: number, cutoff: number): Float32Array {
  const taps = 2 * half;
  const table = new Float32Array((ROWS + 1) * taps);
  for (let row = 0; row <= ROWS; row += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (half - 1) - row / ROWS;
      const value = sinc(cutoff * distance) * kaiser(distance / half);
      table[row * taps + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap += 1) table[row * taps + tap]! /= sum;
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window over -1 to 1. */
function kaiser(x: number): number {
  return (
    bessel0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x))) /
    bessel0(KAISER_BETA)
  );
}

/** Modified Bessel function of the first kind and order 0, by its power series. */
function bessel0(x: number): number {
  const quarter = (x * x) / 4;
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}
