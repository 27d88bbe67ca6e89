import { rms } from "../audio";
import { atRate, type Sound } from "./audio-format";
import { recordings, soundOf } from "./recordings";

// Telephone bandwidth: every input format carries it, so an echo of the same words compares equal in all of them.
const COMPARE_SAMPLE_RATE = 8000;
const STEP_SAMPLES = 80;
const STEPS_PER_SECOND = 100;
/** Quieter than this part of the loudest step counts as the silence around the words: -28 dB. */
const SILENCE_SHARE = 0.04;
/** The same recording stays above 0.99 through any format and above 0.9 with its first sound cut off; the nearest other sentence, by the same voice, reaches 0.73. */
const SAME_WORDS = 0.88;
const LARGEST_LAG = 12;

type Envelope = Float64Array;

let known:
  readonly { readonly text: string; readonly envelope: Envelope }[] | undefined;

/**
 * The words of a sound, if it is one of the user phrases in `recordings/`, by the course of its loudness; else how long it was:
 * `(speech, 1.4 seconds)`. The simulator understands no speech.
 */
export function transcribe(sound: Sound): string {
  const envelope = envelopeOf(sound);
  return (
    recognise(envelope) ??
    `(speech, ${(envelope.length / STEPS_PER_SECOND).toFixed(1)} seconds)`
  );
}

function recognise(envelope: Envelope): string | undefined {
  const scored = knownPhrases().map(({ text, envelope: other }) => ({
    text,
    score: similarity(envelope, other),
  }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), {
    text: "",
    score: 0,
  });
  return best.score >= SAME_WORDS ? best.text : undefined;
}

function knownPhrases(): NonNullable<typeof known> {
  known ??= recordings()
    .filter(({ role }) => role === "user")
    .map((recording) => ({
      text: recording.text,
      envelope: envelopeOf(soundOf(recording)),
    }));
  return known;
}

/** Loudness in steps of 10 ms without the silence around; the square root lets quiet syllables count. */
function envelopeOf(sound: Sound): Envelope {
  const { pcm } = atRate(sound, COMPARE_SAMPLE_RATE);
  const steps = Math.floor(pcm.length / 2 / STEP_SAMPLES);
  const levels = Float64Array.from({ length: steps }, (_, step) =>
    rms(pcm.subarray(2 * step * STEP_SAMPLES, 2 * (step + 1) * STEP_SAMPLES)),
  );
  const floor = SILENCE_SHARE * levels.reduce((a, b) => Math.max(a, b), 0);
  const first = levels.findIndex((level) => level > floor);
  const last = levels.findLastIndex((level) => level > floor);
  return levels.subarray(Math.max(0, first), last + 1).map(Math.sqrt);
}

function similarity(a: Envelope, b: Envelope): number {
  const allowed = Math.max(LARGEST_LAG, 0.06 * b.length);
  if (a.length === 0 || Math.abs(a.length - b.length) > allowed) return 0;
  let best = 0;
  for (let lag = -LARGEST_LAG; lag <= LARGEST_LAG; lag += 1)
    best = Math.max(best, correlation(a, b, lag));
  return best;
}

/** Pearson's coefficient where `a`, moved by `lag` steps, and `b` overlap or stand alone. */
function correlation(a: Envelope, b: Envelope, lag: number): number {
  const from = Math.min(0, lag);
  const to = Math.max(b.length, a.length + lag);
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let i = from; i < to; i += 1) {
    const x = a[i - lag] ?? 0;
    const y = b[i] ?? 0;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const count = to - from;
  const spread = Math.sqrt(
    (count * sumAA - sumA * sumA) * (count * sumBB - sumB * sumB),
  );
  return spread === 0 ? 0 : (count * sumAB - sumA * sumB) / spread;
}
