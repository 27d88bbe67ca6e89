import { Drafts } from "./drafts";
import type { Surroundings } from "./field-needs";
import { buildRows, type FieldRow } from "./field-rows";
import { setChoice } from "./inputs";
import type { Settings } from "./json-path";
import { readField, writeField } from "./session-settings";
import type { Translate } from "./validate";

/**
 * The forms of all tabs and one settings object. A control writes only when the user changes it, so what is never touched never
 * appears in the flow file.
 */
export interface SettingsForm {
  /** Shows settings that changed elsewhere. */
  show(settings: Settings): void;
  /** The model, the kind of agent or the api-version changed. */
  refresh(): void;
}

/** A control whose text is worked out from the settings; its row shows only where it makes sense. */
export interface SettingControl {
  readonly element: JQuery;
  read(settings: Settings): string;
  write(settings: Settings, text: string): Settings;
  isOffered(settings: Settings): boolean;
}

export interface SettingsFormOptions {
  form: JQuery;
  settings: Settings;
  /** Controls that stand for more, or less, than one setting. */
  composed: readonly SettingControl[];
  surroundings: () => Surroundings;
  translate: Translate;
  onChange: (settings: Settings) => void;
}

export function bindSettingsForm({
  form,
  settings,
  composed,
  surroundings,
  translate,
  onChange,
}: SettingsFormOptions): SettingsForm {
  let current = settings;
  const drafts = new Drafts();
  const rows = buildRows(form, translate);

  const refresh = (except?: JQuery): void => {
    const around = surroundings();
    for (const row of rows) showRow(row, current, around, except);
    for (const control of composed) {
      if (control.element !== except)
        setChoice(control.element, control.read(current));
      control.element.closest(".form-row").toggle(control.isOffered(current));
    }
  };
  const change = (next: Settings, edited: JQuery): void => {
    if (next === current) return;
    current = next;
    refresh(edited);
    onChange(current);
  };

  for (const { field, control } of rows)
    control.elements.on("input change", () => {
      const { path, kind } = field;
      const next = writeField(current, path, kind, control.text(), drafts);
      change(next, control.elements);
    });
  for (const control of composed)
    control.element.on("input change", () => {
      const text = String(control.element.val() ?? "");
      if (text !== control.read(current))
        change(control.write(current, text), control.element);
    });
  refresh();

  return {
    show(next) {
      current = next;
      refresh();
    },
    refresh,
  };
}

function showRow(
  row: FieldRow,
  settings: Settings,
  around: Surroundings,
  except: JQuery | undefined,
): void {
  const { field, control } = row;
  if (control.elements !== except)
    control.show(readField(settings, field.path, field.kind));
  control.picker?.offer(readField(settings, "voice", "variant"));
  row.mark(settings, around);
}
