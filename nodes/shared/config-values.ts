import { VoiceLiveError } from "../../lib/client";

/** Config values come from the editor, from hand-written flows and from environment variables: each is read with a default, and refused by name when it cannot be. */

export function text(value: unknown, fallback = ""): string {
  return typeof value === "string" ? value.trim() : fallback;
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * A number among a node's properties, or `fallback` where it is left out.
 * @throws VoiceLiveError that names the property when it is none, or out of bounds
 */
export function number(
  config: object,
  name: string,
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = valueOf(config, name);
  if (value === undefined) return fallback;
  const read = typeof value === "string" ? Number(value) : value;
  if (typeof read === "number" && read >= min && read <= max) return read;
  throw refuse(
    config,
    name,
    value,
    max === Number.MAX_SAFE_INTEGER
      ? `Give a number from ${min} up`
      : `Give a number from ${min} to ${max}`,
  );
}

/**
 * The same of a yes or no.
 * @throws VoiceLiveError that names the property when it is neither
 */
export function flag(config: object, name: string, fallback: boolean): boolean {
  const value = valueOf(config, name);
  if (value === undefined) return fallback;
  const read = asFlag(value);
  if (read !== undefined) return read;
  throw refuse(config, name, value, "Give true or false");
}

/** @returns undefined for what is neither */
export function asFlag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}

/**
 * The same of a choice.
 * @throws VoiceLiveError that names the property when it is something else
 */
export function oneOf<T extends string>(
  config: object,
  name: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const value = valueOf(config, name);
  if (value === undefined) return fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw refuse(config, name, value, `Choose one of: ${allowed.join(", ")}`);
}

/** @throws VoiceLiveError `VOICE_LIVE_ENVIRONMENT` where it is a variable that is not set: Node-RED leaves the reference as it is */
function valueOf(config: object, name: string): unknown {
  const value = (config as Properties)[name];
  if (value === null || (typeof value === "string" && value.trim() === ""))
    return undefined;
  const variable = /^\s*\$\{([^}\s]+)\}\s*$/.exec(text(value))?.[1];
  if (variable !== undefined)
    throw unsetVariable(variable, placeOf(config, name));
  return value;
}

/** @param what - is taken from it; begins the sentence */
export function unsetVariable(variable: string, what: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_ENVIRONMENT",
    `${what} is taken from the environment variable ${variable}, which is not set`,
    {
      nextStep: `Set ${variable} before Node-RED starts, or type the value in the node's dialog.`,
    },
  );
}

/** The property and, since a session tells also what is wrong with its resource, the kind of node. */
function placeOf(config: object, name: string): string {
  const { type } = config as Properties;
  const kind = /^voice-live-(.+)$/.exec(text(type))?.[1];
  return kind === undefined ? `«${name}»` : `«${name}» of the ${kind} node`;
}

function refuse(
  config: object,
  name: string,
  value: unknown,
  advice: string,
): VoiceLiveError {
  // JSON has no word for a number that is none.
  const shown =
    typeof value === "number"
      ? String(value)
      : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
  return new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `${placeOf(config, name)} is ${shown}`,
    { nextStep: `${advice}; then deploy.` },
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
