export { interleave, toMono, toStereo } from "./channels";
export {
  type AudioFormat,
  bytesPerMs,
  Converter,
  type ConverterOptions,
  encodeSamples,
  type MonoFormat,
  sampleBytes,
  type SampleEncoding,
} from "./converter";
export { float32ToPcm16, pcm16ToFloat32 } from "./float32";
export { Framer, type FramerOptions } from "./framer";
export { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from "./g711";
export { levelDb, rms } from "./level";
export { mix } from "./mix";
export {
  type DueAudio,
  type PacedChunk,
  PacedQueue,
  type PacedQueueOptions,
  type PacedSegment,
} from "./pacing";
export {
  int16ArrayToPcm16,
  pcm16BytesFor,
  pcm16DurationMs,
  readSample,
  silence,
  writeSample,
} from "./pcm";
export { Resampler, type ResamplerOptions } from "./resampler";
export { SampleCarry } from "./sample-carry";
export { type AudioKind, sniffAudio } from "./sniff";
export type { WavEncoding, WavFormat } from "./wav-format";
export { WavReader } from "./wav-reader";
export {
  parseWav,
  type WavFile,
  wavHeader,
  type WavOptions,
  writeWav,
} from "./wav";
