import { isJsonObject, type JsonObject } from "./json-object";
import { invalidValue } from "./request-fault";

/**
 * Looks at one value.
 * @param param - where it stands, for the error
 * @throws RequestFault when the service would refuse it
 */
export type Check = (value: unknown, param: string) => void;

export function isString(value: unknown, param: string): void {
  if (typeof value !== "string") throw invalidValue(param, "a string", value);
}

export function isBoolean(value: unknown, param: string): void {
  if (typeof value !== "boolean") throw invalidValue(param, "a boolean", value);
}

export function oneOf(values: readonly unknown[]): Check {
  return (value, param) => {
    if (!values.includes(value))
      throw invalidValue(param, values.join(", "), value);
  };
}

export function between(low: number, high: number): Check {
  return (value, param) => {
    const isInside = typeof value === "number" && value >= low && value <= high;
    if (!isInside)
      throw invalidValue(param, `a number from ${low} to ${high}`, value);
  };
}

export function listOf(check: Check): Check {
  return (value, param) => {
    if (!Array.isArray(value)) throw invalidValue(param, "an array", value);
    value.forEach((member, index) => check(member, `${param}[${index}]`));
  };
}

export function hasType(types: readonly string[]): Check {
  return (value, param) =>
    oneOf(types)(membersOf(value, param)["type"], `${param}.type`);
}

/** Optional members: absent and null are fine. */
export function checkMembers(
  members: JsonObject,
  param: string,
  checks: Readonly<Record<string, Check>>,
): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = members[name];
    if (value !== undefined && value !== null) check(value, `${param}.${name}`);
  }
}

export function membersOf(value: unknown, param: string): JsonObject {
  if (!isJsonObject(value)) throw invalidValue(param, "an object", value);
  return value;
}

/** An object whose members are all texts. */
export function isTextMap(value: unknown, param: string): void {
  for (const [name, text] of Object.entries(membersOf(value, param)))
    isString(text, `${param}.${name}`);
}
