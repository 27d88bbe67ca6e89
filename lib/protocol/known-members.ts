import { CLIENT_EVENTS } from "./catalogue";
import { wirePath } from "./dialect";
import { isJsonObject, type JsonObject } from "./json";
import {
  type FieldRules,
  RESPONSE_FIELDS,
  SESSION_FIELDS,
} from "./session-fields";
import { type Dialect, isOpenAI } from "./versions";

/** Events that a client may send to OpenAI's services. @see protocol.md §13 */
const OPENAI_EVENTS: ReadonlySet<unknown> = new Set([
  "session.update",
  "input_audio_buffer.append",
  "input_audio_buffer.commit",
  "input_audio_buffer.clear",
  "conversation.item.create",
  "conversation.item.retrieve",
  "conversation.item.truncate",
  "conversation.item.delete",
  "response.create",
  "response.cancel",
  "output_audio_buffer.clear",
]);

/** Streaming input was fenced out of `v1`. @see protocol.md §3, §5 */
const NOT_IN_V1 = /^input_audio\./;

/** Does a dialect have this event of the client? */
export function hasClientEvent(type: unknown, dialect: Dialect): boolean {
  if (isOpenAI(dialect)) return OPENAI_EVENTS.has(type);
  return dialect !== "v1" || !NOT_IN_V1.test(String(type));
}

/** What a member may hold: anything, or an object (or list of objects) with these members. */
type Known = true | { readonly [member: string]: Known };

const TOOL: Known = {
  ...leaves(["type", "name", "description", "parameters"]),
  ...leaves(["server_label", "server_url", "server_description"]),
  ...leaves(["authorization", "headers", "allowed_tools", "require_approval"]),
  ...leaves(["connector_id", "defer_loading", "allowed_callers", "tunnel_id"]),
};
const PART: Known = {
  ...leaves(["type", "text", "audio", "transcript", "image_url", "detail"]),
};
const ITEM: Known = {
  ...leaves(["id", "type", "object", "status", "role", "name", "call_id"]),
  ...leaves(["arguments", "output", "approval_request_id", "approve"]),
  ...leaves(["reason", "server_label", "error", "tools"]),
  content: PART,
};

const CONTENT: ReadonlyMap<string, Known> = new Map([
  ["tools", TOOL],
  ["input_items", ITEM],
]);

/** What holds more than a value, by the member of an event that it is; with what no setting of ours names. */
const OBJECTS = {
  openai: {
    session: merge(treeOf(SESSION_FIELDS, "openai"), {
      audio: { output: { speed: true } },
    }),
    response: merge(
      treeOf(RESPONSE_FIELDS, "openai"),
      leaves(["parallel_tool_calls", "prompt"]),
    ),
    item: ITEM,
  },
  "openai-beta": {
    session: merge(treeOf(SESSION_FIELDS, "openai-beta"), { speed: true }),
    response: treeOf(RESPONSE_FIELDS, "openai-beta"),
    item: ITEM,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Known>>>>;

/** Voice Live's alone, of an event that all have. */
const AZURES: ReadonlySet<string> = new Set(["additional_instructions"]);

/**
 * The first member of a client's event that OpenAI's services would refuse as `unknown_parameter`.
 * @param event - as it stands on the wire
 * @returns its path, such as `session.audio.input.eco`; Voice Live's own dialects take any member
 */
export function findUnknownMember(
  event: JsonObject,
  dialect: Dialect,
): string | undefined {
  if (dialect !== "openai" && dialect !== "openai-beta") return undefined;
  const objects: Readonly<Record<string, Known>> = OBJECTS[dialect];
  const members = (CLIENT_EVENTS.get(event.type) ?? [])
    .map(({ member }) => member)
    .filter((member) => !AZURES.has(member))
    .map((member) => [member, objects[member] ?? true] as const);
  return findUnknown(event, Object.fromEntries(members), "");
}

function findUnknown(
  value: unknown,
  known: Known,
  path: string,
): string | undefined {
  if (known === true) return undefined;
  if (Array.isArray(value)) {
    return firstOf(value.entries(), ([index, entry]) =>
      findUnknown(entry, known, `${path}[${index}]`),
    );
  }
  if (!isJsonObject(value)) return undefined;
  return firstOf(Object.entries(value), ([member, inner]) => {
    const at = path === "" ? member : `${path}.${member}`;
    return Object.hasOwn(known, member)
      ? findUnknown(inner, known[member] ?? true, at)
      : at;
  });
}

function firstOf<T, R>(
  entries: Iterable<T>,
  find: (entry: T) => R | undefined,
): R | undefined {
  for (const entry of entries) {
    const found = find(entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a dialect knows of a map of settings, in its own places. */
function treeOf(rules: FieldRules, dialect: Dialect): Known {
  let tree: Known = {};
  for (const [name, rule] of Object.entries(rules)) {
    if (rule.lacking?.[dialect] !== undefined) continue;
    const path = wirePath(name, rule, dialect).split(".");
    const leaf =
      CONTENT.get(name) ?? (rule.members ? leaves(rule.members) : true);
    const branch = path.reduceRight<Known>(
      (inner, member) => ({ [member]: inner }),
      leaf,
    );
    tree = merge(tree, branch);
  }
  return tree;
}

function merge(a: Known, b: Known): Known {
  if (a === true || b === true) return true;
  const shared = Object.entries(b).map(([member, known]) => [
    member,
    a[member] === undefined ? known : merge(a[member], known),
  ]);
  return { ...a, ...Object.fromEntries(shared) };
}

function leaves(members: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(members.map((member) => [member, true]));
}
