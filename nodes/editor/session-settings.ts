import { listFrom, numberOrText } from "./text-values";
import { valueAt, withValueAt, type Settings } from "./json-path";
import {
  chooseVariant,
  understands,
  VARIANTS,
  variantOf,
} from "./setting-variants";

/**
 * How a form control shows a setting: `words` are separated by commas, `lines` by line ends, a `flag` is `"true"`,
 * `"false"` or `""`, a `variant` is an object that comes in kinds.
 */
export type FieldKind =
  "text" | "number" | "words" | "lines" | "flag" | "variant";

/** What the control of a setting shows. An absent setting is always `""`. */
export function readField(
  settings: Settings,
  path: string,
  kind: FieldKind,
): string {
  const value = valueAt(settings, path);
  if (kind === "variant") return variantOf(path, value);
  if (path === "voice.name" && typeof settings.voice === "string")
    return settings.voice;
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join(kind === "lines" ? "\n" : ", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The settings after the user changed one control. `""` takes the setting out again; nothing else is touched. */
export function writeField(
  settings: Settings,
  path: string,
  kind: FieldKind,
  text: string,
): Settings {
  if (kind === "variant")
    return withValueAt(
      settings,
      path,
      chooseVariant(path, valueAt(settings, path), text),
    );
  return withValueAt(
    withVoiceObject(settings, path),
    path,
    parseField(kind, text),
  );
}

/** Whether the control of a setting makes sense beside the kinds chosen above it. */
export function isOffered(settings: Settings, path: string): boolean {
  const steps = path.split(".");
  return steps.every((member, depth) => {
    const parent = steps.slice(0, depth).join(".");
    if (!VARIANTS[parent]) return true;
    return understands(
      parent,
      variantOf(parent, valueAt(settings, parent)),
      member,
    );
  });
}

function parseField(kind: FieldKind, text: string): unknown {
  if (text.trim() === "") return undefined;
  if (kind === "number") return numberOrText(text);
  if (kind === "flag") return text === "true";
  if (kind === "words") return listFrom(text, /[,\n]/);
  if (kind === "lines") return listFrom(text, /\n/);
  return text;
}

/** A bare voice name becomes the object it stands for as soon as one of its members is edited. */
function withVoiceObject(settings: Settings, path: string): Settings {
  if (!path.startsWith("voice.") || typeof settings.voice !== "string")
    return settings;
  return { ...settings, voice: { type: "openai", name: settings.voice } };
}
