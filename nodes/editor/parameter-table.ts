import { readWords, writeWords } from "./enum-text";
import { isRecord, removeMembers, type Settings } from "./json-path";
import type { Problem } from "./validate";

export const PARAMETER_TYPES = [
  "string",
  "number",
  "integer",
  "boolean",
  "string[]",
  "number[]",
  "integer[]",
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** One parameter of a function, as it is typed. */
export interface ParameterRow {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  readonly isRequired: boolean;
  /** Values that are allowed, in one line; empty: any. */
  readonly allowed: string;
  /** The schema that the row was read from: what the table does not show of it is kept. */
  readonly origin: Settings;
}

/** The rows of a schema, or why a table cannot show it. */
export type TableReading =
  | { readonly ok: true; readonly rows: readonly ParameterRow[] }
  | { readonly ok: false; readonly problem: Problem };

const CATALOG = "voice-live-function.error";
/** Members beside the parameters that change nothing of what a table shows. */
const ROOT_MEMBERS = new Set([
  "type",
  "properties",
  "required",
  "title",
  "description",
  "$schema",
  "$id",
  "$comment",
]);
/** Members that put schemas into a schema. */
const NESTING = [
  "properties",
  "patternProperties",
  "additionalProperties",
  "propertyNames",
  "prefixItems",
  "contains",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "if",
  "then",
  "else",
  "$ref",
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
];
/** Names that never reach the flow, because they lead to what all objects share. */
const WITHHELD = ["__proto__", "constructor", "prototype"];

export const EMPTY_ROW: ParameterRow = {
  name: "",
  type: "string",
  description: "",
  isRequired: false,
  allowed: "",
  origin: {},
};

export function readTable(schema: Settings): TableReading {
  const problem = rootProblem(schema);
  if (problem) return { ok: false, problem };
  const rows: ParameterRow[] = [];
  const required = requiredOf(schema);
  for (const [name, member] of Object.entries(propertiesOf(schema))) {
    const row = readMember(member);
    if (!row)
      return {
        ok: false,
        problem: problemOf("nested", { name, ...why(member) }),
      };
    rows.push({ ...row, name, isRequired: required.includes(name) });
  }
  return { ok: true, rows };
}

/**
 * Writes rows into a schema; rows with a problem are left out.
 * @param schema - what the rows were read from; all that the table does not show is taken from it
 */
export function writeTable(
  schema: Settings,
  rows: readonly ParameterRow[],
): Settings {
  const good = rows.filter((_row, index) => !rowProblem(rows, index));
  const members = good.map((row) => [row.name.trim(), writeMember(row)]);
  const properties = Object.fromEntries(members) as Settings;
  return {
    type: "object",
    ...removeMembers(schema, ["required"]),
    properties,
    ...requiredMember(schema, good),
  };
}

/** @returns what is wrong with a row, among all */
export function rowProblem(
  rows: readonly ParameterRow[],
  index: number,
): Problem | undefined {
  const row = rows[index];
  if (!row) return undefined;
  const name = row.name.trim();
  if (name === "") return problemOf("noName");
  if (WITHHELD.includes(name)) return problemOf("withheldName", { name });
  const first = rows.findIndex((each) => each.name.trim() === name);
  if (first < index) return problemOf("doubleName", { name });
  return allowedProblem(row);
}

/** What a row keeps beside what it shows. */
export function keptMembers({ origin }: ParameterRow): readonly string[] {
  const shown = ["type", "description", "enum", "items"];
  return Object.keys(origin).filter((member) => !shown.includes(member));
}

function rootProblem(schema: Settings): Problem | undefined {
  const { type = "object", properties = {}, required = [] } = schema;
  const foreign = Object.keys(schema).find(
    (member) =>
      !ROOT_MEMBERS.has(member) &&
      !(
        member === "additionalProperties" && typeof schema[member] === "boolean"
      ),
  );
  if (foreign !== undefined) return problemOf("beside", { member: foreign });
  if (type !== "object") return problemOf("beside", { member: "type" });
  if (!isRecord(properties))
    return problemOf("beside", { member: "properties" });
  const isPlain =
    Array.isArray(required) &&
    new Set(required).size === required.length &&
    required.every((name) => has(properties, name as string));
  return isPlain ? undefined : problemOf("beside", { member: "required" });
}

function readMember(member: unknown): ParameterRow | undefined {
  if (!isRecord(member) || NESTING.some((name) => has(member, name)))
    return undefined;
  const { description = "" } = member;
  const isList = member["type"] === "array";
  const item = isList ? member["items"] : member;
  if (!isRecord(item) || typeof description !== "string") return undefined;
  // What a list's entries have besides has no place in a row.
  const isShown = isList
    ? onlyHas(item, ["type", "enum"]) && !has(member, "enum")
    : !has(member, "items");
  const type = PARAMETER_TYPES.find(
    (each) => each === `${String(item["type"])}${isList ? "[]" : ""}`,
  );
  const allowed = readAllowed(item["enum"], type);
  if (!isShown || !type || allowed === undefined) return undefined;
  return { ...EMPTY_ROW, type, description, allowed, origin: member };
}

function readAllowed(
  values: unknown,
  type: ParameterType | undefined,
): string | undefined {
  if (values === undefined) return "";
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const kind = type?.startsWith("string") ? "string" : "number";
  if (type === "boolean" || !values.every((value) => typeof value === kind))
    return undefined;
  const allowed = writeWords(values.map(String));
  const row = { ...EMPTY_ROW, type: type ?? "string", allowed };
  return allowedProblem(row) ? undefined : allowed;
}

function writeMember(row: ParameterRow): Settings {
  const { type, description, allowed, origin } = row;
  const before = readMember(origin);
  const isSame =
    before?.type === type &&
    before.description === description &&
    before.allowed === allowed;
  // To the letter, whatever order and empty members it has.
  if (isSame) return origin;
  const kept = removeMembers(origin, ["type", "description", "enum", "items"]);
  const values = allowedValues(row);
  const item = {
    type: type.replace("[]", ""),
    ...(values.length > 0 && { enum: values }),
  };
  return {
    ...(type.endsWith("[]") ? { type: "array", items: item } : item),
    ...(description !== "" && { description }),
    ...kept,
  };
}

function allowedProblem(row: ParameterRow): Problem | undefined {
  const words = readWords(row.allowed);
  if (!words) return problemOf("badEnum");
  if (words.length > 0 && row.type === "boolean")
    return problemOf("enumOfBoolean");
  if (row.type.startsWith("string")) return doubleProblem(words);
  const isWhole = row.type.startsWith("integer");
  const bad = words.find((word) =>
    isWhole ? !Number.isInteger(Number(word)) : !Number.isFinite(Number(word)),
  );
  if (bad !== undefined)
    return problemOf(isWhole ? "enumNoInteger" : "enumNoNumber", {
      value: bad,
    });
  return doubleProblem(words.map((word) => String(Number(word))));
}

function doubleProblem(words: readonly string[]): Problem | undefined {
  const value = words.find((word, index) => words.indexOf(word) < index);
  return value === undefined ? undefined : problemOf("enumDouble", { value });
}

function allowedValues({ type, allowed }: ParameterRow): readonly unknown[] {
  const words = readWords(allowed) ?? [];
  return type.startsWith("string") ? words : words.map(Number);
}

/** In the order that the schema has; a list that is empty there stays. */
function requiredMember(
  schema: Settings,
  rows: readonly ParameterRow[],
): Settings {
  const names = rows
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => name.trim());
  const before = requiredOf(schema).filter((name) => names.includes(name));
  const required = [...new Set([...before, ...names])];
  const isStated = required.length > 0 || Array.isArray(schema["required"]);
  return isStated ? { required } : {};
}

function requiredOf({ required }: Settings): readonly string[] {
  return Array.isArray(required) ? (required as string[]) : [];
}

function propertiesOf({ properties }: Settings): Settings {
  return isRecord(properties) ? properties : {};
}

function why(member: unknown): { member: string } {
  const nesting = NESTING.find((name) => isRecord(member) && has(member, name));
  if (nesting !== undefined) return { member: nesting };
  if (isRecord(member) && member["type"] === "array")
    return { member: "items" };
  return { member: isRecord(member) && "enum" in member ? "enum" : "type" };
}

function has(object: Settings, member: string): boolean {
  return Object.keys(object).includes(member);
}

function onlyHas(object: Settings, members: readonly string[]): boolean {
  return Object.keys(object).every((member) => members.includes(member));
}

function problemOf(
  name: string,
  values?: Readonly<Record<string, string>>,
): Problem {
  return { key: `${CATALOG}.${name}`, ...(values && { values }) };
}
