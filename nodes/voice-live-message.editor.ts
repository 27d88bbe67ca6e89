import { tickOf } from "./editor/inputs";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface MessageProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  role: "user" | "system" | "assistant";
  respond: boolean;
  exact: boolean;
}

RED.nodes.registerType<MessageProperties>("voice-live-message", {
  category: "voice live",
  color: "rgb(160, 155, 205)",
  icon: "voice-live-message.svg",
  align: "right",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    role: { value: "user" },
    respond: { value: true },
    exact: { value: false },
  },
  paletteLabel() {
    return this._("voice-live-message.label.palette");
  },
  label() {
    return this.name || this._("voice-live-message.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-message.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
    const follow = () =>
      $("#dialog-form [data-when='composed']").toggle(
        tickOf("node-input-exact") !== true,
      );
    $("#node-input-exact").on("change", follow);
    follow();
  },
});
