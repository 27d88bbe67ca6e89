import type { Missing, RequestSession, ResponseSession } from "../protocol";
import { withoutSecrets } from "./redact";

/** A setting that was asked for and is not in effect. */
export interface SettingDifference {
  /** Path such as `turn_detection.threshold`. */
  readonly setting: string;
  readonly asked: unknown;
  /** What holds instead; `null` for nothing. */
  readonly applied: unknown;
}

/**
 * Every setting that was asked for and is not in effect, by name.
 * @param requested - what `session.update` carried
 * @param effective - `session` of `session.updated`
 * @see design.md §5.7
 */
export function settingDifferences(
  requested: RequestSession,
  effective: ResponseSession,
): readonly SettingDifference[] {
  const found: SettingDifference[] = [];
  collectDifferences(requested, effective, "", found);
  return found.toSorted((a, b) => (a.setting < b.setting ? -1 : 1));
}

/** What the service does not have and was not sent, as differences. */
export function lackedSettings(
  missing: readonly Missing[],
  wanted: Readonly<Record<string, unknown>>,
): readonly SettingDifference[] {
  return missing.map(({ setting }) => ({
    setting,
    asked: memberAt(wanted, setting.split(".")) ?? null,
    applied: null,
  }));
}

/** Settings as a flow may see them: without the logins of MCP servers and of the avatar's relays. */
export function shownSettings<Value>(settings: Value): Value {
  return withoutSecrets(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of what was given, less a few texts
    JSON.parse(JSON.stringify(settings), (name, member: unknown) =>
      name === "credential" && typeof member === "string" ? "…" : member,
    ) as Value,
  );
}

function collectDifferences(
  asked: unknown,
  applied: unknown,
  path: string,
  found: SettingDifference[],
): void {
  if (asked === undefined || isSame(asked, applied)) return;
  // A bare voice name comes back as a typed object (protocol.md §7.2).
  if (
    path === "voice" &&
    typeof asked === "string" &&
    isRecord(applied) &&
    applied["name"] === asked
  )
    return;
  if (path === "tools") return collectTools(asked, applied, found);
  if (isRecord(asked) && isRecord(applied)) {
    for (const [name, value] of Object.entries(asked))
      collectDifferences(
        value,
        applied[name],
        path ? `${path}.${name}` : name,
        found,
      );
    return;
  }
  found.push({ setting: path, asked, applied: applied ?? null });
}

/** The service may complete a tool; what counts is that it is there. */
function collectTools(
  asked: unknown,
  applied: unknown,
  found: SettingDifference[],
): void {
  const present = new Set(asArray(applied).map(toolLabel));
  for (const tool of asArray(asked))
    if (!present.has(toolLabel(tool)))
      found.push({
        setting: `tools.${toolLabel(tool)}`,
        asked: tool,
        applied: null,
      });
}

function toolLabel(tool: unknown): string {
  const {
    name,
    server_label: label,
    type,
  } = tool as { name?: string; server_label?: string; type?: string };
  return name ?? label ?? type ?? "?";
}

/** Nothing, an empty list and an empty text are the same wish. */
function isSame(wanted: unknown, found: unknown): boolean {
  if (wanted === found) return true;
  if (isEmpty(wanted) && isEmpty(found)) return true;
  // A service that counts in single precision sends 0.7 back as 0.699999988079071.
  if (typeof wanted === "number" && typeof found === "number")
    return Math.fround(wanted) === Math.fround(found);
  if (Array.isArray(wanted) && Array.isArray(found)) {
    return (
      wanted.length === found.length &&
      wanted.every(
        (value, index) =>
          JSON.stringify(value) === JSON.stringify(found[index]),
      )
    );
  }
  return false;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (Array.isArray(value) && value.length === 0)
  );
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  return isRecord(value) ? memberAt(value[name], rest) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
