import { numberOrText } from "./text-values";
import { isEnvironmentReference } from "./validate";

/** Words that several dialogs share stand in one catalog. */
const OPTION =
  "@voicewire/node-red-voice-live/voice-live:voice-live-session.option";

/** The text of a form control, by its id. */
export function textOf(id: string): string {
  return String($(`#${id}`).val() ?? "");
}

/** A property that is a number in the flow file; `${NAME}` stays text. */
export function numberOf(id: string): number {
  return numberOrText(textOf(id)) as number;
}

/** What a tick box says, or the select that stands in its place: there it may be `${NAME}`. */
export function tickOf(id: string): boolean | string {
  const control = $(`#${id}`);
  if (!control.is("select")) return control.prop("checked") === true;
  const chosen = textOf(id);
  return isEnvironmentReference(chosen) ? chosen : chosen === "true";
}

/**
 * Shows the rows whose `data-when` names the value of `id`, hides the others, and follows every change of the user's. All show where
 * an environment variable will say which count.
 * @returns to be called after the value was set by code
 */
export function showRowsFor(id: string, rows: JQuery): () => void {
  const follow = (): void => {
    rows.each((_index, row) => {
      const values = String($(row).data("when")).split(" ");
      const value = textOf(id);
      $(row).toggle(isEnvironmentReference(value) || values.includes(value));
    });
  };
  $(`#${id}`).on("change", follow);
  follow();
  return follow;
}

/** Fills a `<datalist>` with names that may be chosen; the input beside it stays free text. */
export function fillSuggestions(id: string, names: readonly string[]): void {
  const list = $(`#${id}`).empty();
  for (const name of names) $("<option>").attr("value", name).appendTo(list);
}

/** Sets a select; a value that its list does not have becomes an option of its own, which says so. */
export function setChoice(select: JQuery, value: string): void {
  const listed = select
    .find("option")
    .toArray()
    .map((option) => String($(option).attr("value")));
  if (value !== "" && !listed.includes(value))
    $("<option>")
      .attr("value", value)
      .text(`${value} – ${commonOption(remarkOn(value))}`)
      .appendTo(select);
  select.val(value);
}

function remarkOn(value: string): "fromVariable" | "unlisted" {
  return isEnvironmentReference(value) ? "fromVariable" : "unlisted";
}

export function commonOption(
  name: "yes" | "no" | "fromVariable" | "unlisted",
): string {
  return RED._(`${OPTION}.${name}`);
}
