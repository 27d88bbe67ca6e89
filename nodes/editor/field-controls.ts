import { setChoice } from "./inputs";
import { keyOf, type SessionField } from "./session-fields";
import { isEnvironmentReference, type Translate } from "./validate";
import { createVoicePicker, type VoicePicker } from "./voice-picker";

/** What a user edits a setting with; its text is what `readField` and `writeField` mean. */
export interface FieldControl {
  /** Everything between the label and the hints. */
  readonly elements: JQuery;
  /** What is marked when the text is wrong. */
  readonly input: JQuery;
  readonly picker?: VoicePicker;
  text(): string;
  show(text: string): void;
}

const CATALOG = "voice-live-session";
/** Choice of a select that opens a field for the name of a variable. */
const ENVIRONMENT = "${}";
const TEXT_ROWS: Readonly<Partial<Record<SessionField["kind"], number>>> = {
  area: 4,
  lines: 3,
  map: 3,
  json: 3,
};

/** @param scope - makes the ids of fields unique that come more than once */
export function createControl(
  field: SessionField,
  translate: Translate,
  scope = "",
): FieldControl {
  const id = `voice-live-setting-${scope}${keyOf(field.path)}`;
  if (field.kind === "set") return createSet(id, field, translate);
  return ["flag", "choice", "variant"].includes(field.kind)
    ? createSelect(id, field, translate)
    : createText(id, field, translate);
}

/** The text of a key, or `fallback` where the catalog has none. */
export function textOr(
  translate: Translate,
  key: string,
  fallback: string,
): string {
  const text = translate(key);
  return text === key || text === "" ? fallback : text;
}

/** What an option of a field is called; names of models and formats stand for themselves. */
export function optionText(
  { path }: SessionField,
  value: string,
  translate: Translate,
): string {
  const key = `${CATALOG}.option.${keyOf(path)}.${keyOf(value)}`;
  return textOr(translate, key, value);
}

function createText(
  id: string,
  field: SessionField,
  translate: Translate,
): FieldControl {
  const rows = TEXT_ROWS[field.kind];
  const input = rows
    ? $("<textarea>", { id, rows })
    : $("<input>", { id, type: "text" });
  const fallback = field.fallback ?? "";
  input.attr(
    "placeholder",
    textOr(translate, `${CATALOG}.placeholder.${keyOf(field.path)}`, fallback),
  );
  let elements = input;
  if (field.kind === "number")
    input.addClass("voice-live-number").attr("inputmode", "decimal");
  if (field.options) {
    input.attr("list", `${id}-list`);
    const list = $("<datalist>", { id: `${id}-list` });
    elements = input.add(list);
  }
  if (field.unit)
    elements = elements.add(
      $("<span>", { class: "voice-live-unit" }).text(
        translate(`${CATALOG}.unit.${field.unit}`),
      ),
    );
  // The list has to be in the page before it can be filled by its id, and the picker's beside its input.
  const box = $("<span>", { class: "voice-live-control" }).append(elements);
  for (const option of field.options ?? [])
    $("<option>", { value: option }).appendTo(box.find("datalist"));
  const picker =
    field.kind === "voice"
      ? createVoicePicker(input, translate(`${CATALOG}.tip.noVoice`))
      : undefined;
  return {
    elements: box,
    input,
    picker,
    text: () => String(input.val() ?? ""),
    show: (text) => void input.val(text),
  };
}

function createSelect(
  id: string,
  field: SessionField,
  translate: Translate,
): FieldControl {
  const select = $("<select>", { id });
  for (const [value, text] of choicesOf(field, translate))
    $("<option>", { value }).text(text).appendTo(select);
  const variable = $("<input>", {
    type: "text",
    id: `${id}-variable`,
    class: "voice-live-variable",
    placeholder: "${NAME}",
    "aria-label": translate(`${CATALOG}.option.environment`),
  }).hide();
  const follow = (): void => void variable.toggle(select.val() === ENVIRONMENT);
  select.on("change", follow);
  return {
    elements: $("<span>", { class: "voice-live-control" }).append(
      select,
      variable,
    ),
    input: select,
    text: () =>
      String((select.val() === ENVIRONMENT ? variable : select).val() ?? ""),
    show(text) {
      const isVariable = isEnvironmentReference(text);
      if (isVariable) variable.val(text);
      setChoice(select, isVariable ? ENVIRONMENT : text);
      follow();
    },
  };
}

function choicesOf(
  field: SessionField,
  translate: Translate,
): (readonly [value: string, text: string])[] {
  const option = (name: string): string => `${CATALOG}.option.${name}`;
  const own = `${option(keyOf(field.path))}.`;
  const values =
    field.kind === "flag" ? ["true", "false"] : (field.options ?? []);
  const named = values.map((value) => {
    const text =
      field.kind === "flag"
        ? translate(option(value === "true" ? "yes" : "no"))
        : optionText(field, value, translate);
    return [value, text] as const;
  });
  const isDefault = named.find(([value]) => value === field.fallback)?.[1];
  const unset = field.isRequired ? "choose" : "default";
  const nothing = isDefault
    ? translate(option("defaultIs"), { value: isDefault })
    : translate(option(unset));
  const off = textOr(translate, `${own}off`, translate(option("off")));
  return [
    ["", textOr(translate, `${own}unset`, nothing)],
    ...named,
    ...(field.canBeOff ? [["null", off] as const] : []),
    [ENVIRONMENT, translate(option("environment"))],
  ];
}

function createSet(
  id: string,
  field: SessionField,
  translate: Translate,
): FieldControl {
  const box = $("<span>", {
    class: "voice-live-control voice-live-kinds",
    id,
  });
  for (const value of field.options ?? []) {
    const tick = $("<input>", { type: "checkbox", "data-value": value });
    $("<label>")
      .append(
        tick,
        document.createTextNode(optionText(field, value, translate)),
      )
      .appendTo(box);
  }
  const ticks = (): JQuery => box.find("input");
  // Values that we do not know have no box, and stay.
  let others: string[] = [];
  return {
    elements: box,
    input: box,
    text: () =>
      [
        ...ticks()
          .filter(":checked")
          .toArray()
          .map((tick) => String($(tick).data("value"))),
        ...others,
      ].join(", "),
    show(text) {
      const chosen = text.split(", ").filter((value) => value !== "");
      const known = field.options ?? [];
      others = chosen.filter((value) => !known.includes(value));
      ticks().each((_index, tick) => {
        $(tick).prop("checked", chosen.includes(String($(tick).data("value"))));
      });
    },
  };
}
