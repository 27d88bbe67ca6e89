import assert from "node:assert/strict";
import Ajv from "ajv";
import { exampleOf } from "../../../nodes/editor/schema-example";

const SCHEMAS: Readonly<Record<string, object>> = {
  "no parameters": { type: "object", properties: {} },
  "every plain type": {
    type: "object",
    properties: {
      text: { type: "string" },
      whole: { type: "integer" },
      number: { type: "number" },
      flag: { type: "boolean" },
      list: { type: "array", items: { type: "string" } },
      nothing: { type: "null" },
    },
    required: ["text", "whole", "number", "flag", "list", "nothing"],
  },
  bounds: {
    type: "object",
    properties: {
      low: { type: "integer", minimum: 10, maximum: 20 },
      negative: { type: "number", maximum: -3 },
      tight: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
      above: { type: "integer", exclusiveMinimum: 4 },
      step: { type: "integer", minimum: 11, multipleOf: 5 },
      long: { type: "string", minLength: 12 },
      short: { type: "string", maxLength: 2 },
      many: { type: "array", items: { type: "number" }, minItems: 3 },
    },
  },
  "values it names": {
    type: "object",
    properties: {
      color: { type: "string", enum: ["red", "green"] },
      fixed: { const: 7 },
      preset: { type: "string", default: "now", pattern: "^n" },
      shown: { type: "string", examples: ["a1"], pattern: "^a1$" },
    },
  },
  "nested objects, lists of objects, choices, references": {
    type: "object",
    properties: {
      place: { $ref: "#/$defs/place" },
      when: { anyOf: [{ type: "integer" }, { type: "string" }] },
      all: {
        allOf: [
          { type: "object", properties: { a: { type: "integer" } } },
          { properties: { b: { type: "boolean" } }, required: ["a", "b"] },
        ],
      },
      stops: { type: "array", items: { $ref: "#/$defs/place" }, minItems: 1 },
      maybe: { type: ["null", "string"] },
    },
    required: ["place", "when", "all", "stops", "maybe"],
    $defs: {
      place: {
        type: "object",
        properties: { town: { type: "string" }, zip: { type: "string" } },
        required: ["town"],
      },
    },
  },
  "a reference to itself": {
    type: "object",
    properties: { next: { $ref: "#" }, name: { type: "string" } },
    required: ["name"],
  },
};

describe("exampleOf", () => {
  for (const [what, schema] of Object.entries(SCHEMAS)) {
    it(`fits a schema with ${what}`, () => {
      const example = exampleOf(schema);
      const validate = new Ajv({ strict: false }).compile(schema);
      assert.ok(
        validate(example),
        `${JSON.stringify(example)}: ${JSON.stringify(validate.errors)}`,
      );
    });
  }

  it("fills in what is not required, too", () => {
    assert.deepEqual(
      exampleOf({
        type: "object",
        properties: { town: { type: "string" }, days: { type: "integer" } },
      }),
      { town: "text", days: 1 },
    );
  });

  it("ends with a schema that asks for itself for ever", () => {
    const schema = {
      type: "object",
      properties: { next: { $ref: "#" } },
      required: ["next"],
    };
    assert.ok(JSON.stringify(exampleOf(schema)).length < 1_000);
  });
});
