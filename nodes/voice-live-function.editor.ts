import { numberOf } from "./editor/inputs";
import { reportUnusedJson } from "./editor/json-panel";
import {
  createParameterPanel,
  type ParameterPanel,
} from "./editor/parameter-panel";
import { explained, numberBetween } from "./editor/validate";
import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface FunctionProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  functionName: string;
  description: string;
  parameters: object;
  timeoutMs: number;
  confirm: boolean;
  sayText: string;
  sayAfterMs: number;
  late: string;
}

/** What the service accepts as the name of a tool (protocol.md §8.3). */
const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MIN_EDITOR_HEIGHT = 160;
/** Room for the label above the editor and the form's padding. */
const EDITOR_MARGIN = 70;

let parameters: ParameterPanel | undefined;

RED.nodes.registerType<FunctionProperties>("voice-live-function", {
  category: "voice live",
  color: "rgb(160, 155, 205)",
  icon: "voice-live-function.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    functionName: {
      value: "",
      required: true,
      validate: explained((value) =>
        FUNCTION_NAME.test(String(value))
          ? undefined
          : "voice-live-function.error.functionName",
      ),
    },
    description: { value: "" },
    parameters: { value: { type: "object", properties: {} } },
    timeoutMs: {
      value: 30000,
      validate: numberBetween(
        0,
        3_600_000,
        "voice-live-function.error.timeoutMs",
      ),
    },
    confirm: { value: false },
    sayText: { value: "" },
    sayAfterMs: {
      value: 1500,
      validate: numberBetween(
        0,
        3_600_000,
        "voice-live-function.error.sayAfterMs",
      ),
    },
    late: { value: "report" },
  },
  paletteLabel() {
    return this._("voice-live-function.label.palette");
  },
  label() {
    return (
      this.name ||
      this.functionName ||
      this._("voice-live-function.label.palette")
    );
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels() {
    return this._("voice-live-function.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
    parameters = createParameterPanel({
      form: $("#dialog-form"),
      value: this.parameters,
      translate: (key, values) => this._(key, values),
    });
  },
  oneditsave() {
    this.timeoutMs = numberOf("node-input-timeoutMs");
    this.sayAfterMs = numberOf("node-input-sayAfterMs");
    const reading = parameters?.read();
    if (reading?.ok) this.parameters = reading.value as object;
    else reportUnusedJson(this._("voice-live-function.error.parameters"));
    const count = parameters?.leftOut() ?? 0;
    if (count > 0)
      reportUnusedJson(this._("voice-live-function.error.leftOut", { count }));
    parameters?.destroy();
  },
  oneditcancel() {
    parameters?.destroy();
  },
  oneditresize(size) {
    const others = $("#dialog-form .form-row:not(:has(.voice-live-editor))");
    const used = others
      .toArray()
      .reduce((sum, row) => sum + ($(row).outerHeight(true) ?? 0), 0);
    parameters?.resize(
      Math.max(MIN_EDITOR_HEIGHT, size.height - used - EDITOR_MARGIN),
    );
  },
});
