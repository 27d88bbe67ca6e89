import assert from "node:assert/strict";
import { ToolBox, type ToolDeclaration } from "../../lib/client/tools";
import { faultOf } from "./faults";

const LIGHT: ToolDeclaration = {
  name: "set_light",
  description: "Switches a light",
  parameters: {
    type: "object",
    properties: {
      room: { enum: ["kitchen", "hall"] },
      level: { type: "integer", minimum: 0, maximum: 100 },
      scenes: { type: "array", items: { $ref: "#/$defs/scene" } },
    },
    required: ["room"],
    additionalProperties: false,
    $defs: {
      scene: {
        type: "object",
        properties: { name: { type: "string", format: "uuid" } },
        required: ["name"],
      },
    },
  },
  timeoutMs: 5_000,
};

describe("ToolBox", () => {
  for (const name of ["f", "get_weather", "A-1", "x".repeat(64), "toString"]) {
    it(`accepts the name ${name}`, () => {
      const tools = new ToolBox();
      tools.declare({ ...LIGHT, name });
      assert.equal(tools.timeoutMs(name), 5_000);
    });
  }

  for (const name of ["", " ", "a b", "a.b", "ä", "x".repeat(65), "a\n"]) {
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      const fault = faultOf("VOICE_LIVE_TOOL", () =>
        new ToolBox().declare({ ...LIGHT, name }),
      );
      assert.match(fault.message, /get_weather/);
    });
  }

  it("refuses a second function of the same name until the first is taken back", () => {
    const tools = new ToolBox();
    const withdraw = tools.declare(LIGHT);
    const fault = faultOf("VOICE_LIVE_TOOL", () => tools.declare(LIGHT));
    assert.match(fault.message, /set_light is declared twice.*Rename/);
    withdraw();
    const withdrawSecond = tools.declare({ ...LIGHT, timeoutMs: 1 });
    withdraw();
    assert.equal(tools.timeoutMs("set_light"), 1);
    withdrawSecond();
    assert.deepEqual(tools.definitions(), []);
  });

  it("declares functions flat, by name, and keeps the time limit to itself", () => {
    const tools = new ToolBox();
    tools.declare({ ...LIGHT, name: "zoom" });
    tools.declare(LIGHT);
    const { name, description, parameters } = LIGHT;
    assert.deepEqual(tools.definitions(), [
      { type: "function", name, description, parameters },
      { type: "function", name: "zoom", description, parameters },
    ]);
  });

  for (const parameters of [
    { type: "nonsense" },
    { type: "object", properties: 5 },
    { $ref: "#/$defs/missing" },
    { $ref: "https://example.com/schema.json" },
    { type: "object", properties: { a: { pattern: "(" } } },
    undefined,
    "text",
  ]) {
    it(`refuses the schema ${JSON.stringify(parameters)}`, () => {
      const declaration = { ...LIGHT, parameters } as ToolDeclaration;
      const fault = faultOf("VOICE_LIVE_TOOL", () =>
        new ToolBox().declare(declaration),
      );
      assert.match(fault.message, /set_light are not a JSON schema/);
      assert.ok(fault.nextStep);
    });
  }

  for (const [parameters, says] of [
    [{ type: "objekt" }, 'type is "objekt"'],
    [{ type: ["object", "nul"] }, 'type.1 is "nul"'],
    [
      { type: "object", properties: { room: { type: "str\ning" } } },
      'properties.room.type is "str\\ning"',
    ],
  ] as const)
    it(`names the wrong word, and those that are allowed, where ${says}`, () => {
      const fault = faultOf("VOICE_LIVE_TOOL", () =>
        new ToolBox().declare({ ...LIGHT, parameters }),
      );
      assert.equal(
        fault.message,
        `The parameters of set_light are not a JSON schema: ${says}, allowed are array, boolean, integer, null, number, object, string. Correct them in the function node.`,
      );
    });

  it("accepts two functions whose schemas have the same id", () => {
    const tools = new ToolBox();
    for (const name of ["a", "b"])
      tools.declare({
        ...LIGHT,
        name,
        parameters: { $id: "s", type: "object" },
      });
    assert.equal(tools.definitions().length, 2);
  });

  it("accepts a schema of the newest draft and keywords it does not know", () => {
    const tools = new ToolBox();
    tools.declare({
      ...LIGHT,
      parameters: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { a: { type: "number", "x-unit": "°C" } },
      },
    });
    assert.deepEqual(tools.readArguments("set_light", '{"a":1}'), { a: 1 });
    faultOf("VOICE_LIVE_ARGUMENTS", () =>
      tools.readArguments("set_light", '{"a":"1"}'),
    );
  });

  describe("readArguments", () => {
    const tools = new ToolBox();
    tools.declare(LIGHT);
    tools.declare({ ...LIGHT, name: "free", parameters: {} });

    it("reads what fits the schema, nested too, and nothing for an empty object", () => {
      const json = '{"room":"hall","level":7,"scenes":[{"name":"x"}]}';
      assert.deepEqual(
        tools.readArguments("set_light", json),
        JSON.parse(json),
      );
      assert.deepEqual(tools.readArguments("free", ""), {});
    });

    for (const [json, problem] of [
      ["{", /not JSON/],
      ["room=hall", /not JSON/],
      ["{}", /the object must have required property 'room'/],
      ["[]", /must be an object/],
      ["null", /must be an object/],
      ['{"room":"attic"}', /room must be equal to one of/],
      ['{"room":"hall","level":"7"}', /level must be integer/],
      ['{"room":"hall","level":101}', /level must be <= 100/],
      ['{"room":"hall","x":1}', /must NOT have additional properties/],
      ['{"room":"hall","scenes":[{}]}', /scenes\.0 must have .*'name'/],
    ] as const) {
      it(`refuses ${json}`, () => {
        const fault = faultOf("VOICE_LIVE_ARGUMENTS", () =>
          tools.readArguments("set_light", json),
        );
        assert.match(fault.message, problem);
        assert.ok(fault.nextStep);
      });
    }

    it("does not quote the arguments", () => {
      const fault = faultOf("VOICE_LIVE_ARGUMENTS", () =>
        tools.readArguments("set_light", '{"room":"my secret room"}'),
      );
      assert.doesNotMatch(fault.message, /secret/);
    });

    it("drops keys that reach a prototype, at any depth", () => {
      const read = tools.readArguments(
        "free",
        '{"__proto__":{"x":1},"a":{"constructor":{"prototype":{"x":1}},"b":[{"__proto__":{"x":1},"c":2}]}}',
      );
      assert.equal(JSON.stringify(read), '{"a":{"b":[{"c":2}]}}');
      assert.equal(Object.assign({}, read as { x?: unknown }).x, undefined);
    });

    it("names a function that nobody declares", () => {
      for (const name of ["nobody", "__proto__", "toString"])
        assert.match(
          faultOf("VOICE_LIVE_TOOL", () => tools.readArguments(name, "{}"))
            .message,
          new RegExp(`${name}, which no function node declares`),
        );
    });
  });
});
