import { isJsonObject, type JsonObject } from "./json";
import type { RequestSession, ResponseSession } from "./session";
import {
  type FieldRule,
  type FieldRules,
  RESPONSE_FIELDS,
  SESSION_FIELDS,
} from "./session-fields";
import { type Dialect, isNested } from "./versions";

// The wire has several shapes (protocol.md §1, §13); ours is the dated one. The names in this file, and the map of
// settings in session-fields.ts, are all there is between them.

/** Dated and nested names of server events. @see protocol.md §13.2 */
export const EVENT_NAMES: readonly (readonly [dated: string, v1: string])[] = [
  ["response.text.delta", "response.output_text.delta"],
  ["response.text.done", "response.output_text.done"],
  ["response.audio.delta", "response.output_audio.delta"],
  ["response.audio.done", "response.output_audio.done"],
  ["response.audio_transcript.delta", "response.output_audio_transcript.delta"],
  ["response.audio_transcript.done", "response.output_audio_transcript.done"],
];

/**
 * OpenAI's GA service announces an item so, Voice Live's `v1` keeps the dated name.
 * @see protocol.md §13.2
 */
export const OPENAI_EVENT_NAMES: readonly (readonly [
  dated: string,
  ga: string,
])[] = [["conversation.item.created", "conversation.item.added"]];

/** Dated and `v1` names of the assistant's content parts. @see protocol.md §13.2 */
export const PART_NAMES: readonly (readonly [dated: string, v1: string])[] = [
  ["text", "output_text"],
  ["audio", "output_audio"],
];

/**
 * A session as the dialect writes it. In the nested shapes `type` is `realtime` unless given; members that the map does
 * not name stay where they are, and so do settings that the dialect lacks: `fitSession` takes those out.
 * @see protocol.md §13.3
 */
export function sessionToWire(
  session: RequestSession | ResponseSession,
  dialect: Dialect,
): JsonObject {
  const wire = fieldsToWire({ ...session }, SESSION_FIELDS, dialect);
  return isNested(dialect) ? { type: "realtime", ...wire } : wire;
}

/**
 * A session in the dated shape, whatever the dialect; the reverse of `sessionToWire`. Members that the map does not
 * name, such as `audio.output.speed`, stay where they are.
 * @see protocol.md §13.3
 */
export function sessionFromWire(
  session: JsonObject,
  dialect: Dialect,
): ResponseSession {
  const flat = fieldsFromWire(session, SESSION_FIELDS, dialect);
  const isImplied = isNested(dialect) && flat.type === "realtime";
  return isImplied ? without(flat, ["type"]) : flat;
}

/** A copy of a client's event with its session and response as the dialect writes them. */
export function objectsToWire(event: JsonObject, dialect: Dialect): JsonObject {
  return mapObjects(
    event,
    (session) => sessionToWire(session, dialect),
    (response) => fieldsToWire(response, RESPONSE_FIELDS, dialect),
  );
}

/** A copy of an event of either side with its session and response in the dated shape. */
export function objectsFromWire(
  event: JsonObject,
  dialect: Dialect,
): JsonObject {
  return mapObjects(
    event,
    (session) => ({ ...sessionFromWire(session, dialect) }),
    (response) => fieldsFromWire(response, RESPONSE_FIELDS, dialect),
  );
}

/** Where a setting lives in a dialect: path, dots between members. */
export function wirePath(
  name: string,
  rule: FieldRule,
  dialect: Dialect,
): string {
  return rule.names?.[dialect] ?? name;
}

/**
 * A path of ours as the dialect has it, for an error's `param`.
 * @param path - such as `session.turn_detection.threshold`
 */
export function pathInDialect(path: string, dialect: Dialect): string {
  const [root = "", name = "", rest = ""] =
    /^(session|response)\.(\w+)(.*)$/.exec(path)?.slice(1) ?? [];
  const rules: FieldRules =
    root === "session" ? SESSION_FIELDS : RESPONSE_FIELDS;
  const rule = rules[name];
  if (!rule) return path;
  return `${root}.${wirePath(name, rule, dialect)}${rest}`;
}

function mapObjects(
  event: JsonObject,
  mapSession: (session: JsonObject) => JsonObject,
  mapResponse: (response: JsonObject) => JsonObject,
): JsonObject {
  const { session, response } = event;
  return {
    ...event,
    ...(isJsonObject(session) && { session: mapSession(session) }),
    ...(isJsonObject(response) && { response: mapResponse(response) }),
  };
}

function fieldsToWire(
  object: JsonObject,
  rules: FieldRules,
  dialect: Dialect,
): JsonObject {
  let result = object;
  for (const [name, rule] of Object.entries(rules)) {
    const value = object[name];
    const path = wirePath(name, rule, dialect);
    const spelled = rule.toWire ? rule.toWire(value, dialect) : value;
    if (value === undefined || (path === name && spelled === value)) continue;
    result = withValue(without(result, [name]), path.split("."), spelled);
  }
  return result;
}

function fieldsFromWire(
  object: JsonObject,
  rules: FieldRules,
  dialect: Dialect,
): JsonObject {
  let result = object;
  for (const [name, rule] of Object.entries(rules)) {
    const path = wirePath(name, rule, dialect).split(".");
    const value = valueAt(object, path);
    if (value === undefined) continue;
    const ours =
      rule.fromWire && isNested(dialect) ? rule.fromWire(value) : value;
    result = { ...without(result, path), [name]: ours };
  }
  return result;
}

function valueAt(object: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, member) => (isJsonObject(value) ? value[member] : undefined),
    object,
  );
}

function withValue(
  object: JsonObject,
  [member = "", ...rest]: readonly string[],
  value: unknown,
): JsonObject {
  if (rest.length === 0) return { ...object, [member]: value };
  const inner = object[member];
  return {
    ...object,
    [member]: withValue(isJsonObject(inner) ? inner : {}, rest, value),
  };
}

/** A copy without the member at the path, and without the objects that become empty by that. */
function without(
  object: JsonObject,
  [member = "", ...rest]: readonly string[],
): JsonObject {
  const { [member]: inner, ...others } = object;
  if (rest.length === 0 || !isJsonObject(inner)) return others;
  const left = without(inner, rest);
  return Object.keys(left).length === 0
    ? others
    : { ...object, [member]: left };
}
