import { numberOf } from "./editor/inputs";
import { isDeviceName, suggestDevices } from "./editor/sound-devices";
import { explained, numberBetween } from "./editor/validate";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface MicrophoneProperties extends EditorNodeProperties {
  version?: number;
  program: "auto" | "parec" | "arecord" | "sox";
  device: string;
  rate: number;
  chunkMs: number;
  latencyMs: number;
  autostart: boolean;
}

RED.nodes.registerType<MicrophoneProperties>("voice-live-microphone", {
  category: "voice live",
  color: "rgb(166, 187, 207)",
  icon: "voice-live-microphone.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    program: { value: "auto" },
    device: {
      value: "",
      validate: explained((value) =>
        isDeviceName(value) ? undefined : "voice-live-microphone.error.device",
      ),
    },
    rate: { value: 24000 },
    chunkMs: {
      value: 40,
      validate: numberBetween(10, 1000, "voice-live-microphone.error.chunkMs"),
    },
    latencyMs: {
      value: 40,
      validate: numberBetween(
        10,
        1000,
        "voice-live-microphone.error.latencyMs",
      ),
    },
    autostart: { value: true },
  },
  paletteLabel() {
    return this._("voice-live-microphone.label.palette");
  },
  label() {
    return this.name || this._("voice-live-microphone.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-microphone.label.input");
  },
  outputLabels() {
    return this._("voice-live-microphone.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
    suggestDevices("voice-live-microphone");
  },
  oneditsave() {
    this.rate = numberOf("node-input-rate");
    this.chunkMs = numberOf("node-input-chunkMs");
    this.latencyMs = numberOf("node-input-latencyMs");
  },
});
