import type { SampleFormatName } from "../../lib/audio/sample-format";

export type { SampleFormatName };

/*
 * Constants only: the runtime, the dialogs and the tests read this table, so it must not draw anything of Node into the editor.
 */

/** How a kind of device or node sends and takes audio; always mono. */
export interface AudioPreset {
  /** Hz */
  readonly rate: number;
  readonly encoding: SampleFormatName;
  /** How it is read: `auto` takes what the message says about itself, then the above. */
  readonly reads: "auto" | "raw" | "wav";
  /** How it is written. */
  readonly writes: "raw" | "wav";
  readonly as: "buffer" | "base64" | "data-url";
  /** Message property that holds the audio; default `payload`. */
  readonly property?: "payload" | "speech";
  /** Properties of the receiver's own, and which of ours they repeat. */
  readonly repeats?: Readonly<Record<string, "rate" | "bits">>;
  /** Each message is played as a file: a reply leaves in one piece. */
  readonly wholeReply?: true;
  /** Playing time of one message, where the receiver expects it. */
  readonly chunkMs?: number;
}

/** Values of `format` that stand for a whole device, beside `auto`, `raw` and `wav`. */
export const AUDIO_PRESETS = {
  /** ESP32 boards with I2S microphone and amplifier. */
  "raw-16k": {
    rate: 16_000,
    encoding: "signed-integer",
    reads: "raw",
    writes: "raw",
    as: "buffer",
  },
  /** Sound cards and browsers. */
  "raw-48k": {
    rate: 48_000,
    encoding: "signed-integer",
    reads: "raw",
    writes: "raw",
    as: "buffer",
  },
  /** Telephone networks of North America and Japan. */
  "telephone-mu-law": {
    rate: 8_000,
    encoding: "mu-law",
    reads: "raw",
    writes: "raw",
    as: "buffer",
    chunkMs: 20,
  },
  /** Telephone networks everywhere else. */
  "telephone-a-law": {
    rate: 8_000,
    encoding: "a-law",
    reads: "raw",
    writes: "raw",
    as: "buffer",
    chunkMs: 20,
  },
  /** node-red-contrib-sox-utils: records raw or WAV, plays and converts files. */
  "sox-utils": {
    rate: 16_000,
    encoding: "signed-integer",
    reads: "auto",
    writes: "wav",
    as: "buffer",
    wholeReply: true,
  },
  /** node-red-dashboard: `ui_audio` plays a WAV Buffer, its microphone nodes send one. */
  "dashboard-wav": {
    rate: 24_000,
    encoding: "signed-integer",
    reads: "wav",
    writes: "wav",
    as: "buffer",
    wholeReply: true,
  },
  /** Dashboard 2.0: an audio element in a template plays a data URL. */
  "dashboard-2": {
    rate: 24_000,
    encoding: "signed-integer",
    reads: "wav",
    writes: "wav",
    as: "data-url",
    wholeReply: true,
  },
  /** node-red-contrib-speakerpi plays `msg.speech`, with aplay by its header or as a stream by the two properties. */
  speakerpi: {
    rate: 22_050,
    encoding: "signed-integer",
    reads: "wav",
    writes: "wav",
    as: "buffer",
    property: "speech",
    repeats: { samplerate: "rate", bitdepth: "bits" },
    wholeReply: true,
  },
} as const satisfies Readonly<Record<string, AudioPreset>>;

export type AudioPresetName = keyof typeof AUDIO_PRESETS;

export const AUDIO_PRESET_NAMES = Object.keys(
  AUDIO_PRESETS,
) as readonly AudioPresetName[];

export function presetNamed(name: unknown): AudioPreset | undefined {
  const known = AUDIO_PRESET_NAMES.find((each) => each === name);
  return known && AUDIO_PRESETS[known];
}
