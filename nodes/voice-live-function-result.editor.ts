import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface FunctionResultProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  respond: boolean;
}

RED.nodes.registerType<FunctionResultProperties>("voice-live-function-result", {
  category: "voice live",
  color: "rgb(160, 155, 205)",
  icon: "voice-live-function-result.svg",
  align: "right",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    respond: { value: true },
  },
  paletteLabel() {
    return this._("voice-live-function-result.label.palette");
  },
  label() {
    return this.name || this._("voice-live-function-result.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-function-result.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
  },
});
