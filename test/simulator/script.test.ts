import assert from "node:assert/strict";
import type { FunctionTool } from "../../lib/protocol";
import {
  type Answer,
  behavioursOf,
  parseScript,
  type ResponseContext,
  type ScriptOption,
} from "../../lib/simulator";
import { exampleOf } from "../../lib/simulator/schema-example";

const TOOLS: FunctionTool[] = ["get_weather", "set_light"].map((name) => ({
  type: "function",
  name,
}));

function answer(
  script: ScriptOption,
  context: Partial<ResponseContext>,
): Answer | undefined {
  const whole: ResponseContext = {
    settings: {},
    instructions: "",
    tools: [],
    mcpServers: [],
    turn: 1,
    text: "",
    source: "text",
    outputs: [],
    request: {},
    ...context,
  };
  for (const behaviour of behavioursOf(script)) {
    const steps = behaviour(whole);
    if (steps) return steps;
  }
  return undefined;
}

const output = (
  name: string,
  args: Record<string, unknown>,
  value: unknown,
) => ({
  name,
  callId: `call_${name}`,
  arguments: args,
  output: value,
});

describe("A script", () => {
  it("lets the first rule that fits decide", () => {
    const script = [
      { when: { turn: 2 }, do: [{ say: "second" }] },
      {
        when: { text: "^BOOK (\\w+)" },
        do: [{ say: "{{match.1}} of {{text}}" }, { stall: 5 }],
      },
      { when: {}, do: [{ say: "else" }] },
    ];
    assert.deepEqual(answer(script, { turn: 2, text: "book a" }), [
      { say: "second" },
    ]);
    assert.deepEqual(answer(script, { text: "book tea" }), [
      { say: "tea of book tea" },
      { stall: 5 },
    ]);
    assert.deepEqual(answer(script, { text: "tea" }), [{ say: "else" }]);
  });

  it("answers each function output with the first rule for it, and never with a rule for turns", () => {
    const script = [
      { when: {}, do: [{ say: "turn" }] },
      {
        when: { output: "a", has: ["output.x.y"] },
        do: [{ say: "{{output.x.y}} {{argument.z}}" }],
      },
      {
        when: { output: true as const, is: { output: 5 } },
        do: [{ say: "five" }],
      },
      { when: { output: true as const }, do: [{ say: "{{output}}" }] },
    ];
    const outputs = [
      output("a", { z: 1 }, { x: { y: true } }),
      output("a", {}, 5),
      output("b", {}, { p: 1, q: ["r"] }),
    ];
    assert.deepEqual(answer(script, { outputs }), [
      { say: "true 1" },
      { say: "five" },
      { say: "p 1, q r" },
    ]);
  });

  it("fills arguments at any depth and keeps other values as they are", () => {
    const script = [
      {
        when: { text: "(?<who>\\w+)", tool: "f" },
        do: [
          { call: "f", arguments: { to: ["{{match.who}}"], n: 1, ok: true } },
        ],
      },
    ];
    const tools: FunctionTool[] = [{ type: "function", name: "f" }];
    assert.deepEqual(answer(script, { text: "Ada", tools }), [
      { call: "f", arguments: { to: ["Ada"], n: 1, ok: true } },
    ]);
  });

  it("says so when no rule fits", () => {
    assert.deepEqual(answer([], {}), [
      { say: "The script has no answer to this." },
    ]);
  });

  for (const [fault, script] of [
    [/Expected the script to be a JSON list/, {}],
    [/^Script rule 1: expected an object/, [5]],
    [/^Script rule 1: `also` is unknown/, [{ when: {}, do: [], also: 1 }]],
    [
      /^Script rule 2: `when\.txt` is unknown/,
      [
        { when: {}, do: [] },
        { when: { txt: "" }, do: [] },
      ],
    ],
    [/`when\.turn` must be a whole number/, [{ when: { turn: -1 }, do: [] }]],
    [
      /`do\[1\]` must have exactly one of say, call/,
      [{ when: {}, do: [{ say: "a" }, { say: "a", drop: true }] }],
    ],
    [/`do\[0\]\.shout` is unknown/, [{ when: {}, do: [{ shout: "a" }] }]],
    [
      /`do\[0\]\.close` must be a close code/,
      [{ when: {}, do: [{ close: 1006 }] }],
    ],
    [
      /`do\[0\]\.arguments` must be an object/,
      [{ when: {}, do: [{ call: "f", arguments: [] }] }],
    ],
  ] as const) {
    it(`is refused with ${fault.source}`, () => {
      assert.throws(() => parseScript(script), {
        name: "TypeError",
        message: fault,
      });
    });
  }
});

