/** A JSON object whose members nobody has looked at. */
export type JsonObject = { [member: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Real frames stay far below, tool schemas included; what clones or prints deeper ones runs out of stack. */
const MAX_DEPTH = 100;

/**
 * The object in a frame, with nothing in it that reaches for a prototype.
 * @returns undefined when the frame is not JSON, JSON but not an object, or nested too deep
 */
export function readJsonObject(data: Buffer | string): JsonObject | undefined {
  const value = readJson(data);
  return isJsonObject(value) ? value : undefined;
}

/** @returns undefined when the data is not JSON, which no JSON value can be, or is nested too deep */
export function readJson(data: Buffer | string): unknown {
  try {
    const value = JSON.parse(
      typeof data === "string" ? data : data.toString("utf8"),
    ) as unknown;
    return disarm(value, MAX_DEPTH) ? value : undefined;
  } catch {
    // The parser's message quotes the frame, and frames hold speech: nobody gets to see it.
    return undefined;
  }
}

/**
 * Takes out the members with which a frame could reach a prototype, once a flow merges its objects into others.
 * @returns false when `value` is nested deeper than `depth`
 */
function disarm(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value))
    return value.every((entry) => disarm(entry, depth - 1));
  const object = value as JsonObject;
  for (const member of Object.keys(object)) {
    if (isPrototypeTrap(member, object[member])) delete object[member];
    else if (!disarm(object[member], depth - 1)) return false;
  }
  return true;
}

/** A function may well have an argument named `constructor`; only one that holds a prototype is a trap. */
export function isPrototypeTrap(member: string, value: unknown): boolean {
  if (member === "__proto__") return true;
  return (
    member === "constructor" &&
    isJsonObject(value) &&
    Object.hasOwn(value, "prototype")
  );
}

/**
 * JSON text of an object; members that are `undefined` are left out and `null` stays.
 * @throws TypeError for NaN, infinities, functions and symbols, which `JSON.stringify` would turn into something else
 */
export function writeJson(value: object): string {
  return JSON.stringify(value, refuseLossy);
}

function refuseLossy(member: string, value: unknown): unknown {
  const isLossy = typeof value === "function" || typeof value === "symbol";
  if (isLossy)
    throw new TypeError(
      `Expected \`${member}\` to be a JSON value, got a ${typeof value}`,
    );
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(
      `Expected \`${member}\` to be a finite number, got \`${value}\``,
    );
  }
  return value;
}
