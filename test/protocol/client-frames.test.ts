import assert from "node:assert/strict";

import {
  parseClientFrame,
  serializeClientEvent,
  serializeRawEvent,
} from "../../lib/protocol";

describe("serializeClientEvent", () => {
  it("keeps an explicit null and leaves undefined out", () => {
    const session = { turn_detection: null, instructions: undefined };
    assert.equal(
      serializeClientEvent({ type: "session.update", session }),
      '{"type":"session.update","session":{"turn_detection":null}}',
    );
  });

  it("passes settings that no type names", () => {
    const session = { voice: "alloy", dance: { step: null } };
    const text = serializeClientEvent({ type: "session.update", session });
    assert.deepEqual(JSON.parse(text), { type: "session.update", session });
  });

  const refused: readonly (readonly [
    title: string,
    event: object,
    member: RegExp,
  ])[] = [
    ["an unknown type", { type: "session.upgrade" }, /`type`/],
    ["no type", {}, /`type`/],
    ["a missing member", { type: "conversation.item.delete" }, /`item_id`/],
    [
      "null in place of a member",
      { type: "conversation.item.delete", item_id: null },
      /`item_id`/,
    ],
    [
      "a Buffer in place of base64",
      { type: "input_audio_buffer.append", audio: Buffer.from("x") },
      /`audio`/,
    ],
    [
      "a fraction of a millisecond",
      {
        type: "conversation.item.truncate",
        item_id: "i",
        content_index: 0,
        audio_end_ms: 1.5,
      },
      /`audio_end_ms`/,
    ],
    [
      "NaN for a whole number",
      {
        type: "conversation.item.truncate",
        item_id: "i",
        content_index: 0,
        audio_end_ms: Number.NaN,
      },
      /`audio_end_ms`/,
    ],
    [
      "an output that is no string",
      {
        type: "conversation.item.create",
        item: { type: "function_call_output", call_id: "c", output: { a: 1 } },
      },
      /`item\.output`/,
    ],
    [
      "a part without text",
      {
        type: "conversation.item.create",
        item: {
          type: "message",
          role: "user",
          content: [{ type: "input_text" }],
        },
      },
      /`item\.content\[0\]\.text`/,
    ],
    [
      "NaN deep inside",
      {
        type: "session.update",
        session: { turn_detection: { threshold: Number.NaN } },
      },
      /`threshold`/,
    ],
    [
      "infinity",
      { type: "response.create", response: { metadata: { at: -Infinity } } },
      /`at`/,
    ],
    [
      "a function",
      { type: "session.update", session: { tools: [{ parameters: () => 1 }] } },
      /`parameters`/,
    ],
  ];

  for (const [title, event, member] of refused) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => Reflect.apply(serializeClientEvent, undefined, [event]),
        (error) => error instanceof TypeError && member.test(error.message),
      );
    });
  }

  it("does not quote the member that it refuses", () => {
    const event = {
      type: "conversation.item.delete",
      item_id: ["secret words"],
    };
    assert.throws(
      () => Reflect.apply(serializeClientEvent, undefined, [event]),
      (error) =>
        error instanceof TypeError && !error.message.includes("secret"),
    );
  });
});

describe("serializeRawEvent", () => {
  it("writes an event of any type as given", () => {
    assert.equal(
      serializeRawEvent({ type: "dance.start", step: null }),
      '{"type":"dance.start","step":null}',
    );
  });

  it("refuses what has no type or no JSON", () => {
    assert.throws(() => serializeRawEvent({ step: 1 }), TypeError);
    assert.throws(() => serializeRawEvent({ type: "" }), TypeError);
    assert.throws(
      () => serializeRawEvent({ type: "dance", step: Number.NaN }),
      TypeError,
    );
  });
});

describe("parseClientFrame", () => {
  it("tolerates an event id that is empty or null", () => {
    for (const id of ["", null]) {
      const event = { type: "input_audio_buffer.commit", event_id: id };
      assert.deepEqual(parseClientFrame(JSON.stringify(event)), {
        kind: "event",
        event,
      });
    }
  });

  it("keeps explicit null and unknown members", () => {
    const event = {
      type: "session.update",
      session: { turn_detection: null, dance: 1 },
      extra: true,
    };
    assert.deepEqual(parseClientFrame(Buffer.from(JSON.stringify(event))), {
      kind: "event",
      event,
    });
  });

  const refused: readonly (readonly [
    frame: string,
    code: string,
    param?: string,
    eventId?: string,
  ])[] = [
    ["{", "invalid_json"],
    ["", "invalid_json"],
    ["[]", "invalid_event"],
    ["null", "invalid_event"],
    ['"session.update"', "invalid_event"],
    ["{}", "missing_required_parameter", "type"],
    [
      '{"type":null,"event_id":"e1"}',
      "missing_required_parameter",
      "type",
      "e1",
    ],
    ['{"type":"constructor"}', "invalid_value", "type"],
    ['{"type":7}', "invalid_value", "type"],
    [
      '{"type":"session.update","event_id":"e2"}',
      "missing_required_parameter",
      "session",
      "e2",
    ],
    [
      '{"type":"session.update","event_id":"","session":[]}',
      "invalid_value",
      "session",
    ],
    ['{"type":"response.cancel","event_id":5}', "invalid_value", "event_id"],
    [
      '{"type":"response.create","response":{"input_items":[{"id":"a"}]}}',
      "missing_required_parameter",
      "response.input_items[0].type",
    ],
  ];

  for (const [frame, code, param, eventId] of refused) {
    it(`answers ${frame || "an empty frame"} with ${code}${param ? ` for ${param}` : ""}`, () => {
      const parsed = parseClientFrame(frame);
      assert.ok(parsed.kind === "malformed" && parsed.message.length > 0);
      assert.deepEqual(
        [parsed.code, parsed.param, parsed.eventId],
        [code, param, eventId],
      );
    });
  }
});
