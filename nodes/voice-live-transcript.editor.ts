import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface TranscriptProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  who: "both" | "user" | "assistant";
  partial: boolean;
}

RED.nodes.registerType<TranscriptProperties>("voice-live-transcript", {
  category: "voice live",
  color: "rgb(160, 155, 205)",
  icon: "voice-live-transcript.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    who: { value: "both" },
    partial: { value: false },
  },
  paletteLabel() {
    return this._("voice-live-transcript.label.palette");
  },
  label() {
    return this.name || this._("voice-live-transcript.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels() {
    return this._("voice-live-transcript.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
  },
});
