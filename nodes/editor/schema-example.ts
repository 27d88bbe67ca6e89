import { isRecord, type Settings } from "./json-path";

/** Deeper than this, only what is required is filled in; twice as deep, nothing: a schema may refer to itself. */
const MAX_DEPTH = 4;
const BY_FORMAT: Readonly<Record<string, string>> = {
  date: "2030-01-31",
  time: "12:00:00Z",
  "date-time": "2030-01-31T12:00:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  uuid: "123e4567-e89b-42d3-a456-426614174000",
};

/** Arguments that a model could give: what the schema names itself, where it does, else the plainest that fits. */
export function exampleOf(schema: unknown): unknown {
  return valueOf(schema, isRecord(schema) ? schema : {}, 0);
}

function valueOf(schema: unknown, root: Settings, depth: number): unknown {
  if (!isRecord(schema) || depth > 2 * MAX_DEPTH) return null;
  const named = namedValue(schema);
  if (named.length > 0) return named[0];
  const part = partOf(schema, root);
  if (part) return valueOf(part, root, depth + 1);
  const type = typeOf(schema);
  if (type === "object") return objectOf(schema, root, depth);
  if (type === "array") return listOf(schema, root, depth);
  if (type === "boolean") return true;
  if (type === "number" || type === "integer") return numberOf(schema, type);
  return type === "null" ? null : textOf(schema);
}

/** @returns a list of one, or none */
function namedValue(schema: Settings): readonly unknown[] {
  for (const member of ["const", "default"])
    if (member in schema) return [schema[member]];
  for (const member of ["examples", "enum"]) {
    const values = schema[member];
    if (Array.isArray(values) && values.length > 0) return [values[0]];
  }
  return [];
}

/** The schema that stands for this one: what it refers to, its first choice, or all it has to be at once. */
function partOf(schema: Settings, root: Settings): unknown {
  const { $ref: reference, anyOf, oneOf, allOf, ...rest } = schema;
  if (typeof reference === "string") return referred(reference, root);
  const choices = [anyOf, oneOf].find((each) => Array.isArray(each));
  if (Array.isArray(choices)) return merged([rest, choices[0]], root);
  return Array.isArray(allOf) ? merged([rest, ...allOf], root) : undefined;
}

function referred(reference: string, root: Settings): unknown {
  let value: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/").filter(Boolean))
    value = isRecord(value)
      ? value[step.replace(/~1/g, "/").replace(/~0/g, "~")]
      : undefined;
  return value ?? {};
}

function merged(parts: readonly unknown[], root: Settings): Settings {
  let all: Settings = {};
  for (const part of parts) {
    const { $ref: reference, ...own } = isRecord(part) ? part : {};
    const there =
      typeof reference === "string" ? referred(reference, root) : own;
    const next = isRecord(there) ? there : {};
    all = {
      ...all,
      ...next,
      properties: {
        ...record(all["properties"]),
        ...record(next["properties"]),
      },
    };
  }
  return Object.keys(record(all["properties"])).length > 0
    ? all
    : Object.fromEntries(
        Object.entries(all).filter(([name]) => name !== "properties"),
      );
}

function typeOf({ type, properties, items }: Settings): unknown {
  if (Array.isArray(type))
    return type.find((each) => each !== "null") ?? "null";
  if (type !== undefined) return type;
  if (properties !== undefined) return "object";
  return items === undefined ? "string" : "array";
}

function objectOf(
  { properties, required }: Settings,
  root: Settings,
  depth: number,
): Settings {
  const needed = Array.isArray(required) ? required : [];
  const members = Object.entries(record(properties)).filter(
    ([name]) => depth < MAX_DEPTH || needed.includes(name),
  );
  return Object.fromEntries(
    members.map(([name, member]) => [name, valueOf(member, root, depth + 1)]),
  );
}

function listOf(
  { items, minItems }: Settings,
  root: Settings,
  depth: number,
): unknown[] {
  if (depth >= MAX_DEPTH && !minItems) return [];
  // A schema may ask for more than anybody wants to read.
  const length = Math.min(Math.max(1, Number(minItems) || 1), 20);
  return Array.from({ length }, () => valueOf(items ?? {}, root, depth + 1));
}

function numberOf(schema: Settings, type: string): number {
  const step = bound(schema, "multipleOf") ?? (type === "integer" ? 1 : 0);
  const above = bound(schema, "exclusiveMinimum");
  const least = bound(schema, "minimum") ?? above;
  const below = bound(schema, "exclusiveMaximum");
  const most = bound(schema, "maximum") ?? below;
  const gap = least !== undefined && most !== undefined ? most - least : 2;
  const near = step > 0 ? step : Math.min(1, gap / 2);
  const start = least ?? (most !== undefined && most < 1 ? most - near : 1);
  const fitting = step > 0 ? Math.ceil(start / step) * step : start;
  const isOver = above !== undefined && fitting <= above;
  return isOver ? fitting + near : fitting;
}

function textOf(schema: Settings): string {
  const { format } = schema;
  const text = BY_FORMAT[String(format)] ?? "text";
  const least = Math.min(bound(schema, "minLength") ?? 0, 1_000);
  return text.padEnd(least, "x").slice(0, bound(schema, "maxLength"));
}

function bound(schema: Settings, name: string): number | undefined {
  const value = schema[name];
  return typeof value === "number" ? value : undefined;
}

function record(value: unknown): Settings {
  return isRecord(value) ? value : {};
}
