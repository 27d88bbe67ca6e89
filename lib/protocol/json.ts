/** A JSON object whose members nobody has looked at. */
export type JsonObject = { [member: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The object in a frame.
 * @returns undefined when the frame is not JSON, or JSON but not an object
 */
export function readJsonObject(data: Buffer | string): JsonObject | undefined {
  const value = readJson(data);
  return isJsonObject(value) ? value : undefined;
}

/** @returns undefined when the data is not JSON, which no JSON value can be */
export function readJson(data: Buffer | string): unknown {
  try {
    return JSON.parse(
      typeof data === "string" ? data : data.toString("utf8"),
    ) as unknown;
  } catch {
    // The parser's message quotes the frame, and frames hold speech: nobody gets to see it.
    return undefined;
  }
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
