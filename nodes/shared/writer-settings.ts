import { SAMPLE_FORMAT_NAMES } from "../../lib/audio";
import { presetNamed } from "./audio-presets";
import { number, oneOf } from "./config-values";
import type { WriterSettings } from "./write-audio";

/** Properties of a node that writes audio. */
export interface WriterConfig {
  readonly format?: unknown;
  readonly rate?: unknown;
  readonly channels?: unknown;
  readonly encoding?: unknown;
  readonly as?: unknown;
}

/** The settings of a writer; a preset stands for all of them. */
export function writerSettings(config: WriterConfig): WriterSettings {
  const preset = presetNamed(config.format);
  if (preset) {
    const { rate, encoding, writes, as, property, repeats } = preset;
    return {
      rate,
      encoding,
      format: writes,
      as,
      ...(property && { property }),
      ...(repeats && { repeats }),
    };
  }
  return {
    rate: number(config, "rate", 24_000, { min: 4_000, max: 192_000 }),
    channels: number(config, "channels", 1, { min: 0, max: 2 }) === 2 ? 2 : 1,
    encoding: oneOf(config, "encoding", SAMPLE_FORMAT_NAMES, "signed-integer"),
    format: oneOf(config, "format", ["raw", "wav"], "raw"),
    as: oneOf(config, "as", ["buffer", "base64", "data-url"], "buffer"),
  };
}