describe("The assistant", () => {
  const both = [
    { call: "get_weather", arguments: { city: "Lisbon" } },
    { call: "set_light", arguments: { room: "kitchen", on: true } },
  ];

  for (const [text, expected] of [
    ["What is the weather in Lisbon?", both.slice(0, 1)],
    ["Turn on the kitchen light.", both.slice(1)],
    [
      "What is the weather in Lisbon, and please turn on the kitchen light.",
      both,
    ],
    [
      "please switch the living room lamps off",
      [{ call: "set_light", arguments: { room: "living room", on: false } }],
    ],
    [
      "weather for New York today",
      [{ call: "get_weather", arguments: { city: "New York" } }],
    ],
    ["how is the weather", both.slice(0, 1)],
    ["(speech, 1.4 seconds)", both.slice(0, 1)],
    ["Hi there", [{ say: "Hello, nice to hear you." }]],
    ["many thanks", [{ say: "You are welcome." }]],
  ] as const) {
    it(`understands "${text}"`, () => {
      assert.deepEqual(answer("assistant", { text, tools: TOOLS }), expected);
    });
  }

  it("greets when nobody has said anything", () => {
    assert.deepEqual(answer("assistant", { turn: 0, source: "none" }), [
      { say: "Hello, nice to hear you." },
    ]);
  });

  it("speaks from the real outputs", () => {
    const outputs = [
      output(
        "get_weather",
        { city: "Lisbon" },
        { temperature: 21, sky: "sunny" },
      ),
      output("get_weather", { city: "Oslo" }, "snow"),
      output("set_light", { room: "hall", on: false }, { ok: true }),
      output(
        "set_light",
        { room: "attic", on: true },
        { error: "no such room" },
      ),
      output("book", {}, ""),
    ];
    assert.deepEqual(answer("assistant", { outputs }), [
      { say: "It is sunny in Lisbon, with 21 degrees." },
      { say: "The weather in Oslo: snow." },
      { say: "The hall light is off." },
      { say: "Sorry, that did not work." },
      { say: "It is done." },
    ]);
  });

  it("calls another declared function that the text names, with arguments its schema allows", () => {
    const parameters = {
      type: "object",
      properties: {
        when: { type: "string", enum: ["now", "later"] },
        seats: { type: "integer", minimum: 2 },
        note: {},
      },
      required: ["when", "seats"],
    };
    const tools: FunctionTool[] = [
      {
        type: "function",
        name: "bookTable",
        description: "Reserves a seat in a restaurant",
        parameters,
      },
      { type: "function", name: "play_music" },
    ];
    const call = [{ call: "bookTable", arguments: { when: "now", seats: 2 } }];
    assert.deepEqual(
      answer("assistant", { text: "please use bookTable", tools }),
      call,
    );
    assert.deepEqual(
      answer("assistant", { text: "a table for two", tools }),
      call,
    );
    assert.deepEqual(
      answer("assistant", { text: "find me a restaurant", tools }),
      call,
    );
    assert.deepEqual(answer("assistant", { text: "some music", tools }), [
      { call: "play_music", arguments: {} },
    ]);
  });

  it("admits what it does not understand and says how long it listened", () => {
    const [first, second] =
      answer("assistant", {
        text: "(speech, 2.5 seconds)",
        turn: 3,
        tools: TOOLS,
      }) ?? [];
    assert.deepEqual(first, {
      say: "I am a simulator, and I do not understand words.",
    });
    assert.deepEqual(second, { say: "But I hear you: that was 2.5 seconds." });
  });
});

describe("exampleOf", () => {
  for (const [schema, expected] of [
    [{ type: "string", default: "d", enum: ["e"] }, "d"],
    [{ type: "string", examples: ["x"] }, "x"],
    [{ const: 7 }, 7],
    [{ type: "string", minLength: 9 }, "examplexx"],
    [{ type: "number", exclusiveMinimum: 3 }, 4],
    [{ type: "integer", maximum: 0 }, 0],
    [{ type: ["boolean", "null"] }, true],
    [
      { anyOf: [{ type: "array", minItems: 2, items: { type: "integer" } }] },
      [1, 1],
    ],
    [{ type: "object", properties: { a: { type: "boolean" } } }, { a: true }],
    [undefined, undefined],
  ] as const) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(schema)}`, () => {
      assert.deepEqual(exampleOf(schema), expected);
    });
  }
});
