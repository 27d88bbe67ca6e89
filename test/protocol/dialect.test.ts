import assert from "node:assert/strict";

import {
  createId,
  dialectOf,
  parseClientFrame,
  parseServerFrame,
  type RequestSession,
  serializeClientEvent,
  serializeServerEvent,
  sessionFromWire,
  sessionToWire,
} from "../../lib/protocol";

const SESSION: RequestSession = {
  modalities: ["text", "audio"],
  instructions: "",
  voice: { type: "azure-standard", name: "en-US-AvaNeural" },
  input_audio_format: "g711_ulaw",
  input_audio_sampling_rate: 8000,
  input_audio_transcription: { model: "azure-speech" },
  input_audio_noise_reduction: null,
  input_audio_echo_cancellation: { type: "server_echo_cancellation" },
  turn_detection: null,
  output_audio_format: "pcm16_16000hz",
  output_audio_timestamp_types: ["word"],
  max_response_output_tokens: "inf",
  reasoning_effort: "low",
  temperature: 0.7,
  metadata: { a: "b" },
};

const NESTED = {
  type: "realtime",
  output_modalities: ["audio"],
  instructions: "",
  audio: {
    input: {
      format: "g711_ulaw",
      sampling_rate: 8000,
      transcription: { model: "azure-speech" },
      noise_reduction: null,
      echo_cancellation: { type: "server_echo_cancellation" },
      turn_detection: null,
    },
    output: {
      format: "pcm16_16000hz",
      voice: { type: "azure-standard", name: "en-US-AvaNeural" },
      timestamp_types: ["word"],
    },
  },
  max_output_tokens: "inf",
  reasoning: { effort: "low" },
  temperature: 0.7,
  metadata: { a: "b" },
};

describe("dialectOf", () => {
  it("calls every version that names a date dated", () => {
    for (const version of [
      "2025-05-01-preview",
      "2026-07-15",
      "2026-07-31-preview",
      "2027-01-01",
    ]) {
      assert.equal(dialectOf(version), "dated");
    }
    assert.equal(dialectOf("v1"), "v1");
  });
});

describe("session dialects", () => {
  it("nests every field of the table for v1, nulls included", () => {
    assert.deepEqual(sessionToWire(SESSION, "v1"), NESTED);
  });

  it("flattens a v1 session", () => {
    assert.deepEqual(sessionFromWire(NESTED, "v1"), SESSION);
  });

  it("leaves a dated session as it is", () => {
    assert.deepEqual(sessionToWire(SESSION, "dated"), SESSION);
    assert.deepEqual(sessionFromWire({ ...SESSION }, "dated"), SESSION);
  });

  it("keeps a session type that was given, and members that only v1 has", () => {
    const session = {
      type: "transcription",
      audio: { output: { speed: 1.2 } },
      tracing: "auto",
    };
    assert.deepEqual(sessionFromWire(session, "v1"), session);
    assert.deepEqual(sessionToWire({ ...session, voice: "ash" }, "v1"), {
      ...session,
      audio: { output: { speed: 1.2, voice: "ash" } },
    });
  });

  it("reads modalities that leave the transcript unsaid", () => {
    assert.deepEqual(readModalities(["audio"]), ["text", "audio"]);
    assert.deepEqual(readModalities(["text"]), ["text"]);
    assert.deepEqual(readModalities(["audio", "avatar"]), [
      "text",
      "audio",
      "avatar",
    ]);
  });

  it("reads formats that OpenAI describes by object", () => {
    const audio = {
      input: gaFormat("audio/pcmu", 8000),
      output: gaFormat("audio/pcm", 24000),
    };
    const session = sessionFromWire({ audio }, "v1");
    assert.equal(session.input_audio_format, "g711_ulaw");
    assert.equal(session.output_audio_format, "pcm16");
    const narrow = sessionFromWire(
      { audio: { output: gaFormat("audio/pcm", 16000) } },
      "v1",
    );
    assert.equal(narrow.output_audio_format, "pcm16_16000hz");
  });

  it("does not change what it is given", () => {
    const before = JSON.stringify(NESTED);
    sessionFromWire(NESTED, "v1");
    assert.equal(JSON.stringify(NESTED), before);
  });
});

