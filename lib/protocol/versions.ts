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
 * Which of the two wire shapes an api-version speaks: `dated` is the flat OpenAI beta shape that our types describe,
 * `v1` the nested OpenAI GA shape.
 * @see protocol.md §1
 */
export type Dialect = "dated" | "v1";

/**
 * The dialect of an `api-version` query parameter. Every version that names a date, preview or not, is `dated`.
 * @see protocol.md §1
 */
export function dialectOf(apiVersion: string): Dialect {
  return apiVersion.trim().toLowerCase() === "v1" ? "v1" : "dated";
}
