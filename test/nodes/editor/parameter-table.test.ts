import assert from "node:assert/strict";
import { readWords, writeWords } from "../../../nodes/editor/enum-text";
import type { Settings } from "../../../nodes/editor/json-path";
import {
  EMPTY_ROW,
  keptMembers,
  PARAMETER_TYPES,
  readTable,
  rowProblem,
  writeTable,
  type ParameterRow,
} from "../../../nodes/editor/parameter-table";
import { Random } from "../../support/random";

const SEEDS = 400;
const NAMES = ["city", "day", "a b", "größe", "x-1", "toString", "on", "$ref"];
const TEXTS = ["", "red", " red ", "a, b", 'say "hi"', "\\", "ü\n", "1", ","];
const KEPT: readonly Settings[] = [
  {},
  { minimum: 1, maximum: 5 },
  { format: "date", default: null },
  { title: "" },
];

describe("parameter table", () => {
  it("is the same after a schema was made of it", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const rows = anyRows(new Random(seed));
      const reading = readTable(writeTable({}, rows));
      assert.ok(reading.ok, `seed ${seed}`);
      assert.deepEqual(shown(reading.rows), shown(rows), `seed ${seed}`);
    }
  });

  it("leaves a flat schema as it is, to the letter", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const schema = anySchema(new Random(seed));
      const reading = readTable(schema);
      assert.ok(reading.ok, `seed ${seed}: ${JSON.stringify(schema)}`);
      const written = writeTable(schema, reading.rows);
      assert.deepEqual(written, schema, `seed ${seed}`);
      assert.equal(
        JSON.stringify(written["properties"]),
        JSON.stringify(schema["properties"]),
        `seed ${seed}`,
      );
    }
  });

  it("keeps what it does not show when a row is changed", () => {
    const schema = {
      type: "object",
      additionalProperties: false,
      properties: { day: { type: "integer", minimum: 1, enum: [1, 2] } },
      required: ["day"],
    };
    const [row] = rowsOf(schema);
    assert.ok(row);
    assert.deepEqual(keptMembers(row), ["minimum"]);
    const changed = {
      ...row,
      name: "date",
      description: "Which?",
      allowed: "",
    };
    assert.deepEqual(writeTable(schema, [changed]), {
      ...schema,
      properties: {
        date: { type: "integer", description: "Which?", minimum: 1 },
      },
      required: ["date"],
    });
  });

  it("shows lists of plain values", () => {
    const items = { type: "string", enum: ["a", "b"] };
    const [row] = rowsOf({ properties: { tags: { type: "array", items } } });
    assert.deepEqual([row?.type, row?.allowed], ["string[]", "a, b"]);
  });

  describe("says why it cannot show", () => {
    const cases: Readonly<
      Record<
        string,
        readonly [schema: Settings, problem: string, member: string]
      >
    > = {
      "an object in an object": [
        member({ type: "object", properties: {} }),
        "nested",
        "properties",
      ],
      "a list of objects": [
        member({ type: "array", items: { type: "object" } }),
        "nested",
        "items",
      ],
      "a list whose entries are bounded": [
        member({ type: "array", items: { type: "string", minLength: 1 } }),
        "nested",
        "items",
      ],
      "a choice of schemas": [
        member({ anyOf: [{ type: "string" }] }),
        "nested",
        "anyOf",
      ],
      "a reference": [member({ $ref: "#/$defs/x" }), "nested", "$ref"],
      "several types": [member({ type: ["string", "null"] }), "nested", "type"],
      "no type": [member({}), "nested", "type"],
      "a list of values of another type": [
        member({ type: "string", enum: ["a", null] }),
        "nested",
        "enum",
      ],
      "an empty list of values": [
        member({ type: "string", enum: [] }),
        "nested",
        "enum",
      ],
      "a schema that is true": [
        { type: "object", properties: { x: true } },
        "nested",
        "type",
      ],
      "a choice beside the parameters": [
        { type: "object", oneOf: [] },
        "beside",
        "oneOf",
      ],
      definitions: [{ $defs: {} }, "beside", "$defs"],
      "a schema of the others": [
        { additionalProperties: { type: "string" } },
        "beside",
        "additionalProperties",
      ],
      "what is no object": [{ type: "array" }, "beside", "type"],
      "a requirement of nothing": [
        { properties: {}, required: ["x"] },
        "beside",
        "required",
      ],
    };
    for (const [what, [schema, problem, named]] of Object.entries(cases)) {
      it(what, () => {
        const before = JSON.stringify(schema);
        const reading = readTable(schema);
        assert.ok(!reading.ok);
        assert.equal(
          reading.problem.key,
          `voice-live-function.error.${problem}`,
        );
        assert.equal(reading.problem.values?.["member"], named);
        assert.equal(JSON.stringify(schema), before);
      });
    }
  });

  describe("marks, and leaves out of the schema,", () => {
    const row = (change: Partial<ParameterRow>): ParameterRow => ({
      ...EMPTY_ROW,
      name: "x",
      ...change,
    });
    const cases: Readonly<
      Record<string, readonly [Partial<ParameterRow>, string]>
    > = {
      "a row without a name": [{ name: " " }, "noName"],
      "a name of an earlier row": [{ name: "city " }, "doubleName"],
      "a name that never reaches the flow": [
        { name: "constructor" },
        "withheldName",
      ],
      "a quote that is left open": [{ allowed: 'a, "b' }, "badEnum"],
      "an empty value": [{ allowed: "a,,b" }, "badEnum"],
      "a comma at the end": [{ allowed: "a," }, "badEnum"],
      "a double value": [{ allowed: "a, a" }, "enumDouble"],
      "a double number": [{ type: "number", allowed: "1, 1.0" }, "enumDouble"],
      "a value that is no number": [
        { type: "number", allowed: "1, b" },
        "enumNoNumber",
      ],
      "a value that is no whole number": [
        { type: "integer[]", allowed: "1.5" },
        "enumNoInteger",
      ],
      "values of yes or no": [
        { type: "boolean", allowed: "true" },
        "enumOfBoolean",
      ],
    };
    for (const [what, [change, problem]] of Object.entries(cases)) {
      it(what, () => {
        const rows = [row({ name: "city" }), row(change)];
        assert.equal(rowProblem(rows, 0), undefined);
        assert.equal(
          rowProblem(rows, 1)?.key,
          `voice-live-function.error.${problem}`,
        );
        assert.deepEqual(writeTable({}, rows), {
          type: "object",
          properties: { city: { type: "string" } },
        });
      });
    }
  });

  it("reads every list of values as it was written", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const words = random.shuffled(TEXTS).slice(0, random.between(0, 5));
      assert.deepEqual(readWords(writeWords(words)), words, `seed ${seed}`);
    }
  });
});

