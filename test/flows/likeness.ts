/** Long enough to tell words apart, short enough to try every place. */
const WINDOW_SAMPLES = 4_000;

/**
 * How well the middle of what was heard is found again in what was said, wherever it lies: 1 for the same samples, about 0 for
 * other words. Both are mono PCM16 at one rate.
 */
export function likeness(heard: Buffer, said: Buffer): number {
  const middle = Math.floor(heard.length / 4);
  const sample = samplesOf(heard).subarray(middle, middle + WINDOW_SAMPLES);
  const places = samplesOf(said);
  let best = 0;
  for (let at = 0; at + sample.length <= places.length; at++)
    best = Math.max(
      best,
      correlation(sample, places.subarray(at, at + sample.length)),
    );
  return best;
}

function correlation(one: Int16Array, other: Int16Array): number {
  let [both, ones, others] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at]!, other[at]!]; // of one length
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return both / Math.sqrt(ones * others || 1);
}

function samplesOf(pcm: Buffer): Int16Array {
  return Int16Array.from({ length: pcm.length / 2 }, (_, index) =>
    pcm.readInt16LE(2 * index),
  );
}
