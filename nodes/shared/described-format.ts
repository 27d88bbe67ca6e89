import {
  SAMPLE_FORMATS,
  sampleFormatName,
  usualBits,
  type AudioFormat,
  type DeviceEncoding,
  type SampleFormat,
} from "../../lib/audio";
import { VoiceLiveError } from "../../lib/client";
import type { FlowMessage } from "./messages";

const RATES = { min: 4_000, max: 192_000 };
const MAX_CHANNELS = 8;

const ENCODINGS: ReadonlySet<unknown> = new Set(
  Object.values(SAMPLE_FORMATS).map(({ encoding }) => encoding),
);

/**
 * What a message says about its raw audio: `rate`, `channels`, `bits`, `encoding` as sox-utils nodes and our own outputs say it
 * (design.md §4.1), and `byteOrder` and `containerBits` where samples are written unusually.
 * @param fallback - for what it does not say
 * @throws VoiceLiveError `VOICE_LIVE_AUDIO` that names the property
 */
export function describedFormat(
  msg: FlowMessage,
  fallback: AudioFormat,
): AudioFormat {
  return checkedFormat({
    ...describedSamples(msg, fallback),
    sampleRate: numberOf(msg, "rate") ?? fallback.sampleRate,
    channels: numberOf(msg, "channels") ?? fallback.channels,
  });
}

/** @throws VoiceLiveError `VOICE_LIVE_AUDIO` when there is no such audio */
export function checkedFormat(format: AudioFormat): AudioFormat {
  const { sampleRate, channels } = format;
  if (sampleRate < RATES.min || sampleRate > RATES.max) {
    throw refusal(
      `The sample rate is ${sampleRate} Hz`,
      `Use ${RATES.min} to ${RATES.max} Hz.`,
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS)
    throw refusal(
      `The audio has ${channels} channels`,
      `Use 1 to ${MAX_CHANNELS}.`,
    );
  return format;
}

function describedSamples(
  msg: FlowMessage,
  fallback: SampleFormat,
): SampleFormat {
  const hasEncoding = msg["encoding"] !== undefined && msg["encoding"] !== "";
  const bits = numberOf(msg, "bits");
  if (!hasEncoding && bits === undefined) return fallback;
  const encoding = hasEncoding ? encodingOf(msg) : fallback.encoding;
  const containerBits = numberOf(msg, "containerBits");
  const format: SampleFormat = {
    encoding,
    bits: bits ?? usualBits(encoding),
    ...(containerBits !== undefined && { containerBits }),
    ...(msg["byteOrder"] === "big" && { byteOrder: "big" }),
  };
  return supported(msg, format);
}

function encodingOf(msg: FlowMessage): DeviceEncoding {
  const { encoding } = msg;
  if (ENCODINGS.has(encoding)) return encoding as DeviceEncoding;
  throw refusal(
    `msg.encoding is ${shown(encoding)}`,
    `Use one of ${[...ENCODINGS].join(", ")}.`,
  );
}

function supported(msg: FlowMessage, format: SampleFormat): SampleFormat {
  try {
    sampleFormatName(format);
    return format;
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_AUDIO",
      `msg.bits is ${shown(msg["bits"])} for ${format.encoding} samples`,
      {
        nextStep: `Convert the audio to ${usualBits(format.encoding)} bits first.`,
        cause,
      },
    );
  }
}

function numberOf(msg: FlowMessage, name: string): number | undefined {
  const value = msg[name];
  if (value === undefined) return undefined;
  const read = Number(value);
  if (Number.isInteger(read)) return read;
  throw refusal(`msg.${name} is ${shown(value)}`, "Use a whole number.");
}

function shown(value: unknown): string | undefined {
  return JSON.stringify(value)?.slice(0, 60);
}

function refusal(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_AUDIO", reason, { nextStep });
}
