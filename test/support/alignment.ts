/** Samples of the excerpt that is looked for: 85 ms at 24 kHz, unlike any other such stretch of speech. */
const EXCERPT = 2_048;
/** The place is looked for in means of so many samples first, which is that much squared faster. */
const COARSE = 4;

/**
 * Where a stretch of sound lies in another one.
 * @returns the index in `hay` of the first sample of `needle`, from which the whole is most alike, and how alike, 1 for the same
 */
export function findIn(
  hay: Int16Array,
  needle: Int16Array,
): { readonly at: number; readonly correlation: number } {
  const from = Math.max(0, Math.floor((needle.length - EXCERPT) / 2));
  const excerpt = needle.subarray(from, from + EXCERPT);
  const coarse = COARSE * bestPlace(means(hay), means(excerpt));
  const near = Math.max(0, coarse - 2 * COARSE);
  const window = hay.subarray(near, coarse + excerpt.length + 2 * COARSE);
  const at = near + bestPlace(window, excerpt) - from;
  const skipped = Math.max(0, -at);
  return {
    at,
    correlation: alike(hay.subarray(Math.max(0, at)), needle.subarray(skipped)),
  };
}

/** Samples of a piece: 100 ms at 48 kHz. */
const PIECE = 4_800;

/**
 * How much of a stretch of sound is in another one, piece by piece and in its order: where a busy machine made a gap, only the piece
 * around it is another one. What of `needle` is shorter than a piece at its end is not looked for.
 * @returns 0 to 1
 */
export function partFoundIn(hay: Int16Array, needle: Int16Array): number {
  const sound = withoutSilence(hay);
  const pieces = Math.floor(needle.length / PIECE);
  let found = 0;
  let last = -1;
  for (let index = 0; index < pieces; index += 1) {
    const piece = needle.subarray(PIECE * index, PIECE * (index + 1));
    const { at, correlation } = findIn(sound, piece);
    if (correlation < 0.98 || at <= last) continue;
    found += 1;
    last = at;
  }
  return found / pieces;
}

function withoutSilence(samples: Int16Array): Int16Array {
  const isSound = (sample: number): boolean => sample !== 0;
  const first = samples.findIndex(isSound);
  return first < 0
    ? samples.subarray(0, 0)
    : samples.subarray(first, samples.findLastIndex(isSound) + 1);
}

function bestPlace(hay: Int16Array, needle: Int16Array): number {
  let best = 0;
  let most = -1;
  for (let at = 0; at + needle.length <= hay.length; at += 1) {
    const correlation = alike(hay.subarray(at, at + needle.length), needle);
    if (correlation > most) {
      most = correlation;
      best = at;
    }
  }
  return best;
}

/** Correlation as far as both go, 1 where the two differ in loudness only; 0 where one is silent. */
function alike(one: Int16Array, other: Int16Array): number {
  const length = Math.min(one.length, other.length);
  let [both, ones, others] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const a = one[index] ?? 0;
    const b = other[index] ?? 0;
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return ones * others === 0 ? 0 : both / Math.sqrt(ones * others);
}

function means(samples: Int16Array): Int16Array {
  return Int16Array.from(
    { length: Math.floor(samples.length / COARSE) },
    (_, index) => {
      const part = samples.subarray(COARSE * index, COARSE * (index + 1));
      return part.reduce((sum, sample) => sum + sample, 0) / COARSE;
    },
  );
}

/** The samples of mono PCM16. */
export function samplesOf(pcm: Buffer): Int16Array {
  return Int16Array.from({ length: pcm.length / 2 }, (_, index) =>
    pcm.readInt16LE(2 * index),
  );
}
