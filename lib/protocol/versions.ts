/** Path of a normal session. @see protocol.md §2.1 */
export const REALTIME_PATH = "/voice-live/realtime";

/** Newest dated contract, and what the official client 1.1.0 sends. @see protocol.md §3 */
export const DEFAULT_API_VERSION = "2026-07-15";

/** Oldest first; later versions are accepted too. @see protocol.md §3 */
export const KNOWN_API_VERSIONS = [
  "2025-05-01-preview",
  "2025-10-01",
  "2026-01-01-preview",
  "2026-04-10",
  "2026-06-01-preview",
  "2026-07-15",
  "2026-07-31-preview",
  "v1",
] as const;

/**
 * Which wire shape a service speaks. `dated` is the flat shape that our types describe, `v1` the nested one of the same
 * service. OpenAI's own services speak `openai` (GA, nested) and `openai-beta` (flat, without Azure's additions).
 * @see protocol.md §1, §13
 */
export const DIALECTS = ["dated", "v1", "openai", "openai-beta"] as const;
export type Dialect = (typeof DIALECTS)[number];

/**
 * The dialect of Voice Live's `api-version` query parameter. Every version that names a date, preview or not, is `dated`.
 * @see protocol.md §1
 */
export function dialectOf(apiVersion: string): Dialect {
  return apiVersion.trim().toLowerCase() === "v1" ? "v1" : "dated";
}

/** OpenAI's services know nothing of Azure's additions, and refuse members that they do not know. */
export function isOpenAI(dialect: Dialect): boolean {
  return dialect === "openai" || dialect === "openai-beta";
}

/** OpenAI's GA shape, which Voice Live's `v1` shares: audio settings in a tree of their own. */
export function isNested(dialect: Dialect): boolean {
  return dialect === "v1" || dialect === "openai";
}
