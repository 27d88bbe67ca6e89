import {
  FLAG_SETTINGS,
  JSON_SETTINGS,
  LIST_SETTINGS,
  NUMBER_SETTINGS,
} from "../../lib/protocol/setting-types";
import { unsetVariable } from "./config-values";
import { isRecord } from "./messages";

/**
 * Node-RED puts the value of a variable in the place of `${NAME}`; where the reference is still there, nothing is set.
 * @param value - a property of a node, of any depth
 * @param path - where it stands, for the message
 * @throws VoiceLiveError that names the variable and the first place that needs it
 */
export function refuseUnsetVariables(value: unknown, path: string): void {
  if (typeof value === "string") return refuseReference(value, path);
  if (Array.isArray(value)) {
    value.forEach((member, index) =>
      refuseUnsetVariables(member, `${path}[${index}]`),
    );
    return;
  }
  if (!isRecord(value)) return;
  for (const [name, member] of Object.entries(value))
    refuseUnsetVariables(member, path === "" ? name : `${path}.${name}`);
}

function refuseReference(text: string, path: string): void {
  const variable = /^\s*\$\{([^}\s]+)\}\s*$/.exec(text)?.[1];
  if (variable === undefined) return;
  throw unsetVariable(variable, path);
}

type Read = (text: string) => unknown;

/** Paths whose values are no text, and how text is read there; what cannot be read is left to the service to judge. */
const READERS: readonly (readonly [readonly string[], Read])[] = [
  [NUMBER_SETTINGS, (text) => (isNumber(text) ? Number(text) : text)],
  [FLAG_SETTINGS, (text) => ({ true: true, false: false })[text] ?? text],
  [
    LIST_SETTINGS,
    (text) =>
      text
        .split(/[,\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== ""),
  ],
  [JSON_SETTINGS, readJson],
];

/** Settings as the service wants them: the values of variables are text, and are read by the type of their setting. */
export function withTypes(
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const typed = structuredClone(settings) as Record<string, unknown>;
  for (const [paths, read] of READERS)
    for (const path of paths) readAt(typed, path.split("."), read);
  return typed;
}

function readAt(
  parent: Record<string, unknown>,
  [step = "", ...rest]: readonly string[],
  read: Read,
): void {
  const value = parent[step];
  if (rest.length > 0) {
    if (isRecord(value)) readAt(value, rest, read);
  } else if (typeof value === "string") parent[step] = read(value);
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
