import {
  bytesPerMs,
  sampleBytes,
  type MonoFormat,
  type SampleEncoding,
} from "../audio";

/** The byte that stands for silence (ITU-T G.711: positive zero). */
const SILENT_BYTE: Readonly<Record<SampleEncoding, number>> = {
  "signed-integer": 0,
  "floating-point": 0,
  "mu-law": 0xff,
  "a-law": 0xd5,
};

/** @returns silence of whole samples */
export function silentFrame(format: MonoFormat, ms: number): Buffer {
  const size = sampleBytes(format.encoding);
  return Buffer.alloc(
    Math.round((ms * bytesPerMs(format)) / size) * size,
    SILENT_BYTE[format.encoding],
  );
}
