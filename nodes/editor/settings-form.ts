import { setChoice } from "./inputs";
import type { Settings } from "./json-path";
import {
  isOffered,
  readField,
  writeField,
  type FieldKind,
} from "./session-settings";

/**
 * Ties every control with a `data-setting` path to one settings object. A control writes only when the user changes it, so
 * what is never touched never appears in the flow file.
 */
export interface SettingsForm {
  /** Shows settings that changed elsewhere. */
  show(settings: Settings): void;
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
  onChange: (settings: Settings) => void;
}

export function bindSettingsForm({
  form,
  settings,
  composed,
  onChange,
}: SettingsFormOptions): SettingsForm {
  let current = settings;
  const controls = [
    ...form
      .find("[data-setting]")
      .toArray()
      .map((element) => toControl($(element))),
    ...composed,
  ];

  const refresh = (except?: SettingControl): void => {
    for (const control of controls) {
      if (control !== except)
        setChoiceOrText(control.element, control.read(current));
      control.element.closest(".form-row").toggle(control.isOffered(current));
    }
  };

  for (const control of controls) {
    control.element.on("input change", () => {
      const text = String(control.element.val() ?? "");
      if (text === control.read(current)) return;
      current = control.write(current, text);
      refresh(control);
      onChange(current);
    });
  }
  refresh();

  return {
    show(next) {
      current = next;
      refresh();
    },
  };
}

function toControl(element: JQuery): SettingControl {
  const path = String(element.data("setting"));
  const kind = (element.data("kind") ?? "text") as FieldKind;
  return {
    element,
    read: (settings) => readField(settings, path, kind),
    write: (settings, text) => writeField(settings, path, kind, text),
    isOffered: (settings) => isOffered(settings, path),
  };
}

function setChoiceOrText(element: JQuery, text: string): void {
  if (element.is("select")) setChoice(element, text);
  else element.val(text);
}
