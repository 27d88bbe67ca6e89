import { numberOf, showRowsFor } from "./editor/inputs";
import { numberBetween } from "./editor/validate";
import type { AudioPresetName, SampleFormatName } from "./shared/audio-presets";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface AudioInProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  format: "auto" | "raw" | "wav" | AudioPresetName;
  rate: number;
  channels: number;
  encoding: SampleFormatName;
  mix: "mean" | "left" | "right";
  strings: "base64" | "utf8";
  atEnd: "nothing" | "commit" | "respond";
  chunkMs: number;
}

RED.nodes.registerType<AudioInProperties>("voice-live-audio-in", {
  category: "voice live",
  color: "rgb(135, 169, 193)",
  icon: "voice-live-audio-in.svg",
  align: "right",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    format: { value: "auto" },
    rate: {
      value: 24000,
      validate: numberBetween(4000, 192000, "voice-live-audio-in.error.rate"),
    },
    channels: {
      value: 1,
      validate: numberBetween(1, 8, "voice-live-audio-in.error.channels"),
    },
    encoding: { value: "signed-integer" },
    mix: { value: "mean" },
    strings: { value: "base64" },
    atEnd: { value: "nothing" },
    chunkMs: {
      value: 40,
      validate: numberBetween(10, 1000, "voice-live-audio-in.error.chunkMs"),
    },
  },
  paletteLabel() {
    return this._("voice-live-audio-in.label.palette");
  },
  label() {
    return this.name || this._("voice-live-audio-in.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-audio-in.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
    showRowsFor("node-input-format", $("#dialog-form [data-when]"));
  },
  oneditsave() {
    this.rate = numberOf("node-input-rate");
    this.channels = numberOf("node-input-channels");
    this.chunkMs = numberOf("node-input-chunkMs");
  },
});
