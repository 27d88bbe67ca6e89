import { jsonFaultAt } from "./json-fault";

/** The outcome of reading JSON that a user types. */
export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

export type JsonShape = "object" | "array" | "any";

/**
 * Reads JSON of one shape; an empty text stands for the empty value of that shape.
 * @returns the value, or what is wrong and where
 */
export function readJson(text: string, shape: JsonShape): JsonReading {
  if (text.trim() === "")
    return { ok: true, value: shape === "array" ? [] : {} };
  try {
    const value: unknown = JSON.parse(text);
    return hasShape(value, shape)
      ? { ok: true, value }
      : { ok: false, problem: shape === "array" ? "[ … ]" : "{ … }" };
  } catch {
    return { ok: false, problem: describeFault(text) };
  }
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Browsers word this in their own ways, and not all tell where: `3:14 }` is line, column and what stands there. */
function describeFault(text: string): string {
  const before = text.slice(0, jsonFaultAt(text));
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  const found = /^\s*(\S{1,12})/.exec(text.slice(before.length))?.[1] ?? "⏎";
  return `${line}:${column} ${found}`;
}

function hasShape(value: unknown, shape: JsonShape): boolean {
  if (shape === "any") return true;
  if (shape === "array") return Array.isArray(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
