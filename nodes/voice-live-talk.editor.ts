import { numberOf, showRowsFor } from "./editor/inputs";
import { isTalkOrigin, isTalkPath } from "./editor/talk-page";
import { prepareDialog } from "./editor/prepare-dialog";
import { explained, numberBetween } from "./editor/validate";
import type { EditorNodeProperties } from "node-red";

interface TalkProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  path: string;
  title: string;
  access: "off" | "loopback" | "password" | "ticket" | "custom";
  origins: string;
  maxPages: number;
  maxPagesPerAddress: number;
}

interface TalkCredentials {
  password: string;
  ticketSecret: string;
}

RED.nodes.registerType<TalkProperties, TalkCredentials>("voice-live-talk", {
  category: "voice live",
  color: "rgb(166, 187, 207)",
  icon: "voice-live-talk.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    path: {
      value: "talk",
      validate: explained((value) =>
        isTalkPath(value) ? undefined : "voice-live-talk.error.path",
      ),
    },
    title: { value: "" },
    access: { value: "off" },
    origins: {
      value: "",
      validate: explained((value) =>
        isTalkOrigin(value) ? undefined : "voice-live-talk.error.origins",
      ),
    },
    maxPages: {
      value: 20,
      validate: numberBetween(1, 1000, "voice-live-talk.error.maxPages"),
    },
    maxPagesPerAddress: {
      value: 5,
      validate: numberBetween(
        1,
        1000,
        "voice-live-talk.error.maxPagesPerAddress",
      ),
    },
  },
  credentials: {
    password: { type: "password" },
    ticketSecret: { type: "password" },
  },
  paletteLabel() {
    return this._("voice-live-talk.label.palette");
  },
  label() {
    return this.name || this._("voice-live-talk.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-talk.label.input");
  },
  outputLabels(index) {
    return this._(`voice-live-talk.label.output.${index + 1}`);
  },
  oneditprepare() {
    prepareDialog(this);
    showRowsFor("node-input-access", $("#dialog-form [data-when]"));
  },
  oneditsave() {
    this.maxPages = numberOf("node-input-maxPages");
    this.maxPagesPerAddress = numberOf("node-input-maxPagesPerAddress");
  },
});
