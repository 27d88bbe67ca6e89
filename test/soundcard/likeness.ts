import { readSample } from "../../lib/audio";

/** Samples of one coarse step: 1 ms at 24 kHz. */
const STEP = 24;

export interface Likeness {
  /** Correlation of the two where they fit best: 1 when they differ in loudness only. */
  readonly correlation: number;
  /** Where in `recorded` the other one begins, in samples. */
  readonly at: number;
}

/**
 * Finds a sound in a longer recording, first by its loudness over time, then by its samples. Both are PCM16.
 */
export function likeness(sound: Buffer, recorded: Buffer): Likeness {
  const coarse = best(envelope(sound), envelope(recorded), 0, Infinity);
  const fine = best(
    samples(sound),
    samples(recorded),
    (coarse.at - 3) * STEP,
    (coarse.at + 3) * STEP,
  );
  return fine;
}

function best(
  pattern: Float64Array,
  text: Float64Array,
  from: number,
  to: number,
): Likeness {
  const last = Math.min(to, text.length - pattern.length);
  let found: Likeness = { correlation: -1, at: 0 };
  for (let at = Math.max(0, from); at <= last; at += 1) {
    const correlation = correlate(pattern, text, at);
    if (correlation > found.correlation) found = { correlation, at };
  }
  return found;
}

function correlate(
  pattern: Float64Array,
  text: Float64Array,
  at: number,
): number {
  let [both, ones, others] = [0, 0, 0];
  for (let i = 0; i < pattern.length; i += 1) {
    const [a, b] = [pattern[i]!, text[at + i]!];
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return ones * others === 0 ? 0 : both / Math.sqrt(ones * others);
}

function samples(pcm: Buffer): Float64Array {
  return Float64Array.from({ length: pcm.length >> 1 }, (_, i) =>
    readSample(pcm, i),
  );
}

function envelope(pcm: Buffer): Float64Array {
  const all = samples(pcm);
  return Float64Array.from(
    { length: Math.floor(all.length / STEP) },
    (_, i) => {
      const step = all.subarray(i * STEP, (i + 1) * STEP);
      return Math.sqrt(step.reduce((sum, each) => sum + each * each, 0));
    },
  );
}
