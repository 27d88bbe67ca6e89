import { numberOf } from "./editor/inputs";
import { prepareDialog } from "./editor/prepare-dialog";
import { numberBetween } from "./editor/validate";
import type { EditorNodeProperties } from "node-red";

interface RecordProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  active: boolean;
  folder: string;
  what: "both" | "wav" | "transcript";
  fileMinutes: number;
  maxRecordings: number;
  maxMegabytes: number;
  whenFull: "delete" | "stop";
}

RED.nodes.registerType<RecordProperties>("voice-live-record", {
  category: "voice live",
  color: "rgb(160, 155, 205)",
  icon: "voice-live-record.svg",
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    active: { value: false },
    what: { value: "both" },
    folder: { value: "" },
    fileMinutes: {
      value: 60,
      validate: numberBetween(1, 600, "voice-live-record.error.fileMinutes"),
    },
    maxRecordings: {
      value: 100,
      validate: numberBetween(
        1,
        100_000,
        "voice-live-record.error.maxRecordings",
      ),
    },
    maxMegabytes: {
      value: 1000,
      validate: numberBetween(
        1,
        1_000_000,
        "voice-live-record.error.maxMegabytes",
      ),
    },
    whenFull: { value: "delete" },
  },
  paletteLabel() {
    return this._("voice-live-record.label.palette");
  },
  label() {
    return this.name || this._("voice-live-record.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("voice-live-record.label.input");
  },
  oneditprepare() {
    prepareDialog(this);
  },
  oneditsave() {
    this.fileMinutes = numberOf("node-input-fileMinutes");
    this.maxRecordings = numberOf("node-input-maxRecordings");
    this.maxMegabytes = numberOf("node-input-maxMegabytes");
  },
});
