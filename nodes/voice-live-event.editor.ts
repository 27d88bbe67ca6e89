import { prepareDialog } from "./editor/prepare-dialog";
import type { EditorNodeProperties } from "node-red";

interface EventProperties extends EditorNodeProperties {
  version?: number;
  session: string;
  kinds: string[];
  raw: boolean;
}

RED.nodes.registerType<EventProperties>("voice-live-event", {
  category: "voice live",
  color: "rgb(150, 176, 160)",
  icon: "voice-live-event.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    session: { value: "", type: "voice-live-session", required: true },
    kinds: {
      value: [
        "connected",
        "ready",
        "updated",
        "turn",
        "usage",
        "approval",
        "warning",
        "error",
        "silence",
        "renewed",
        "history",
        "closed",
      ],
    },
    raw: { value: false },
  },
  paletteLabel() {
    return this._("voice-live-event.label.palette");
  },
  label() {
    return this.name || this._("voice-live-event.label.palette");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  outputLabels() {
    return this._("voice-live-event.label.output");
  },
  oneditprepare() {
    prepareDialog(this);
    eventBoxes().each((_index, box) => {
      $(box).prop("checked", this.kinds.includes(kindOf(box)));
    });
  },
  oneditsave() {
    const boxes = eventBoxes().toArray();
    const offered = boxes.map(kindOf);
    const foreign = this.kinds.filter((kind) => !offered.includes(kind));
    this.kinds = [
      ...boxes.filter((box) => $(box).prop("checked")).map(kindOf),
      ...foreign,
    ];
  },
});

function eventBoxes(): JQuery {
  return $("#dialog-form input[data-event]");
}

function kindOf(box: HTMLElement): string {
  return String($(box).data("event"));
}
