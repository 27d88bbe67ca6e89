import { EVENT_NAMES, OPENAI_EVENT_NAMES, PART_NAMES } from "./dialect";
import { isJsonObject, type JsonObject } from "./json";
import { type Dialect, isNested } from "./versions";

type Names = ReadonlyMap<unknown, string>;

const PARTS_TO_NESTED: Names = new Map(PART_NAMES);
const PARTS_FROM_NESTED: Names = reversed(PART_NAMES);
const EVENTS_TO_V1: Names = new Map(EVENT_NAMES);
const EVENTS_TO_OPENAI: Names = new Map([
  ...EVENT_NAMES,
  ...OPENAI_EVENT_NAMES,
]);
const EVENTS_FROM_NESTED: Names = reversed([
  ...EVENT_NAMES,
  ...OPENAI_EVENT_NAMES,
]);

/** A copy of a server event under the names of the dialect: of itself, and of the content parts in it. */
export function eventNamesToWire(
  event: JsonObject,
  dialect: Dialect,
): JsonObject {
  if (!isNested(dialect)) return event;
  if (dialect === "v1")
    return renameParts(rename(event, EVENTS_TO_V1), PARTS_TO_NESTED);
  // Both of OpenAI's clients know the part of `response.content_part.*` by its older name only.
  const { part, ...others } = rename(event, EVENTS_TO_OPENAI);
  const renamed = renameParts(others, PARTS_TO_NESTED);
  return part === undefined ? renamed : { ...renamed, part };
}

/** A copy of a server or client event under its dated names; dated names stay as they are. */
export function eventNamesFromWire(event: JsonObject): JsonObject {
  return renameParts(rename(event, EVENTS_FROM_NESTED), PARTS_FROM_NESTED);
}

/** A copy of a client event with the content parts in it under the names of the dialect. */
export function partNamesToWire(
  event: JsonObject,
  dialect: Dialect,
): JsonObject {
  return isNested(dialect) ? renameParts(event, PARTS_TO_NESTED) : event;
}

function reversed(names: readonly (readonly [string, string])[]): Names {
  return new Map(names.map(([dated, nested]) => [nested, dated]));
}

type Holders = ReadonlyMap<string, (value: unknown, names: Names) => unknown>;

const RESPONSE_HOLDERS: Holders = new Map([
  ["output", renameItems],
  ["input_items", renameItems],
  ["append_input_items", renameItems],
  ["pre_generated_assistant_message", renameItem],
]);

/** Members that hold items or parts. Two tables, not one that recurs: a hostile frame may nest as it likes. */
const EVENT_HOLDERS: Holders = new Map([
  ["part", renamePart],
  ["item", renameItem],
  ["response", renameResponse],
]);

function renameParts(event: JsonObject, names: Names): JsonObject {
  return renameHeld(event, names, EVENT_HOLDERS);
}

function renameHeld(
  object: JsonObject,
  names: Names,
  holders: Holders,
): JsonObject {
  let result = object;
  for (const [member, renameIn] of holders) {
    const value = object[member];
    if (value !== undefined)
      result = { ...result, [member]: renameIn(value, names) };
  }
  return result;
}

function renameResponse(response: unknown, names: Names): unknown {
  if (!isJsonObject(response)) return response;
  return renameHeld(response, names, RESPONSE_HOLDERS);
}

function renameItems(items: unknown, names: Names): unknown {
  return Array.isArray(items)
    ? items.map((item) => renameItem(item, names))
    : items;
}

function renameItem(item: unknown, names: Names): unknown {
  if (!isJsonObject(item) || !Array.isArray(item.content)) return item;
  return {
    ...item,
    content: item.content.map((part) => renamePart(part, names)),
  };
}

function renamePart(part: unknown, names: Names): unknown {
  return isJsonObject(part) ? rename(part, names) : part;
}

function rename(object: JsonObject, names: Names): JsonObject {
  const type = names.get(object.type);
  return type === undefined ? object : { ...object, type };
}
