import {
  SAMPLE_FORMATS,
  SAMPLE_FORMAT_NAMES,
  type AudioFormat,
} from "../../lib/audio";
import { presetNamed } from "./audio-presets";
import { number, oneOf } from "./config-values";
import { DEFAULT_FORMAT, type ReaderSettings } from "./read-audio";

/** Properties of a node that reads audio. */
export interface ReaderConfig {
  readonly format?: unknown;
  readonly rate?: unknown;
  readonly channels?: unknown;
  readonly encoding?: unknown;
  readonly strings?: unknown;
}

/** The settings of a reader; a preset stands for all of them. */
export function readerSettings(config: ReaderConfig): ReaderSettings {
  const strings = oneOf(config.strings, ["base64", "utf8"], "base64");
  const preset = presetNamed(config.format);
  if (preset) {
    const { reads, rate, encoding, property = "payload" } = preset;
    const rawFormat = formatOf(encoding, rate, 1);
    return { format: reads, rawFormat, strings, property };
  }
  const format = oneOf(config.format, ["auto", "raw", "wav"], "auto");
  const rawFormat =
    format === "raw" ? configuredFormat(config) : DEFAULT_FORMAT;
  return { format, rawFormat, strings };
}

function configuredFormat(config: ReaderConfig): AudioFormat {
  return formatOf(
    oneOf(config.encoding, SAMPLE_FORMAT_NAMES, "signed-integer"),
    number(config.rate, 24_000, { min: 4_000, max: 192_000 }),
    number(config.channels, 1, { min: 1, max: 8 }),
  );
}

function formatOf(
  encoding: (typeof SAMPLE_FORMAT_NAMES)[number],
  sampleRate: number,
  channels: number,
): AudioFormat {
  return { ...SAMPLE_FORMATS[encoding], sampleRate, channels };
}
