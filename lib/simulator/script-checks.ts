import { isJsonObject, type JsonObject } from "./json-object";

/** @returns what was expected, when `value` is not that */
export type Check = (value: unknown) => string | undefined;

/** @returns the first member that has no check or does not pass it, with what was expected */
export function findMemberFault(
  object: JsonObject,
  checks: Readonly<Record<string, Check>>,
  at: string,
): string | undefined {
  for (const [name, value] of Object.entries(object)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) {
      const known = Object.keys(checks).join(", ") || "nothing beside it";
      return `\`${at}.${name}\` is unknown, expected one of ${known}`;
    }
    const expected = check(value);
    if (expected) return `\`${at}.${name}\` must be ${expected}`;
  }
  return undefined;
}

export function anObject(value: unknown): string | undefined {
  return isJsonObject(value) ? undefined : "an object";
}

export function aList(value: unknown): string | undefined {
  return Array.isArray(value) ? undefined : "a list";
}

export function regularExpression(value: unknown): string | undefined {
  if (typeof value !== "string") return "a regular expression";
  try {
    void new RegExp(value, "iu");
    return undefined;
  } catch (error) {
    return `a regular expression: ${String(error)}`;
  }
}

export function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

export function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isName);
}

export function milliseconds(value: unknown): string | undefined {
  return typeof value === "number" && value >= 0 ? undefined : "milliseconds";
}

export function justTrue(value: unknown): string | undefined {
  return value === true ? undefined : "true";
}

/** The codes that may be sent in a close frame. RFC 6455 §7.4 */
export function closeCode(value: unknown): string | undefined {
  const code = Number.isInteger(value) ? Number(value) : 0;
  const isCode =
    (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
    (code >= 3000 && code <= 4999);
  return isCode
    ? undefined
    : "a close code: 1000 to 1014 except 1004 to 1006, or 3000 to 4999";
}
