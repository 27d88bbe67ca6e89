/** Samples of the excerpt that is looked for: 85 ms at 24 kHz, unlike any other such stretch of speech. */
const EXCERPT = 2_048;

/**
 * Where a stretch of sound lies in another one.
 * @returns the index in `hay` of the first sample of `needle`, from which the whole is most alike, and how alike
 */
export function findIn(
  hay: ArrayLike<number>,
  needle: ArrayLike<number>,
): { readonly at: number; readonly correlation: number } {
  const from = Math.max(0, Math.floor((needle.length - EXCERPT) / 2));
  const length = Math.min(EXCERPT, needle.length);
  let best = { at: 0, correlation: -1 };
  for (let at = 0; at + length <= hay.length; at += 1) {
    const correlation = alike({ hay, at }, { needle, from }, length);
    if (correlation > best.correlation) best = { at: at - from, correlation };
  }
  const start = Math.max(0, best.at);
  const skipped = start - best.at;
  const whole = Math.min(needle.length - skipped, hay.length - start);
  return {
    at: best.at,
    correlation: alike(
      { hay, at: start },
      { needle, from: skipped },
      Math.max(0, whole),
    ),
  };
}

/** Correlation, 1 where the two differ in loudness only; 0 where one is silent. */
function alike(
  { hay, at }: { readonly hay: ArrayLike<number>; readonly at: number },
  {
    needle,
    from,
  }: { readonly needle: ArrayLike<number>; readonly from: number },
  length: number,
): number {
  let [both, ones, others] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const a = hay[at + index] ?? 0;
    const b = needle[from + index] ?? 0;
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return ones * others === 0 ? 0 : both / Math.sqrt(ones * others);
}

/** The samples of mono PCM16. */
export function samplesOf(pcm: Buffer): Int16Array {
  return Int16Array.from({ length: pcm.length / 2 }, (_, index) =>
    pcm.readInt16LE(2 * index),
  );
}
