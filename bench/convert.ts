import type { Effort, Outcome } from "./outcome";
import {
  Converter,
  encodeSamples,
  SAMPLE_FORMAT_NAMES,
  SAMPLE_FORMATS,
  type AudioFormat,
  type TargetFormat,
} from "../lib/audio";

/** One conversion of a live stream. */
export interface ConvertCase {
  readonly label: string;
  readonly from: AudioFormat;
  readonly to: TargetFormat;
}

const CHUNK_MS = 40;
const SERVICE = { encoding: "signed-integer", sampleRate: 24_000 } as const;

const RATES: readonly ConvertCase[] = [
  8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000, 192_000,
].map((sampleRate) => ({
  label: `PCM16 ${sampleRate} Hz`,
  from: { ...SERVICE, sampleRate, channels: 1 },
  to: SERVICE,
}));

const SAMPLES: readonly ConvertCase[] = SAMPLE_FORMAT_NAMES.filter(
  (name) => name !== "signed-integer",
).map((name) => ({
  label: `${name} 24000 Hz`,
  from: { ...SAMPLE_FORMATS[name], sampleRate: 24_000, channels: 1 },
  to: SERVICE,
}));

const OUTPUTS: readonly ConvertCase[] = [
  { encoding: "mu-law", sampleRate: 8_000 } as const,
  { encoding: "floating-point", sampleRate: 48_000 } as const,
  { ...SERVICE, sampleRate: 48_000, channels: 2 },
].map((to) => ({
  label: `to ${to.encoding} ${to.sampleRate} Hz${"channels" in to ? " stereo" : ""}`,
  from: { ...SERVICE, channels: 1 },
  to,
}));

export const convertCases: readonly ConvertCase[] = [
  ...RATES,
  ...SAMPLES,
  {
    label: "PCM16 48000 Hz stereo",
    from: { ...SERVICE, sampleRate: 48_000, channels: 2 },
    to: SERVICE,
  },
  ...OUTPUTS,
];

/**
 * Audio converted in one second of processor time, chunk by chunk.
 * @param seconds - of audio in one round; the best of `rounds` counts, since a disturbance only ever costs time
 * @returns multiples of real time
 */
export function timesRealTime(
  { from, to }: ConvertCase,
  chunkMs: number,
  seconds: number,
  rounds: number,
): number {
  const samples = Math.round((from.sampleRate * chunkMs) / 1_000);
  const chunk = encodeSamples(hum(samples * from.channels), from);
  const chunks = Math.round((seconds * 1_000) / chunkMs);
  let best = Infinity;
  for (let round = 0; round <= rounds; round += 1) {
    const converter = new Converter({ from, to });
    const before = process.cpuUsage();
    for (let i = 0; i < chunks; i += 1) converter.push(chunk);
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) best = Math.min(best, (user + system) / 1_000_000);
  }
  return (chunks * chunkMs) / 1_000 / best;
}

/** Not silence: some processors are slower or faster with zeros. */
function hum(samples: number): Buffer {
  const pcm = Buffer.alloc(samples * 2);
  for (let i = 0; i < samples; i += 1)
    pcm.writeInt16LE(Math.round(9_000 * Math.sin(i / 7)), i * 2);
  return pcm;
}

/** Live audio converted chunk by chunk, from every format and rate to what the service takes, and back. */
export function measureConversions({ isQuick }: Effort): Outcome[] {
  const [seconds, rounds] = isQuick ? [1, 1] : [20, 3];
  return convertCases.map((each) => ({
    name: `convert: ${each.label}`,
    unit: "× real time",
    value: timesRealTime(each, CHUNK_MS, seconds, rounds),
    // The best round counts.
    spread: 0,
  }));
}
