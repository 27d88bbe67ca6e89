/** Coefficients of a polyphase low-pass: one row of `taps` for each of the `up` positions between two input samples. */
export interface FilterBank {
  /** Output samples for each `down` input samples, in lowest terms. */
  readonly up: number;
  readonly down: number;
  /** Multiplications for one output sample, a multiple of 4. */
  readonly taps: number;
  readonly coefficients: Float64Array;
}

/*
 * One design for all pairs, relative to the Nyquist frequency of the slower side: flat to 0.85 (3.4 kHz, the telephone band,
 * at 8 kHz), fully closed at 1, so that nothing folds back at all. Kaiser's formula gives 78 taps for 92 dB; 12 dB stay in hand.
 */
const PASSBAND = 0.85;
const KAISER_BETA = 0.1102 * (92 - 8.7);
const HALF_LENGTH = 40;

/** 4 MB. The common rates need 36,000 at most; rates without a common divisor would need a row for every output sample of a second. */
const MAX_COEFFICIENTS = 512 * 1024;

/** Building a bank costs milliseconds, so banks are shared; the bound keeps rates out of messages from filling the memory. */
const MAX_CACHED = 16;
const cache = new Map<string, FilterBank>();

/**
 * The filter for a pair of sample rates, shared by all streams.
 * @param from - Hz, positive integer
 * @param to - Hz, positive integer
 * @throws RangeError when the two have too small a common divisor
 */
export function filterBankFor(from: number, to: number): FilterBank {
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const key = `${up}/${down}`;
  const bank = cache.get(key) ?? buildBank(up, down);
  cache.delete(key);
  cache.set(key, bank);
  for (const oldest of cache.keys()) {
    if (cache.size <= MAX_CACHED) break;
    cache.delete(oldest);
  }
  return bank;
}

function buildBank(up: number, down: number): FilterBank {
  const stretch = Math.max(1, down / up);
  const half = 2 * Math.ceil((HALF_LENGTH * stretch) / 2);
  const taps = 2 * half;
  if (up * taps > MAX_COEFFICIENTS) {
    throw new RangeError(
      `Expected sample rates with a common divisor, got the ratio ${up}/${down}: use a standard rate such as 8000, 16000, 24000, 44100 or 48000`,
    );
  }
  const coefficients = new Float64Array(up * taps);
  for (let phase = 0; phase < up; phase += 1) {
    coefficients.set(
      buildRow(phase / up, half, (1 + PASSBAND) / 2 / stretch),
      phase * taps,
    );
  }
  return { up, down, taps, coefficients };
}

/** Row for an output that lies `fraction` of an input sample after tap number `half - 1`; scaled to pass silence and level exactly. */
function buildRow(
  fraction: number,
  half: number,
  cutoff: number,
): Float64Array {
  const row = Float64Array.from({ length: 2 * half }, (_, tap) => {
    const distance = tap - (half - 1) - fraction;
    return sinc(cutoff * distance) * kaiser(distance / half);
  });
  const sum = row.reduce((total, value) => total + value, 0);
  return row.map((value) => value / sum);
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
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
