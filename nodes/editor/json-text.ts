/** The outcome of reading JSON that a user types. */
export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads JSON of one shape; an empty text stands for the empty value of that shape. */
export function readJson(text: string, shape: "object" | "array"): JsonReading {
  if (text.trim() === "")
    return { ok: true, value: shape === "array" ? [] : {} };
  try {
    const value: unknown = JSON.parse(text);
    return hasShape(value, shape)
      ? { ok: true, value }
      : { ok: false, problem: shape === "array" ? "[ … ]" : "{ … }" };
  } catch (error) {
    return {
      ok: false,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function hasShape(value: unknown, shape: "object" | "array"): boolean {
  if (shape === "array") return Array.isArray(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
