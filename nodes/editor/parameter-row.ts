import {
  keptMembers,
  PARAMETER_TYPES,
  type ParameterRow,
  type ParameterType,
} from "./parameter-table";
import type { Problem, Translate } from "./validate";

export interface ParameterRowOptions {
  row: ParameterRow;
  translate: Translate;
  /** What is wrong with the row as it stands. */
  problem: () => Problem | undefined;
  onChange: (row: ParameterRow) => void;
  onRemove: () => void;
}

export interface ParameterRowView {
  readonly element: JQuery;
  mark(): void;
}

/** One parameter in the table, as a box: it has to fit into a narrow dialog. */
export function createParameterRow({
  row,
  translate,
  problem,
  onChange,
  onRemove,
}: ParameterRowOptions): ParameterRowView {
  const label = (name: string): string =>
    translate(`voice-live-function.label.${name}`);
  const field = (name: string, value: string): JQuery =>
    $("<input>", { type: "text", class: `voice-live-${name}` })
      .attr({ placeholder: label(name), "aria-label": label(name) })
      .val(value);
  const name = field("parameterName", row.name);
  const description = field("parameterDescription", row.description);
  const allowed = field("parameterAllowed", row.allowed);
  const type = typeSelect(row.type, translate);
  const required = $("<input>", { type: "checkbox" }).prop(
    "checked",
    row.isRequired,
  );
  const reason = $("<div>", { class: "voice-live-reason voice-live-wrong" });
  const element = $("<div>", { class: "voice-live-box" }).append(
    line(name, type, removeButton(label("removeParameter"), onRemove)),
    line(description),
    line(
      $("<label>", { class: "voice-live-check" }).append(
        required,
        document.createTextNode(label("parameterRequired")),
      ),
      allowed,
    ),
    keptNote(row, translate),
    reason,
  );
  element.on("input change", () =>
    onChange({
      name: String(name.val()),
      type: String(type.val()) as ParameterType, // the list has no others
      description: String(description.val()),
      isRequired: required.is(":checked"),
      allowed: String(allowed.val()),
      origin: row.origin,
    }),
  );
  const mark = (): void => {
    const found = problem();
    reason
      .text(found ? translate(found.key, found.values) : "")
      .toggle(found !== undefined);
    const isOfName = (found?.key ?? "").endsWith("Name");
    name.toggleClass("input-error", found !== undefined && isOfName);
    allowed.toggleClass("input-error", found !== undefined && !isOfName);
  };
  mark();
  return { element, mark };
}

function typeSelect(chosen: ParameterType, translate: Translate): JQuery {
  const select = $("<select>").attr(
    "aria-label",
    translate("voice-live-function.label.parameterType"),
  );
  for (const type of PARAMETER_TYPES)
    $("<option>", { value: type })
      .text(translate(`voice-live-function.option.type.${type}`))
      .appendTo(select);
  return select.val(chosen);
}

function removeButton(label: string, onRemove: () => void): JQuery {
  return $("<button>", {
    type: "button",
    class: "red-ui-button red-ui-button-small voice-live-remove",
  })
    .attr({ title: label, "aria-label": label })
    .append($("<i>", { class: "fa fa-trash" }))
    .on("click", onRemove);
}

function keptNote(row: ParameterRow, translate: Translate): JQuery {
  const members = keptMembers(row).join(", ");
  if (members === "") return $();
  return $("<div>", { class: "voice-live-hint" }).text(
    translate("voice-live-function.tip.kept", { members }),
  );
}

function line(...parts: readonly JQuery[]): JQuery {
  return $("<div>", { class: "voice-live-line" }).append(...parts);
}