function member(schema: Settings): Settings {
  return { type: "object", properties: { x: schema } };
}

function rowsOf(schema: Settings): readonly ParameterRow[] {
  const reading = readTable(schema);
  assert.ok(reading.ok);
  return reading.rows;
}

function shown(rows: readonly ParameterRow[]): readonly object[] {
  return rows.map((row) => ({ ...row, origin: undefined }));
}

function anyRows(random: Random): readonly ParameterRow[] {
  const names = random.shuffled(NAMES).slice(0, random.between(0, 6));
  return names.map((name) => {
    const type = random.pick(PARAMETER_TYPES);
    const values = valuesOf(random, type).map(String);
    return {
      ...EMPTY_ROW,
      name,
      type,
      description: random.pick(TEXTS),
      isRequired: random.chance(0.5),
      allowed: writeWords(values),
    };
  });
}

function valuesOf(random: Random, type: string): readonly unknown[] {
  if (type === "boolean" || random.chance(0.5)) return [];
  if (type.startsWith("string")) return random.shuffled(TEXTS).slice(0, 3);
  return random.shuffled(type.startsWith("integer") ? [0, -1, 7] : [0.5, 1e9]);
}

function anySchema(random: Random): Settings {
  const rows = anyRows(random);
  const members = rows.map(({ name, type }) => {
    const values = valuesOf(random, type);
    const item = {
      type: type.replace("[]", ""),
      ...(values.length > 0 && { enum: values }),
    };
    const own = type.endsWith("[]") ? { items: item, type: "array" } : item;
    const described = random.chance(0.5)
      ? { description: random.pick(TEXTS) }
      : {};
    return [name, { ...random.pick(KEPT), ...described, ...own }];
  });
  const names = rows.map(({ name }) => name);
  return {
    ...(random.chance(0.5) && { additionalProperties: false }),
    type: "object",
    properties: Object.fromEntries(members) as Settings,
    ...(random.chance(0.7) && {
      required: random.shuffled(names).slice(0, random.between(0, 3)),
    }),
  };
}
