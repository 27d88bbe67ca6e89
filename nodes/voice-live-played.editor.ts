import { numberOf, showRowsFor } from "./editor/inputs";
import { numberBetween } from "./editor/validate";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface PlayedProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  unit: "ms" | "samples" | "bytes";
  rate: number;
}

RED.nodes.registerType<PlayedProperties>("voice-live-played", {
  category: "voice live",
  color: "rgb(135, 169, 193)",
  icon: "voice-live-played.svg",
  align: "right",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    unit: { value: "ms" },
    rate: {
      value: 24000,
      validate: numberBetween(4000, 192000, "voice-live-played.error.rate"),
    },
  },
  paletteLabel() {
    return this._("voice-live-played.label.palette");
  },
  label() {
    return this.name || this._("voice-live-played.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-played.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
    showRowsFor("node-input-unit", $("#dialog-form [data-when]"));
  },
  oneditsave() {
    this.rate = numberOf("node-input-rate");
  },
});
