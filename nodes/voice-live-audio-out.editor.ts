import { numberOf, showRowsFor } from "./editor/inputs";
import { numberBetween } from "./editor/validate";
import type { AudioPresetName, SampleFormatName } from "./shared/audio-presets";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface AudioOutProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  mode: "paced" | "received" | "reply";
  leadMs: number;
  chunkMs: number;
  rate: number;
  encoding: SampleFormatName;
  channels: number;
  format: "raw" | "wav" | AudioPresetName;
  as: "buffer" | "base64" | "data-url";
}

RED.nodes.registerType<AudioOutProperties>("voice-live-audio-out", {
  category: "voice live",
  color: "rgb(135, 169, 193)",
  icon: "voice-live-audio-out.svg",
  inputs: 0,
  outputs: 2,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    mode: { value: "paced" },
    leadMs: {
      value: 200,
      validate: numberBetween(0, 5000, "voice-live-audio-out.error.leadMs"),
    },
    chunkMs: {
      value: 40,
      validate: numberBetween(10, 1000, "voice-live-audio-out.error.chunkMs"),
    },
    rate: { value: 24000 },
    encoding: { value: "signed-integer" },
    channels: { value: 1 },
    format: { value: "raw" },
    as: { value: "buffer" },
  },
  paletteLabel() {
    return this._("voice-live-audio-out.label.palette");
  },
  label() {
    return this.name || this._("voice-live-audio-out.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels(index) {
    return this._(
      index === 0
        ? "voice-live-audio-out.label.audioOutput"
        : "voice-live-audio-out.label.playbackOutput",
    );
  },
  oneditprepare() {
    prepareDialog(this);
    showRowsFor(
      "node-input-format",
      $("#dialog-form .voice-live-by-format > [data-when]"),
    );
    showRowsFor(
      "node-input-mode",
      $("#dialog-form .voice-live-by-mode > [data-when]"),
    );
  },
  oneditsave() {
    this.leadMs = numberOf("node-input-leadMs");
    this.chunkMs = numberOf("node-input-chunkMs");
    this.rate = numberOf("node-input-rate");
    this.channels = numberOf("node-input-channels");
  },
});
