import { readFileSync } from "node:fs";
import {
  decodeAlaw,
  decodeMulaw,
  levelDb,
  parseWav,
  pcm16BytesFor,
  pcm16DurationMs,
  sniffAudio,
  toMono,
  type WavFile,
} from "../lib/audio";

/** A recorded question as PCM16, with the rate and the channels that its file has. */
export interface Question {
  readonly pcm: Buffer;
  readonly sampleRate: number;
  readonly channels: number;
  /** Where the last word ends, in ms from the beginning. */
  readonly speechEndMs: number;
}

// 20 ms above this level are speech: recordings of rooms stay below it, and quiet last syllables above.
const speechDb = -45;
const frameMs = 20;

/**
 * Reads a WAV file of any rate, number of channels and sample format.
 * @throws Error in one line when there is no such file, when it is no WAV, or when nobody speaks in it
 */
export function readQuestion(file: string): Question {
  const wav = readWav(file);
  const pcm = toPcm16(wav);
  const speechEndMs = findSpeechEnd(toMono(pcm, wav.channels), wav.sampleRate);
  if (speechEndMs === 0)
    throw new Error(`There is no speech in ${file}: it is silent`);
  return {
    pcm,
    sampleRate: wav.sampleRate,
    channels: wav.channels,
    speechEndMs,
  };
}

function readWav(file: string): WavFile {
  try {
    const data = readFileSync(file);
    // The format of raw samples can be told to a node, but not to the command.
    if (sniffAudio(data) === "raw")
      throw new TypeError(
        "it is no WAV file; expected a WAV of any rate and number of channels",
      );
    return parseWav(data);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : message;
    throw new Error(`Cannot read ${file}: ${reason}`, { cause: error });
  }
}

/** Sample by sample, every channel alike. */
function toPcm16({ data, encoding, bits }: WavFile): Buffer {
  if (encoding === "mu-law") return decodeMulaw(data);
  if (encoding === "a-law") return decodeAlaw(data);
  const bytes = bits / 8;
  const pcm = Buffer.alloc((data.length / bytes) * 2);
  for (let index = 0; index * bytes < data.length; index++)
    pcm.writeInt16LE(
      readSample(data, index * bytes, encoding, bytes),
      index * 2,
    );
  return pcm;
}

function readSample(
  data: Buffer,
  at: number,
  encoding: WavFile["encoding"],
  bytes: number,
): number {
  if (encoding === "unsigned-integer") return (data.readUInt8(at) - 128) * 256;
  // The upper two bytes of a longer little-endian integer are its value in 16 bits.
  if (encoding === "signed-integer")
    return bytes === 1
      ? data.readInt8(at) * 256
      : data.readInt16LE(at + bytes - 2);
  const value = bytes === 8 ? data.readDoubleLE(at) : data.readFloatLE(at);
  return Math.round(Math.max(-1, Math.min(1, value)) * 32_767);
}

function findSpeechEnd(mono: Buffer, sampleRate: number): number {
  const frameBytes = pcm16BytesFor(frameMs, sampleRate);
  for (let end = mono.length; end > 0; end -= frameBytes) {
    const frame = mono.subarray(Math.max(0, end - frameBytes), end);
    if (levelDb(frame) > speechDb) return pcm16DurationMs(end, sampleRate);
  }
  return 0;
}
