import assert from "node:assert/strict";

import {
  isKnownServerEvent,
  parseServerFrame,
  SERVER_EVENT_TYPES,
} from "../../lib/protocol";
import { Random } from "./random";

const DONE = { type: "response.done", response: { id: "resp_1" } };

describe("parseServerFrame", () => {
  it("passes unknown events on as they came", () => {
    const event = {
      type: "response.dance.delta",
      step: [1, { to: "left" }],
      item_id: 5,
      delta: "AAAA",
    };
    assert.deepEqual(parseServerFrame(JSON.stringify(event)), {
      kind: "event",
      event,
    });
  });

  it("keeps members that the types do not name", () => {
    const event = {
      ...DONE,
      weather: "fine",
      response: { id: "resp_1", mood: ["good"] },
    };
    assert.deepEqual(parseServerFrame(Buffer.from(JSON.stringify(event))), {
      kind: "event",
      event,
    });
  });

  it("accepts null for every member that may be absent", () => {
    const session = {
      id: "sess_1",
      model: null,
      voice: null,
      tools: null,
      agent: null,
      expires_at: null,
    };
    const event = { type: "session.created", event_id: null, session };
    assert.deepEqual(parseServerFrame(JSON.stringify(event)), {
      kind: "event",
      event,
    });
    const response = {
      id: "resp_1",
      status: null,
      status_details: null,
      output: null,
      usage: null,
    };
    assert.equal(
      parseServerFrame(JSON.stringify({ ...DONE, response })).kind,
      "event",
    );
  });

  it("gives audio memory of its own", () => {
    const frame = parseServerFrame(Buffer.from(audioFrame("AAEC")));
    assert.ok(frame.kind === "audio");
    assert.equal(frame.audio.toString("hex"), "000102");
    assert.equal(frame.audio.buffer.byteLength, 3);
    assert.ok(!("delta" in frame.event));
  });

  const malformed: readonly (readonly [
    title: string,
    frame: string,
    reason: string,
  ])[] = [
    ["an empty frame", "", "frame: not a JSON object"],
    ["text", "hello secret", "frame: not a JSON object"],
    ["half an object", '{"type":"error"', "frame: not a JSON object"],
    ["a list", '[{"type":"error"}]', "frame: not a JSON object"],
    ["null", "null", "frame: not a JSON object"],
    ["a number", "17", "frame: not a JSON object"],
    ["a nest without end", "[".repeat(200_000), "frame: not a JSON object"],
    ["an object without type", '{"item":{}}', "event: type is not a string"],
    [
      "a type that is no string",
      '{"type":["error"]}',
      "event: type is not a string",
    ],
    [
      "an event id that is no string",
      '{"type":"new.event","event_id":3}',
      "event: event_id is not a string",
    ],
    [
      "response.done without a response",
      '{"type":"response.done"}',
      "response.done: response is not an object",
    ],
    [
      "a response that is a list",
      '{"type":"response.created","response":[]}',
      "response.created: response is not an object",
    ],
    [
      "an output that is no list",
      doneWith("response", { id: "r", output: {} }),
      "response.done: response.output is not a list",
    ],
    [
      "an item in the output without type",
      doneWith("response", {
        id: "r",
        output: [{ id: "a", type: "message", role: "user" }, { id: "b" }],
      }),
      "response.done: response.output[1].type is not a string",
    ],
    [
      "a part that is a string",
      doneWith("response", {
        id: "r",
        output: [{ id: "a", type: "message", role: "user", content: ["hi"] }],
      }),
      "response.done: response.output[0].content[0] is not an object",
    ],
    [
      "a negative index",
      '{"type":"response.output_item.done","response_id":"r","output_index":-1,"item":{}}',
      "response.output_item.done: output_index is not a whole number from 0",
    ],
    [
      "audio that is no string",
      audioFrame(7),
      "response.audio.delta: delta is not a string",
    ],
    [
      "audio that is absent",
      audioFrame(undefined),
      "response.audio.delta: delta is not a string",
    ],
    [
      "audio that is not base64",
      audioFrame("AA*A"),
      "response.audio.delta: delta is not base64",
    ],
    [
      "audio cut short",
      audioFrame("AAAAA"),
      "response.audio.delta: delta is not base64",
    ],
    [
      "padding inside audio",
      audioFrame("AA==AAAA"),
      "response.audio.delta: delta is not base64",
    ],
    [
      "audio in letters beyond ASCII",
      audioFrame("AAÄA"),
      "response.audio.delta: delta is not base64",
    ],
    [
      "a line break inside audio",
      audioFrame("AAA\nAAA="),
      "response.audio.delta: delta is not base64",
    ],
  ];

  for (const [title, text, reason] of malformed) {
    it(`reports ${title}`, () => {
      assert.deepEqual(parseServerFrame(text), { kind: "malformed", reason });
      assert.deepEqual(parseServerFrame(Buffer.from(text)), {
        kind: "malformed",
        reason,
      });
    });
  }

  it("takes names of object members for what they are: unknown events", () => {
    for (const type of [
      "constructor",
      "__proto__",
      "toString",
      "hasOwnProperty",
    ]) {
      const frame = parseServerFrame(
        `{"type":"${type}","__proto__":{"item_id":1},"constructor":{}}`,
      );
      assert.ok(frame.kind === "event" && !isKnownServerEvent(frame.event));
    }
    assert.equal(Reflect.get({}, "item_id"), undefined);
  });

  it("refuses members nested without end, whatever they are called", () => {
    const depth = 50_000;
    const details = ["usage", "input_token_details"]
      .concat(Array.from({ length: 200 }, () => "cached_tokens_details"))
      .reduceRight((inner, member) => `{"${member}":${inner}}`, "{}");
    const nests = [
      ...["response", "item", "session", "part"].map(
        (member) =>
          `{"type":"x",${`"${member}":{`.repeat(depth)}${"}".repeat(depth)}}`,
      ),
      `{"type":"x","list":${"[".repeat(depth)}${"]".repeat(depth)}}`,
      `{"type":"response.done","response":${details.replace("{", '{"id":"r",')}}`,
    ];
    for (const text of nests)
      assert.equal(parseServerFrame(text, "v1").kind, "malformed");
  });

  it("takes out what reaches for a prototype, in audio too, and leaves arguments named constructor", () => {
    const traps =
      '"__proto__":{"bad":1},"constructor":{"prototype":{"bad":1}},"\\u005f_proto__":{"bad":1}';
    const kept = '"constructor":{"team":"red"}';
    for (const text of [
      `{"type":"x",${traps},"list":[{${traps}}],"deep":{${kept}}}`,
      `{"type":"response.audio.delta","response_id":"r","item_id":"i",${traps.split(',"\\')[0]},"delta":"AAAA"}`,
    ]) {
      const frame = parseServerFrame(Buffer.from(text));
      assert.ok(frame.kind !== "malformed");
      assert.doesNotMatch(JSON.stringify(frame), /bad/);
    }
    assert.deepEqual(parseServerFrame(`{"type":"x","deep":{${kept}}}`), {
      kind: "event",
      event: { type: "x", deep: { constructor: { team: "red" } } },
    });
  });

  it("refuses ids that would fill the memory", () => {
    const id = "i".repeat(257);
    for (const event of [
      { ...DONE, response: { id } },
      { type: "response.audio.done", response_id: "r", item_id: id },
      { type: "conversation.item.created", item: { id, type: "message" } },
    ])
      assert.equal(parseServerFrame(JSON.stringify(event)).kind, "malformed");
  });

  it("never throws, whatever the bytes", () => {
    const seed = 20_260_715;
    const random = new Random(seed);
    for (let round = 0; round < 5000; round++) {
      const data = randomFrame(random);
      try {
        const { kind } = parseServerFrame(data, random.pick(["dated", "v1"]));
        assert.ok(["event", "audio", "malformed"].includes(kind));
      } catch (cause) {
        assert.fail(
          `seed ${seed}, round ${round}: ${String(cause)} for ${data.toString("latin1")}`,
        );
      }
    }
  });
});

function doneWith(member: string, value: unknown): string {
  return JSON.stringify({ type: "response.done", [member]: value });
}

function audioFrame(delta: unknown): string {
  const place = {
    response_id: "r",
    item_id: "i",
    output_index: 0,
    content_index: 0,
  };
  return JSON.stringify({ type: "response.audio.delta", ...place, delta });
}

function randomFrame(random: Random): Buffer {
  if (random.below(10) === 0) return random.bytes(random.below(40));
  const members = Array.from({ length: random.below(6) }, () => [
    random.pick(MEMBERS),
    randomValue(random, 3),
  ]);
  const text = JSON.stringify({
    type: random.pick(SERVER_EVENT_TYPES),
    ...Object.fromEntries(members),
  });
  const bytes = Buffer.from(text);
  if (random.below(3) === 0)
    bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

const MEMBERS = [
  "item",
  "response",
  "session",
  "part",
  "delta",
  "error",
  "item_id",
  "response_id",
  "event_id",
  "usage",
];

function randomValue(random: Random, depth: number): unknown {
  const leaf = random.pick([
    "AAAA",
    "",
    "output_text",
    0,
    -1,
    1.5,
    true,
    [],
    "message",
  ]);
  if (depth === 0 || random.below(3) === 0)
    return random.below(9) === 0 ? null : leaf;
  const inner = randomValue(random, depth - 1);
  return random.pick<unknown>([
    [inner],
    { id: "x", type: "message", role: "user", content: inner, output: inner },
  ]);
}
