import { numberOrText } from "./text-values";

/** The text of a form control, by its id. */
export function textOf(id: string): string {
  return String($(`#${id}`).val() ?? "");
}

/** A property that is a number in the flow file; `${NAME}` stays text. */
export function numberOf(id: string): number {
  return numberOrText(textOf(id)) as number;
}

/**
 * Shows the rows whose `data-when` names the value of `id`, hides the others, and follows every change of the user's.
 * @returns to be called after the value was set by code
 */
export function showRowsFor(id: string, rows: JQuery): () => void {
  const follow = (): void => {
    rows.each((_index, row) => {
      const values = String($(row).data("when")).split(" ");
      $(row).toggle(values.includes(textOf(id)));
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

/** Sets a select, adding the value as an option of its own when the list does not have it. */
export function setChoice(select: JQuery, value: string): void {
  const isListed = select
    .find("option")
    .toArray()
    .some((option) => $(option).attr("value") === value);
  if (!isListed)
    $("<option>").attr("value", value).text(value).appendTo(select);
  select.val(value);
}
