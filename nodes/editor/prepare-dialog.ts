import type { EditorNodeInstance } from "node-red";
import { commonOption, setChoice } from "./inputs";
import { savedTick } from "./saved-values";
import { upgrade } from "./upgrade";
import { isEnvironmentReference } from "./validate";

interface EditedNode {
  readonly [property: string]: unknown;
  readonly _def: {
    readonly category: string;
    readonly defaults: Readonly<Record<string, { readonly type?: string }>>;
  };
}

/**
 * First of all in a dialog that opens: the node's properties in today's words, and selects and tick boxes that show them whatever they
 * are. Node-RED itself shows nothing for a choice that is not offered, ticks a box for any text, and saves what it shows.
 */
export function prepareDialog(node: EditorNodeInstance): void {
  upgrade(node);
  const { _def: definition, ...saved } = node as unknown as EditedNode;
  const prefix =
    definition.category === "config" ? "node-config-input" : "node-input";
  for (const [name, { type }] of Object.entries(definition.defaults)) {
    const control = $(`#${prefix}-${name}`);
    if (control.is("[type=checkbox]")) showTick(control, saved[name]);
    else if (!control.is("select")) continue;
    else if (type === undefined) showChoice(control, saved[name]);
    else showReference(control, saved[name]);
  }
}

function showChoice(select: JQuery, saved: unknown): void {
  if (typeof saved === "string" || typeof saved === "number")
    setChoice(select, String(saved));
}

/** Node-RED offers the config nodes that there are. */
function showReference(select: JQuery, saved: unknown): void {
  if (isEnvironmentReference(saved)) setChoice(select, String(saved));
}

/** A select takes the box's place and name, for yes, no, and the variable. */
function showTick(box: JQuery, saved: unknown): void {
  const tick = savedTick(saved);
  if (typeof tick === "boolean") return void box.prop("checked", tick);
  const select = $("<select>", { id: box.attr("id") });
  $("<option>", { value: "true" }).text(commonOption("yes")).appendTo(select);
  $("<option>", { value: "false" }).text(commonOption("no")).appendTo(select);
  box.replaceWith(select);
  setChoice(select, tick);
}
