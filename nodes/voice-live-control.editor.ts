import { prepareDialog } from "./editor/prepare-dialog";
import { isEnvironmentReference } from "./editor/validate";
import type { EditorNodeProperties } from "node-red";

interface ControlProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  action:
    | ""
    | "connect"
    | "disconnect"
    | "update"
    | "commit"
    | "clear"
    | "respond"
    | "history-clear"
    | "history-export"
    | "history-import"
    | "mute"
    | "unmute"
    | "approve"
    | "deny"
    | "avatar-connect"
    | "send";
}

RED.nodes.registerType<ControlProperties>("voice-live-control", {
  category: "voice live",
  color: "rgb(150, 176, 160)",
  icon: "voice-live-control.svg",
  align: "right",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    action: { value: "" },
  },
  paletteLabel() {
    return this._("voice-live-control.label.palette");
  },
  label() {
    if (this.name || !this.action)
      return this.name || this._("voice-live-control.label.palette");
    if (isEnvironmentReference(this.action)) return this.action;
    return this._(`voice-live-control.option.action.${this.action}`);
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-control.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
  },
});