describe("event dialects", () => {
  const item = {
    id: "i",
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: "Hi" }, { type: "audio" }],
  };

  const renamed: readonly (readonly [dated: object, v1: object])[] = [
    [{ type: "response.audio.done" }, { type: "response.output_audio.done" }],
    [
      { type: "response.text.done", text: "" },
      { type: "response.output_text.done", text: "" },
    ],
    [
      { type: "response.text.delta", delta: "" },
      { type: "response.output_text.delta", delta: "" },
    ],
    [
      { type: "response.audio_transcript.delta", delta: "" },
      { type: "response.output_audio_transcript.delta", delta: "" },
    ],
    [
      { type: "response.audio_transcript.done", transcript: "" },
      { type: "response.output_audio_transcript.done", transcript: "" },
    ],
    [
      {
        type: "response.content_part.added",
        part: { type: "audio", transcript: "" },
      },
      {
        type: "response.content_part.added",
        part: { type: "output_audio", transcript: "" },
      },
    ],
  ];

  for (const [dated, v1] of renamed) {
    it(`writes and reads ${JSON.stringify(v1)}`, () => {
      const place = {
        response_id: "r",
        item_id: "i",
        output_index: 0,
        content_index: 0,
      };
      const event = {
        ...place,
        ...dated,
        type: "type" in dated ? String(dated.type) : "",
      };
      const text = serializeServerEvent(event, "v1");
      assert.deepEqual(JSON.parse(text), { ...place, ...v1 });
      assert.deepEqual(parseServerFrame(text, "v1"), { kind: "event", event });
      assert.deepEqual(parseServerFrame(text), { kind: "event", event });
    });
  }

  it("renames the parts inside items and responses and nests the response's audio", () => {
    const response = {
      id: "r",
      modalities: ["text", "audio"],
      voice: "ash",
      output: [item],
    };
    const event = { type: "response.done", response };
    const text = serializeServerEvent(event, "v1");
    assert.deepEqual(JSON.parse(text).response, {
      id: "r",
      output_modalities: ["audio"],
      audio: { output: { voice: "ash" } },
      output: [
        {
          ...item,
          content: [
            { type: "output_text", text: "Hi" },
            { type: "output_audio" },
          ],
        },
      ],
    });
    assert.deepEqual(parseServerFrame(text, "v1"), { kind: "event", event });
  });

  it("renames the parts of a single item both ways", () => {
    const event = { type: "conversation.item.created", item };
    const text = serializeServerEvent(event, "v1");
    assert.ok(
      text.includes('"output_text"') && text.includes('"output_audio"'),
    );
    assert.deepEqual(parseServerFrame(text), { kind: "event", event });
  });

  it("reads the GA announcement of an item as its creation, and its end as an event of its own", () => {
    const added = parseServerFrame(
      JSON.stringify({ type: "conversation.item.added", item }),
    );
    assert.deepEqual(added, {
      kind: "event",
      event: { type: "conversation.item.created", item },
    });
    const done = parseServerFrame(
      JSON.stringify({ type: "conversation.item.done", item }),
    );
    assert.deepEqual(done, {
      kind: "event",
      event: { type: "conversation.item.done", item },
    });
  });

  it("writes a session update for v1 that reads back as it was", () => {
    const text = serializeClientEvent(
      { type: "session.update", session: SESSION },
      "v1",
    );
    assert.deepEqual(JSON.parse(text), {
      type: "session.update",
      session: NESTED,
    });
    assert.deepEqual(parseClientFrame(text, "v1"), {
      kind: "event",
      event: { type: "session.update", session: SESSION },
    });
  });

  it("writes response parameters and their items for v1", () => {
    const greeting = {
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "Hello" }],
    } as const;
    const response = {
      modalities: ["text"],
      output_audio_format: "pcm16",
      max_output_tokens: 9,
      input_items: [{ ...greeting, content: [...greeting.content] }],
    };
    const text = serializeClientEvent(
      { type: "response.create", response },
      "v1",
    );
    assert.deepEqual(JSON.parse(text).response, {
      output_modalities: ["text"],
      audio: { output: { format: "pcm16" } },
      max_output_tokens: 9,
      input_items: [
        { ...greeting, content: [{ type: "output_text", text: "Hello" }] },
      ],
    });
    assert.deepEqual(parseClientFrame(text, "v1"), {
      kind: "event",
      event: { type: "response.create", response },
    });
  });
});

describe("createId", () => {
  it("puts 24 url-safe characters behind the prefix, never the same", () => {
    const ids = Array.from({ length: 1000 }, () => createId("item"));
    assert.ok(ids.every((id) => /^item_[\w-]{24}$/.test(id)));
    assert.equal(new Set(ids).size, ids.length);
  });
});

function readModalities(modalities: string[]): unknown {
  return sessionFromWire({ output_modalities: modalities }, "v1").modalities;
}

function gaFormat(type: string, rate: number): object {
  return { format: { type, rate } };
}
