import { VoiceLiveError } from "../../lib/client";

/** Config values come from the editor, from hand-written flows and from environment variables: each is read with a default. */

export function text(value: unknown, fallback = ""): string {
  return typeof value === "string" ? value.trim() : fallback;
}

/** @returns the number, or `fallback` when it is none or out of bounds */
export function number(
  value: unknown,
  fallback: number,
  bounds: { readonly min: number; readonly max: number },
): number {
  const read =
    typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" &&
    Number.isFinite(read) &&
    read >= bounds.min &&
    read <= bounds.max
    ? read
    : fallback;
}

export function flag(value: unknown, fallback: boolean): boolean {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : fallback;
}

export function oneOf<T extends string>(
  value: unknown,
  allowed: readonly T[],
  fallback: T,
): T {
  return allowed.find((candidate) => candidate === value) ?? fallback;
}

/**
 * The same, where a mistyped word must not become something else.
 * @param name - of the property, for the message
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when it is set to anything else
 */
export function chosen<T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
  fallback: T,
): T {
  if (value === undefined || value === null || value === "") return fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `«${name}» is ${JSON.stringify(value).slice(0, 60)}`,
    { nextStep: `Choose one of: ${allowed.join(", ")}; then deploy.` },
  );
}

export function texts(
  value: unknown,
  fallback: readonly string[],
): readonly string[] {
  if (!Array.isArray(value)) return fallback;
  return value
    .filter(
      (entry): entry is string =>
        typeof entry === "string" && entry.trim() !== "",
    )
    .map((entry) => entry.trim());
}

/**
 * An object, or its JSON.
 * @throws TypeError that says what is wrong with it
 */
export function object(value: unknown, what: string): Record<string, unknown> {
  if (value === undefined || value === null || value === "") return {};
  const read = typeof value === "string" ? parse(value, what) : value;
  if (typeof read !== "object" || read === null || Array.isArray(read))
    throw new TypeError(`Expected ${what} to be a JSON object`);
  return read as Record<string, unknown>;
}

function parse(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TypeError(
      `Expected ${what} to be JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
