import { int16ArrayToPcm16 } from "../audio";

// An unhurried speaker: five syllables a second, and a breath at commas and ends.
const SYLLABLE_MS = 200;
const PAUSE_MS = 180;
const PITCH_HZ = 165;
/** Peak of the loudest harmonic sum; gives a level like that of the recordings, about -20 dBFS. */
const PEAK = 9000;

/** Formants of five vowels, Hz. */
const VOWELS: Readonly<Record<string, readonly [number, number]>> = {
  a: [750, 1200],
  e: [500, 1850],
  i: [300, 2250],
  o: [480, 900],
  u: [330, 800],
};

/**
 * A voice without words: one hummed syllable for each syllable of the text, coloured by its vowel.
 * @param sampleRate - Hz
 * @returns mono PCM16
 */
export function hum(text: string, sampleRate: number): Buffer {
  const pieces = piecesOf(text);
  const lengths = pieces.map((piece) =>
    Math.round(((piece === "" ? PAUSE_MS : SYLLABLE_MS) * sampleRate) / 1000),
  );
  const samples = new Int16Array(
    lengths.reduce((sum, length) => sum + length, 0),
  );
  let at = 0;
  pieces.forEach((vowel, index) => {
    const length = lengths[index]!;
    const formants = VOWELS[vowel];
    if (formants)
      singSyllable(
        samples.subarray(at, at + length),
        formants,
        pitchOf(index, pieces.length),
        sampleRate,
      );
    at += length;
  });
  return int16ArrayToPcm16(samples);
}

/** Vowels in the order of the text; an empty string is a pause. Digits count as two syllables. */
function piecesOf(text: string): string[] {
  const plain = text.toLowerCase().normalize("NFD");
  const pieces = plain.match(/[aeiouy]+|\d|[,;:.!?]/g)?.flatMap((piece) => {
    if (/\d/.test(piece)) return ["e", "i"];
    if (/[^a-z]/.test(piece)) return [""];
    return [piece[0] === "y" ? "i" : piece[0]!];
  });
  return [...(pieces?.length ? pieces : ["a"]), ""];
}

/** Falls towards the end of the sentence, with a small swing. */
function pitchOf(index: number, count: number): number {
  return (
    PITCH_HZ * (1.1 - 0.25 * (index / count) + 0.06 * Math.sin(index * 2.1))
  );
}

function singSyllable(
  samples: Int16Array,
  formants: readonly [number, number],
  pitchHz: number,
  sampleRate: number,
): void {
  const harmonics = Math.min(20, Math.floor((0.45 * sampleRate) / pitchHz));
  const gains = Array.from({ length: harmonics }, (_, index) =>
    gainAt((index + 1) * pitchHz, formants),
  );
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  for (let i = 0; i < samples.length; i += 1) {
    const phase = (2 * Math.PI * pitchHz * i) / sampleRate;
    const sum = gains.reduce(
      (value, gain, index) => value + gain * Math.sin((index + 1) * phase),
      0,
    );
    samples[i] = Math.round(
      (PEAK * swell(i / samples.length) * sum * 2.2) / total,
    );
  }
}

function gainAt(
  frequencyHz: number,
  [first, second]: readonly [number, number],
): number {
  return (
    bump(frequencyHz, first, 120) + 0.5 * bump(frequencyHz, second, 200) + 0.08
  );
}

function bump(frequencyHz: number, centreHz: number, widthHz: number): number {
  return 1 / (1 + ((frequencyHz - centreHz) / widthHz) ** 2);
}

/** Rises fast, falls slowly and ends at nothing, so syllables do not click. */
function swell(position: number): number {
  return Math.min(1, position / 0.15) * Math.min(1, (1 - position) / 0.4);
}
