import { fitSession } from "../../lib/protocol/fit";
import type { Dialect } from "../../lib/protocol/versions";
import type { SessionField } from "./session-fields";
import { writeField } from "./session-settings";

/** Dialogs ask for the same settings again with every key that is pressed. */
const known = new Map<string, boolean>();

/**
 * Whether a service leaves a setting out, as it stands in its control. Not an error: the session begins without it and the event
 * node warns (protocol.md §13.3).
 * @param text - `""` asks whether there is any value that the service takes
 */
export function isLeftOut(
  field: SessionField,
  text: string,
  dialect: Dialect,
): boolean {
  const key = `${dialect}|${field.path}|${text}`;
  const isOut =
    known.get(key) ??
    (text === ""
      ? samplesOf(field).every((sample) => isMissing(field, sample, dialect))
      : isMissing(field, text, dialect));
  known.set(key, isOut);
  return isOut;
}

function isMissing(
  { path, kind }: SessionField,
  text: string,
  dialect: Dialect,
): boolean {
  const settings = writeField({}, path, kind, text);
  const root = path.split(".")[0] ?? path;
  const { fitted, missing } = fitSession(settings, dialect);
  // What is adapted is missing in part: a transcription by another model still is one.
  const isThere = root in fitted && path !== root;
  return isThere
    ? missing.some(({ setting }) => setting === path)
    : missing.length > 0;
}

function samplesOf({ path, kind, options }: SessionField): readonly string[] {
  if (options && kind !== "suggest") return options;
  if (kind === "number") return ["1"];
  if (kind === "flag") return ["true"];
  if (kind === "map") return ["name: value"];
  return kind === "json" ? ["[1]"] : [path === "tool_choice" ? "auto" : "x"];
}
