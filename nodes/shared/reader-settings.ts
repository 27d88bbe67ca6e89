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

const OWN_NAMES = {
  format: "format",
  rate: "rate",
  channels: "channels",
  encoding: "encoding",
};
type Names = Readonly<Record<keyof typeof OWN_NAMES, string>>;

/**
 * The settings of a reader; a preset stands for all of them.
 * @param names - of its properties, where they are others
 */
export function readerSettings(
  config: ReaderConfig,
  names: Names = OWN_NAMES,
): ReaderSettings {
  const strings = oneOf(config, "strings", ["base64", "utf8"], "base64");
  const preset = presetNamed(
    (config as Readonly<Record<string, unknown>>)[names.format],
  );
  if (preset) {
    const { reads, rate, encoding, property = "payload" } = preset;
    const rawFormat = formatOf(encoding, rate, 1);
    return { format: reads, rawFormat, strings, property };
  }
  const format = oneOf(config, names.format, ["auto", "raw", "wav"], "auto");
  const rawFormat =
    format === "raw" ? configuredFormat(config, names) : DEFAULT_FORMAT;
  return { format, rawFormat, strings };
}

function configuredFormat(config: ReaderConfig, names: Names): AudioFormat {
  return formatOf(
    oneOf(config, names.encoding, SAMPLE_FORMAT_NAMES, "signed-integer"),
    number(config, names.rate, 24_000, { min: 4_000, max: 192_000 }),
    number(config, names.channels, 1, { min: 1, max: 8 }),
  );
}

function formatOf(
  encoding: (typeof SAMPLE_FORMAT_NAMES)[number],
  sampleRate: number,
  channels: number,
): AudioFormat {
  return { ...SAMPLE_FORMATS[encoding], sampleRate, channels };
}
