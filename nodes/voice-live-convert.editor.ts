import { numberOf, showRowsFor } from "./editor/inputs";
import { numberBetween } from "./editor/validate";
import type { AudioPresetName, SampleFormatName } from "./shared/audio-presets";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface ConvertProperties extends EditorNodeProperties {
  version?: number;
  fromFormat: "auto" | "raw" | "wav" | AudioPresetName;
  fromRate: number;
  fromChannels: number;
  fromEncoding: SampleFormatName;
  strings: "base64" | "utf8";
  each: "piece" | "whole";
  format: "raw" | "wav" | AudioPresetName;
  rate: number;
  encoding: SampleFormatName;
  as: "buffer" | "base64" | "data-url";
  channels: number;
  mix: "mean" | "left" | "right";
  chunkMs: number;
}

RED.nodes.registerType<ConvertProperties>("voice-live-convert", {
  category: "voice live",
  color: "rgb(135, 169, 193)",
  icon: "voice-live-convert.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    fromFormat: { value: "auto" },
    fromRate: {
      value: 24000,
      validate: numberBetween(
        4000,
        192000,
        "voice-live-convert.error.fromRate",
      ),
    },
    fromChannels: {
      value: 1,
      validate: numberBetween(1, 8, "voice-live-convert.error.fromChannels"),
    },
    fromEncoding: { value: "signed-integer" },
    strings: { value: "base64" },
    each: { value: "piece" },
    format: { value: "raw" },
    rate: {
      value: 24000,
      validate: numberBetween(4000, 192000, "voice-live-convert.error.rate"),
    },
    encoding: { value: "signed-integer" },
    as: { value: "buffer" },
    channels: { value: 1 },
    mix: { value: "mean" },
    chunkMs: {
      value: 0,
      validate: numberBetween(0, 10000, "voice-live-convert.error.chunkMs"),
    },
  },
  paletteLabel() {
    return this._("voice-live-convert.label.palette");
  },
  label() {
    return this.name || this._("voice-live-convert.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-convert.label.input");
  },
  outputLabels() {
    return this._("voice-live-convert.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
    showRowsFor(
      "node-input-fromFormat",
      $("#dialog-form .voice-live-from > [data-when]"),
    );
    showRowsFor(
      "node-input-format",
      $("#dialog-form .voice-live-to > [data-when]"),
    );
  },
  oneditsave() {
    this.fromRate = numberOf("node-input-fromRate");
    this.fromChannels = numberOf("node-input-fromChannels");
    this.rate = numberOf("node-input-rate");
    this.channels = numberOf("node-input-channels");
    this.chunkMs = numberOf("node-input-chunkMs");
  },
});
