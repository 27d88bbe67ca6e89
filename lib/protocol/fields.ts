import type { Basic, Check } from "./field-kinds";
import { isJsonObject, type JsonObject } from "./json";
import { SHAPES } from "./shapes";

/** The first member that is not as it should be. */
export interface Fault {
  /** Such as `response.output[0].id`. */
  readonly path: string;
  /** Such as `a string`. */
  readonly expected: string;
  readonly isMissing: boolean;
}

/**
 * Finds the first member at fault, and sets absent indexes to 0.
 * @param path - where `object` itself stands, with a trailing dot; empty at the top
 */
export function findFault(
  object: JsonObject,
  checks: readonly Check[],
  path = "",
): Fault | undefined {
  for (const { member, kind, isOptional } of checks) {
    const value = object[member] ?? undefined;
    if (value === undefined && isOptional) continue;
    if (value === undefined && kind === "index") object[member] = 0;
    else {
      const found = findValueFault(value, kind, path + member);
      if (found) return found;
    }
  }
  return undefined;
}

function findValueFault(
  value: unknown,
  kind: string,
  path: string,
): Fault | undefined {
  if (kind.endsWith("[]")) return findListFault(value, kind.slice(0, -2), path);
  const shape = SHAPES.get(kind);
  if (!shape)
    return isBasic(value, kind)
      ? undefined
      : fault(value, path, EXPECTED.get(kind) ?? kind);
  if (!isJsonObject(value)) return fault(value, path, "an object");
  const byType = shape.byType.get(value.type);
  return (
    findFault(value, shape.checks, `${path}.`) ??
    (byType && findFault(value, byType, `${path}.`))
  );
}

function findListFault(
  value: unknown,
  kind: string,
  path: string,
): Fault | undefined {
  if (!Array.isArray(value)) return fault(value, path, "a list");
  for (const [index, entry] of value.entries()) {
    const found = findValueFault(entry, kind, `${path}[${index}]`);
    if (found) return found;
  }
  return undefined;
}

function fault(value: unknown, path: string, expected: string): Fault {
  return { path, expected, isMissing: value === undefined };
}

const expectations: Readonly<Record<Basic, string>> = {
  string: "a string",
  id: "a string of up to 256 characters",
  number: "a finite number",
  integer: "a whole number",
  index: "a whole number from 0",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  frames: "a list or a string",
  any: "present",
};
const EXPECTED = new Map(Object.entries(expectations));

const MAX_ID_LENGTH = 256;

function isBasic(value: unknown, kind: string): boolean {
  switch (kind) {
    case "id":
      return typeof value === "string" && value.length <= MAX_ID_LENGTH;
    case "number":
      return Number.isFinite(value);
    case "integer":
      return Number.isInteger(value);
    case "index":
      return Number.isInteger(value) && Number(value) >= 0;
    case "object":
      return isJsonObject(value);
    case "array":
      return Array.isArray(value);
    case "frames":
      return Array.isArray(value) || typeof value === "string";
    case "any":
      return value !== undefined;
    default:
      return typeof value === kind;
  }
}
