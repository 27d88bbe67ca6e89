import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface InterruptProperties extends EditorNodeProperties {
  version?: number;
  session: string;
}

RED.nodes.registerType<InterruptProperties>("voice-live-interrupt", {
  category: "voice live",
  color: "rgb(150, 176, 160)",
  icon: "voice-live-interrupt.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
  },
  paletteLabel() {
    return this._("voice-live-interrupt.label.palette");
  },
  label() {
    return this.name || this._("voice-live-interrupt.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-interrupt.label.input");
  },
  outputLabels() {
    return this._("voice-live-interrupt.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
  },
});
