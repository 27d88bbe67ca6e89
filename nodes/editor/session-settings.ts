import { Drafts } from "./drafts";
import { isRecord, valueAt, withValueAt, type Settings } from "./json-path";
import type { FieldKind } from "./session-fields";
import { understands, VARIANTS, variantOf } from "./setting-variants";
import { readJson } from "./json-text";
import { listFrom, mapFrom, numberOrText } from "./text-values";
import { isEnvironmentReference } from "./validate";

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
  if (typeof value === "string") return value;
  if (kind === "map" && isRecord(value)) return showMap(value);
  if (LISTS.has(kind) && Array.isArray(value))
    return value.join(kind === "lines" ? "\n" : ", ");
  // Lists of tools, which have fields of their own.
  if (path === "require_approval") return "{}";
  // A forced function may be written as an object (protocol.md §7.1).
  if (path === "tool_choice" && isRecord(value)) return String(value.name);
  return JSON.stringify(value);
}

/**
 * The settings after the user changed one control. `""` takes the setting out again; nothing else is touched. What cannot be
 * read stays as it was typed, for the user to correct.
 */
export function writeField(
  settings: Settings,
  path: string,
  kind: FieldKind,
  text: string,
  drafts: Drafts = new Drafts(),
): Settings {
  if (text === readField(settings, path, kind)) return settings;
  if (kind === "variant")
    return withValueAt(
      settings,
      path,
      drafts.choose(path, valueAt(settings, path), text),
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

const FLAGS: ReadonlySet<string> = new Set(["true", "false"]);
const LISTS: ReadonlySet<FieldKind> = new Set(["words", "lines", "set"]);

function parseField(kind: FieldKind, text: string): unknown {
  if (text.trim() === "") return undefined;
  if (isEnvironmentReference(text)) return text.trim();
  if (kind === "number") return numberOrText(text);
  if (kind === "choice" && text === "{}") return {};
  if (kind === "flag" && FLAGS.has(text)) return text === "true";
  if (LISTS.has(kind)) return parseList(kind, text);
  if (kind === "map") return mapFrom(text) ?? text;
  if (kind === "json") return parseJson(text);
  return text;
}

/** Separators alone are no list. */
function parseList(kind: FieldKind, text: string): string[] | undefined {
  const list = listFrom(text, kind === "lines" ? /\n/ : /[,\n]/);
  return list.length > 0 ? list : undefined;
}

function parseJson(text: string): unknown {
  const reading = readJson(text, "any");
  // `null` sets nothing.
  return reading.ok ? (reading.value ?? undefined) : text;
}

function showMap(map: Settings): string {
  return Object.entries(map)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join("\n");
}

/** A bare voice name becomes the object it stands for as soon as one of its members is edited. */
function withVoiceObject(settings: Settings, path: string): Settings {
  if (!path.startsWith("voice.") || typeof settings.voice !== "string")
    return settings;
  return { ...settings, voice: { type: "openai", name: settings.voice } };
}
