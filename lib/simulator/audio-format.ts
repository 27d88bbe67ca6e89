import {
  decodeAlaw,
  decodeMulaw,
  encodeAlaw,
  encodeMulaw,
  readSample,
  Resampler,
  writeSample,
} from "../audio";

/** Mono PCM16 samples and their rate: the one form in which audio moves inside the simulator. */
export interface Sound {
  /** Mono PCM16, little-endian. */
  readonly pcm: Buffer;
  /** Hz */
  readonly sampleRate: number;
}

/** How the client's bytes are to be read. */
export interface InputFormat {
  readonly encoding: "pcm16" | "g711_ulaw" | "g711_alaw";
  /** Hz */
  readonly sampleRate: number;
  /** 2 when a client sends its own echo reference beside the microphone (protocol.md §7.4). */
  readonly channels: 1 | 2;
}

/** How the answer's samples are to be written. */
export interface OutputFormat {
  readonly encoding: "pcm16" | "g711_ulaw" | "g711_alaw";
  /** Hz */
  readonly sampleRate: number;
}

const G711_SAMPLE_RATE = 8000;
const DEFAULT_SAMPLE_RATE = 24_000;

const PCM16_WITH_RATE = /^pcm16_(8000|16000|22050|24000|44100|48000)hz$/;

/** Meaning of a session's `output_audio_format`, or `undefined` when the service has no such format. @see protocol.md §7.1 */
export function outputFormatOf(name: string): OutputFormat | undefined {
  if (name === "pcm16")
    return { encoding: "pcm16", sampleRate: DEFAULT_SAMPLE_RATE };
  if (name === "g711_ulaw" || name === "g711_alaw")
    return { encoding: name, sampleRate: G711_SAMPLE_RATE };
  const rate = PCM16_WITH_RATE.exec(name)?.[1];
  return rate === undefined
    ? undefined
    : { encoding: "pcm16", sampleRate: Number(rate) };
}

/** Bytes of one block that must not be cut: one sample of every channel. */
export function blockBytesOf(format: InputFormat): number {
  return format.encoding === "pcm16" ? 2 * format.channels : 1;
}

/** Client bytes to mono PCM16 at the input's own rate; of a stereo echo reference only the microphone is kept. */
export function decodeInput(bytes: Buffer, format: InputFormat): Buffer {
  if (format.encoding === "g711_ulaw") return decodeMulaw(bytes);
  if (format.encoding === "g711_alaw") return decodeAlaw(bytes);
  return format.channels === 1 ? bytes : firstChannel(bytes);
}

function firstChannel(stereo: Buffer): Buffer {
  const mono = Buffer.alloc(stereo.length / 2);
  for (let i = 0; i < mono.length / 2; i += 1)
    writeSample(mono, i, readSample(stereo, 2 * i));
  return mono;
}

/** PCM16 at the output's rate to the bytes of an audio delta. */
export function encodeOutput(pcm: Buffer, format: OutputFormat): Buffer {
  if (format.encoding === "g711_ulaw") return encodeMulaw(pcm);
  if (format.encoding === "g711_alaw") return encodeAlaw(pcm);
  return pcm;
}

/** The same sound at another rate; untouched, sample for sample, when the rate is the same. */
export function atRate(sound: Sound, sampleRate: number): Sound {
  if (sound.sampleRate === sampleRate) return sound;
  const resampler = new Resampler({ from: sound.sampleRate, to: sampleRate });
  return {
    pcm: Buffer.concat([resampler.push(sound.pcm), resampler.flush()]),
    sampleRate,
  };
}

/** Playing time in milliseconds, unrounded. */
export function durationMs(sound: Sound): number {
  return (sound.pcm.length / 2 / sound.sampleRate) * 1000;
}
