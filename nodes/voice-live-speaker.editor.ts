import { numberOf } from "./editor/inputs";
import { isDeviceName, suggestDevices } from "./editor/sound-devices";
import { explained, numberBetween } from "./editor/validate";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface SpeakerProperties extends EditorNodeProperties {
  version?: number;
  program: "auto" | "pacat" | "aplay" | "sox";
  device: string;
  latencyMs: number;
}

RED.nodes.registerType<SpeakerProperties>("voice-live-speaker", {
  category: "voice live",
  color: "rgb(166, 187, 207)",
  icon: "voice-live-speaker.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    program: { value: "auto" },
    device: {
      value: "",
      validate: explained((value) =>
        isDeviceName(value) ? undefined : "voice-live-speaker.error.device",
      ),
    },
    latencyMs: {
      value: 100,
      validate: numberBetween(20, 2000, "voice-live-speaker.error.latencyMs"),
    },
  },
  paletteLabel() {
    return this._("voice-live-speaker.label.palette");
  },
  label() {
    return this.name || this._("voice-live-speaker.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-speaker.label.input");
  },
  outputLabels() {
    return this._("voice-live-speaker.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
    suggestDevices("voice-live-speaker");
  },
  oneditsave() {
    this.latencyMs = numberOf("node-input-latencyMs");
  },
});
