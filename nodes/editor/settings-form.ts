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

export interface SettingsFormOptions {
  form: JQuery;
  settings: Settings;
  onChange: (settings: Settings) => void;
}

export function bindSettingsForm({
  form,
  settings,
  onChange,
}: SettingsFormOptions): SettingsForm {
  let current = settings;
  const controls = form.find("[data-setting]").toArray().map(toControl);

  const refresh = (except?: HTMLElement): void => {
    for (const control of controls) {
      if (control.element !== except)
        setChoiceOrText(
          control.element,
          readField(current, control.path, control.kind),
        );
      $(control.element)
        .closest(".form-row")
        .toggle(isOffered(current, control.path));
    }
  };

  for (const { element, path, kind } of controls) {
    $(element).on("input change", () => {
      const text = String($(element).val() ?? "");
      if (text === readField(current, path, kind)) return;
      current = writeField(current, path, kind, text);
      refresh(element);
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

interface Control {
  element: HTMLElement;
  path: string;
  kind: FieldKind;
}

function toControl(element: HTMLElement): Control {
  return {
    element,
    path: String($(element).data("setting")),
    kind: ($(element).data("kind") ?? "text") as FieldKind,
  };
}

function setChoiceOrText(element: HTMLElement, text: string): void {
  if (element.nodeName === "SELECT") setChoice($(element), text);
  else $(element).val(text);
}
