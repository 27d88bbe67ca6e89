/** A sine of whole 16-bit samples, rounded to nearest. `level` is linear, 1 = full scale. */
export function tone(
  hz: number,
  sampleRate: number,
  samples: number,
  level: number,
): Buffer {
  const pcm = Buffer.alloc(samples * 2);
  for (let i = 0; i < samples; i += 1) {
    pcm.writeInt16LE(
      Math.round(32767 * level * Math.sin((2 * Math.PI * hz * i) / sampleRate)),
      i * 2,
    );
  }
  return pcm;
}

/** Samples of PCM16 as fractions of full scale. */
export function samplesOf(pcm: Buffer): Float64Array {
  return Float64Array.from(
    { length: pcm.length / 2 },
    (_, i) => pcm.readInt16LE(i * 2) / 32768,
  );
}

/** Repeatable random numbers from 0 to 1 (mulberry32), so that a failing seed can be run again. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** White noise over the whole 16-bit range. */
export function noise(bytes: number, random: () => number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256)),
  );
}

/** The same bytes in chunks of 0 to `maxBytes`, odd lengths included, each in memory of its own. */
export function cutAnywhere(
  data: Buffer,
  maxBytes: number,
  random: () => number,
): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const end = at + Math.floor(random() * (maxBytes + 1));
    chunks.push(Buffer.from(data.subarray(at, end)));
    at = end;
  }
  return chunks;
}

/**
 * Takes the best-fitting sine of frequency `hz` out of a signal (least squares).
 * @returns its level, its phase against `sin(2π·hz·t)`, and the RMS of what is left
 */
export function fitTone(
  signal: Float64Array,
  hz: number,
  sampleRate: number,
): { level: number; phase: number; restRms: number } {
  const step = (2 * Math.PI * hz) / sampleRate;
  let [ss, cc, sc, xs, xc, xx] = [0, 0, 0, 0, 0, 0];
  signal.forEach((x, i) => {
    const s = Math.sin(step * i);
    const c = Math.cos(step * i);
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += x * s;
    xc += x * c;
    xx += x * x;
  });
  const determinant = ss * cc - sc * sc;
  const a = (xs * cc - xc * sc) / determinant;
  const b = (xc * ss - xs * sc) / determinant;
  const rest = Math.max(0, xx - a * xs - b * xc);
  return {
    level: Math.hypot(a, b),
    phase: Math.atan2(b, a),
    restRms: Math.sqrt(rest / signal.length),
  };
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
