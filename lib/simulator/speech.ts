import { atRate, type Sound } from "./audio-format";
import { hum } from "./hum";
import { type Recording, recordings, soundOf } from "./recordings";

/** Rate of the recordings of the assistant. */
const SPEECH_SAMPLE_RATE = 16_000;

/**
 * Voices a text sentence by sentence: with a recording where there is one, else with a hum about as long as the words take.
 * @returns speech at 16 kHz
 */
export function speak(text: string): Sound {
  const parts = sentencesOf(text).map((sentence) => voice(sentence).pcm);
  return { pcm: Buffer.concat(parts), sampleRate: SPEECH_SAMPLE_RATE };
}

function voice(sentence: string): Sound {
  const recording = findRecording(sentence);
  if (recording) return atRate(soundOf(recording), SPEECH_SAMPLE_RATE);
  return {
    pcm: hum(sentence, SPEECH_SAMPLE_RATE),
    sampleRate: SPEECH_SAMPLE_RATE,
  };
}

function findRecording(sentence: string): Recording | undefined {
  const wanted = plain(sentence);
  return recordings().find(
    ({ role, text }) => role === "assistant" && plain(text) === wanted,
  );
}

/** Ends of sentences are followed by a space, so decimals stay whole. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?:])\s+/u)
    .filter((sentence) => plain(sentence) !== "");
}

/** Letters and digits only, so that punctuation and case do not matter. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
