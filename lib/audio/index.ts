export {
  interleave,
  interleaveAll,
  pickChannel,
  toMono,
  toStereo,
} from "./channels";
export {
  bytesPerMs,
  type ChannelMix,
  Converter,
  type ConverterCounts,
  type ConverterOptions,
  encodeSamples,
  sampleBytes,
  type TargetFormat,
} from "./converter";
export { float32ToPcm16, pcm16ToFloat32 } from "./float";
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
export { RateMeter, type RateMismatch } from "./rate-meter";
export { SampleCarry } from "./sample-carry";
export {
  type AudioFormat,
  describeSamples,
  type DeviceEncoding,
  isSameFormat,
  type MonoFormat,
  SAMPLE_FORMAT_NAMES,
  SAMPLE_FORMATS,
  type SampleEncoding,
  type SampleFormat,
  sampleFormatName,
  type SampleFormatName,
  usualBits,
} from "./sample-format";
export { type AudioKind, sniffAudio } from "./sniff";
export type { WavEncoding, WavFormat } from "./wav-format";
export { WavReader } from "./wav-reader";
export { type StreamPiece, WavStream } from "./wav-stream";
export {
  parseWav,
  type WavFile,
  wavHeader,
  type WavOptions,
  writeWav,
} from "./wav";
