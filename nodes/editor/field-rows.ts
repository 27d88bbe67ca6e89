import {
  createControl,
  optionText,
  textOr,
  type FieldControl,
} from "./field-controls";
import { isMet, type Surroundings } from "./field-needs";
import { problemOf, serviceGap, unmetNeed } from "./field-problems";
import type { Settings } from "./json-path";
import { isLeftOut } from "./service-gaps";
import {
  keyOf,
  SECTIONS,
  type SectionName,
  type SessionField,
} from "./session-fields";
import { isOffered, readField } from "./session-settings";
import type { Translate } from "./validate";

/** One row of the form: label, control, hint, and a line that says what is wrong or why it cannot be used. */
export interface FieldRow {
  readonly field: SessionField;
  readonly control: FieldControl;
  /** Shows whether, and how well, the setting goes with the others. */
  mark(settings: Settings, around: Surroundings): void;
}

const CATALOG = "voice-live-session";

/** Builds the rows of every section that the template has a place for. */
export function buildRows(form: JQuery, translate: Translate): FieldRow[] {
  return form
    .find("[data-fields]")
    .toArray()
    .flatMap((place) => {
      const section = String($(place).data("fields")) as SectionName;
      return (SECTIONS[section] as readonly SessionField[]).map((field) =>
        buildRow($(place), field, translate),
      );
    });
}

function buildRow(
  place: JQuery,
  field: SessionField,
  translate: Translate,
): FieldRow {
  const control = createControl(field, translate);
  const row = $("<div>", {
    class: "form-row voice-live-field",
    "data-setting": field.path,
  });
  const key = keyOf(field.path);
  const tip = textOr(translate, `${CATALOG}.tip.${key}`, "");
  const reasonId = `${control.input.attr("id")}-reason`;
  const reason = $("<div>", { class: "voice-live-reason", id: reasonId });
  control.input.attr("aria-describedby", reasonId);
  // The space is what the template has between a label and its control.
  row.append(labelOf(field, control, translate), " ", control.elements);
  if (tip) $("<div>", { class: "voice-live-hint" }).text(tip).appendTo(row);
  row.append(reason).appendTo(place);
  return {
    field,
    control,
    mark(settings, around) {
      row.toggle(isOffered(settings, field.path));
      markOptions(field, control, settings, around, translate);
      const text = readField(settings, field.path, field.kind);
      const need = unmetNeed(field, settings, around);
      const problem = problemOf(field, settings);
      const gap = serviceGap(field, settings, around);
      const said = problem ?? need ?? gap;
      const isWrong = problem !== undefined || (need && text !== "") === true;
      reason
        .text(said ? translate(said.key, said.values) : "")
        .toggle(said !== undefined)
        .toggleClass("voice-live-wrong", isWrong);
      control.input
        .toggleClass("input-error", isWrong)
        .attr("aria-invalid", String(isWrong));
      // What is set can still be taken out.
      const isUseless = (need ?? gap) !== undefined && text === "";
      row.toggleClass("voice-live-useless", isUseless);
      row.find("input, select, textarea").prop("disabled", isUseless);
    },
  };
}

function labelOf(
  { path, icon }: SessionField,
  { input }: FieldControl,
  translate: Translate,
): JQuery {
  return $("<label>", { for: input.attr("id") }).append(
    $("<i>", { class: `fa fa-${icon}` }),
    document.createTextNode(" "),
    $("<span>").text(translate(`${CATALOG}.label.${keyOf(path)}`)),
  );
}

/** Options that this model or version does not know say so, and cannot be chosen; those that the service leaves out say so. */
function markOptions(
  field: SessionField,
  { input }: FieldControl,
  settings: Settings,
  around: Surroundings,
  translate: Translate,
): void {
  if (field.kind !== "variant" && field.kind !== "choice") return;
  for (const value of field.options ?? []) {
    const need = field.optionNeeds?.[value];
    const isUsable = need === undefined || isMet(need, around, settings);
    const gap =
      around.dialect !== undefined && isLeftOut(field, value, around.dialect)
        ? "openai"
        : undefined;
    const reason = isUsable ? gap : need;
    // Of the chosen one the line below the select says so.
    const isPlain = reason === undefined || input.val() === value;
    const name = optionText(field, value, translate);
    input
      .find("option")
      .filter((_index, option) => $(option).attr("value") === value)
      .prop("disabled", !isUsable)
      .text(
        isPlain ? name : `${name} – ${translate(`${CATALOG}.need.${reason}`)}`,
      );
  }
}
