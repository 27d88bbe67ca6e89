import { type FieldRule, SESSION_FIELDS } from "./session-fields";

/** What a session may be asked for in any dialect, with what only the service says and what no setting of ours names. */
const SETTINGS: ReadonlySet<string> = new Set([
  ...Object.entries<FieldRule>(SESSION_FIELDS).flatMap(([name, { names }]) =>
    [name, ...Object.values(names ?? {})].map(rootOf),
  ),
  "id",
  "object",
  "expires_at",
  "agent",
  "client_secret",
  "speed",
]);

/**
 * Is this the name of a setting, in whichever dialect? What is not may be a typing error, or newer than this table.
 * @param path - such as `turn_detection.threshold`, of which the first name counts
 */
export function isKnownSetting(path: string): boolean {
  return SETTINGS.has(rootOf(path));
}

function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? path;
}
