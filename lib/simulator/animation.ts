import type { AnimationOutput } from "../protocol";

/** A mouth shape and when it is taken. */
export interface Viseme {
  readonly offsetMs: number;
  readonly visemeId: number;
}

/** Frames of a second of facial animation, as the Speech service delivers them. */
const FRAMES_PER_SECOND = 60;
/** Numbers of a frame: ARKit's 52 shapes, head roll, and the roll of both eyes. */
const SHAPES = 55;
/** Place of ARKit's `jawOpen` in a frame. */
const JAW_OPEN = 17;

/** Mouth shapes of letters, after the viseme table of the Speech service; what is not listed is near enough to `e`. */
const VISEMES: Readonly<Record<string, number>> = {
  a: 2, o: 8, u: 7, i: 6, y: 6, w: 7, r: 13, l: 14, s: 15, z: 15, c: 15, x: 15, j: 16,
  d: 19, t: 19, n: 19, k: 20, g: 20, q: 20, f: 18, v: 18, m: 21, p: 21, b: 21, h: 12,
}; // prettier-ignore
const NEUTRAL = 4;

/** Does the session ask for this kind of animation? */
export function animates(
  outputs: readonly AnimationOutput[] | null | undefined,
  kind: "viseme_id" | "blendshapes",
): boolean {
  return (outputs ?? []).includes(kind);
}

/** The shapes of the mouth while a word is said, one for each letter that changes it. */
export function visemesOf(
  word: string,
  offsetMs: number,
  lengthMs: number,
): Viseme[] {
  const letters = word.toLowerCase().match(/\p{L}/gu) ?? [];
  return letters
    .map((letter, index) => ({
      offsetMs: offsetMs + (index / letters.length) * lengthMs,
      visemeId: VISEMES[letter] ?? NEUTRAL,
    }))
    .filter(
      ({ visemeId }, index, all) => visemeId !== all[index - 1]?.visemeId,
    );
}

/**
 * Facial animation of a stretch of speech: the jaw opens as far as it is loud.
 * @param pcm - mono PCM16
 */
export function blendshapesOf(pcm: Buffer, sampleRate: number): number[][] {
  const frameBytes = 2 * Math.round(sampleRate / FRAMES_PER_SECOND);
  const frames: number[][] = [];
  for (let at = 0; at < pcm.length; at += frameBytes) {
    const frame = Array<number>(SHAPES).fill(0);
    frame[JAW_OPEN] = loudest(pcm.subarray(at, at + frameBytes));
    frames.push(frame);
  }
  return frames;
}

/** 0 for silence to 1 for full scale, two decimals. */
function loudest(pcm: Buffer): number {
  let peak = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2)
    peak = Math.max(peak, Math.abs(pcm.readInt16LE(at)));
  return Math.round((peak / 32_768) * 100) / 100;
}
