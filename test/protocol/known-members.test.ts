import assert from "node:assert/strict";
import type {
  RealtimeAudioInputTurnDetection,
  RealtimeClientEvent,
  RealtimeResponseCreateParams,
  RealtimeSessionCreateRequest,
  RealtimeToolsConfigUnion,
  AudioTranscription,
} from "openai/resources/realtime/realtime";
import {
  CLIENT_EVENT_TYPES,
  hasClientEvent,
  isKnownSetting,
  parseClientFrame,
  type Dialect,
} from "../../lib/protocol";
import { wirePath } from "../../lib/protocol/dialect";
import {
  SESSION_FIELDS,
  type FieldRule,
} from "../../lib/protocol/session-fields";
import { DIALECTS } from "../../lib/protocol/versions";

// OpenAI's own client describes OpenAI's interface; the compiler keeps these lists as long as its types.
type Listed<T> = Readonly<Record<keyof Required<T>, unknown>>;

const session: Listed<RealtimeSessionCreateRequest> = {
  type: "realtime",
  audio: {
    input: {
      format: { type: "audio/pcm", rate: 24_000 },
      noise_reduction: { type: "near_field" },
      transcription: {
        model: "whisper-1",
        language: "en",
        prompt: "Node-RED",
        delay: "low",
      } satisfies Listed<AudioTranscription>,
      turn_detection: {
        type: "server_vad",
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 500,
        idle_timeout_ms: 6000,
        create_response: true,
        interrupt_response: true,
      } satisfies Listed<RealtimeAudioInputTurnDetection.ServerVad>,
    },
    output: {
      format: { type: "audio/pcmu" },
      voice: { id: "voice_1" },
      speed: 1.1,
    },
  },
  include: [],
  instructions: "",
  max_output_tokens: "inf",
  model: "gpt-realtime",
  output_modalities: ["audio"],
  parallel_tool_calls: true,
  prompt: { id: "p" },
  reasoning: { effort: "low" },
  tool_choice: { type: "mcp", server_label: "shop", name: "look" },
  tools: [
    { type: "function", name: "a", description: "", parameters: {} },
    {
      type: "mcp",
      server_label: "shop",
      server_url: "https://shop",
      server_description: "",
      authorization: "",
      headers: { a: "b" },
      allowed_tools: [],
      require_approval: "never",
      connector_id: "",
      defer_loading: true,
      allowed_callers: [],
      tunnel_id: "",
    } satisfies Listed<RealtimeToolsConfigUnion.Mcp>,
  ],
  tracing: { workflow_name: "w", group_id: "g", metadata: {} },
  truncation: { type: "retention_ratio", retention_ratio: 0.8 },
};

const response: Listed<RealtimeResponseCreateParams> = {
  audio: { output: { format: { type: "audio/pcma" }, voice: "ash" } },
  conversation: "none",
  input: [
    {
      id: "i",
      type: "message",
      role: "user",
      object: "realtime.item",
      status: "completed",
      content: [
        { type: "input_text", text: "a" },
        { type: "input_image", image_url: "data:,", detail: "low" },
        { type: "input_audio", audio: "AAAA", transcript: "a" },
      ],
    },
  ],
  instructions: "",
  max_output_tokens: 9,
  metadata: { a: "b" },
  output_modalities: ["text"],
  parallel_tool_calls: true,
  prompt: { id: "p" },
  reasoning: { effort: "low" },
  tool_choice: "none",
  tools: [],
};

/** What the answer to a frame says is wrong; empty when nothing is. */
function refused(event: object, dialect: Dialect = "openai"): string {
  const frame = parseClientFrame(JSON.stringify(event), dialect);
  if (frame.kind === "event") return "";
  return `${frame.code} ${frame.param ?? ""}`;
}

describe("Members that OpenAI's services know", () => {
  it("are all that its own client can set in a session", () => {
    assert.equal(refused({ type: "session.update", session }), "");
  });

  it("are all that its own client can ask of a response", () => {
    assert.equal(refused({ type: "response.create", response }), "");
  });

  const cases: readonly (readonly [event: object, param: string])[] = [
    [
      { type: "session.update", session: { type: "realtime", voice: "ash" } },
      "session.voice",
    ],
    [
      { type: "session.update", session: { type: "realtime", temperature: 1 } },
      "session.temperature",
    ],
    [
      {
        type: "session.update",
        session: {
          type: "realtime",
          audio: { input: { echo_cancellation: {} } },
        },
      },
      "session.audio.input.echo_cancellation",
    ],
    [
      {
        type: "session.update",
        session: {
          type: "realtime",
          audio: {
            input: {
              turn_detection: { type: "server_vad", auto_truncate: true },
            },
          },
        },
      },
      "session.audio.input.turn_detection.auto_truncate",
    ],
    [
      {
        type: "session.update",
        session: {
          type: "realtime",
          tools: [{ type: "function", name: "a", function: {} }],
        },
      },
      "session.tools[0].function",
    ],
    [
      { type: "response.create", additional_instructions: "a" },
      "additional_instructions",
    ],
    [
      { type: "response.create", response: { input_items: [] } },
      "response.input_items",
    ],
    [
      {
        type: "response.create",
        response: {
          input: [
            {
              type: "message",
              role: "user",
              content: [{ type: "input_text", words: "a" }],
            },
          ],
        },
      },
      "response.input[0].content[0].words",
    ],
    [
      {
        type: "conversation.item.create",
        item: { type: "message", role: "user", content: [], mood: "bad" },
      },
      "item.mood",
    ],
    [{ type: "input_audio_buffer.commit", now: true }, "now"],
    [
      { type: "session.update", session: { type: "realtime", constructor: 1 } },
      "session.constructor",
    ],
  ];
  for (const [event, param] of cases) {
    it(`do not include ${param}`, () => {
      assert.equal(refused(event), `unknown_parameter ${param}`);
    });
  }

  it("are flat in OpenAI's beta", () => {
    const flat = {
      turn_detection: null,
      voice: "ash",
      temperature: 0.8,
      speed: 1.2,
    };
    assert.equal(
      refused({ type: "session.update", session: flat }, "openai-beta"),
      "",
    );
    assert.equal(
      refused(
        { type: "session.update", session: { avatar: {} } },
        "openai-beta",
      ),
      "unknown_parameter session.avatar",
    );
    assert.equal(
      refused(
        {
          type: "response.create",
          response: { input: [], max_response_output_tokens: 9 },
        },
        "openai-beta",
      ),
      "",
    );
  });

  it("need the kind of the session in an update", () => {
    assert.equal(
      refused({ type: "session.update", session: {} }),
      "missing_required_parameter session.type",
    );
    assert.equal(
      refused({ type: "session.update", session: { type: "transcription" } }),
      "invalid_value session.type",
    );
    assert.equal(refused({ type: "session.update", session: {} }, "v1"), "");
  });

  it("pass unseen in Voice Live", () => {
    for (const dialect of ["dated", "v1"] as const)
      assert.equal(
        refused(
          { type: "session.update", session: { tomorrow: 1 }, more: 2 },
          dialect,
        ),
        "",
      );
  });
});

describe("isKnownSetting", () => {
  it("knows each setting of each service, in its own shape and in ours, with what comes back beside them", () => {
    const names = [
      ...Object.keys(session),
      ...Object.keys(SESSION_FIELDS),
      ...DIALECTS.flatMap((dialect) =>
        Object.entries<FieldRule>(SESSION_FIELDS).map(([name, rule]) =>
          wirePath(name, rule, dialect),
        ),
      ),
      "id",
      "object",
      "expires_at",
      "agent",
      "client_secret",
      "speed",
      "turn_detection.whatever",
    ];
    assert.deepEqual(
      names.filter((name) => !isKnownSetting(name)),
      [],
    );
  });

  it("does not know what is misspelt, nor what every object has", () => {
    for (const name of ["instrutions", "Voice", "constructor", "toString", ""])
      assert.equal(isKnownSetting(name), false);
  });
});

describe("hasClientEvent", () => {
  it("knows the events of OpenAI's own client, and no others there", () => {
    const theirs: Record<RealtimeClientEvent["type"], true> = {
      "conversation.item.create": true,
      "conversation.item.delete": true,
      "conversation.item.retrieve": true,
      "conversation.item.truncate": true,
      "input_audio_buffer.append": true,
      "input_audio_buffer.clear": true,
      "input_audio_buffer.commit": true,
      "output_audio_buffer.clear": true,
      "response.cancel": true,
      "response.create": true,
      "session.update": true,
    };
    const ours = CLIENT_EVENT_TYPES.filter((type) =>
      hasClientEvent(type, "openai"),
    );
    assert.deepEqual(ours.toSorted(), Object.keys(theirs).toSorted());
    assert.equal(
      refused({ type: "session.avatar.connect", client_sdp: "" }),
      "invalid_value type",
    );
  });

  it("has streaming input in the dated dialect only", () => {
    assert.equal(hasClientEvent("input_audio.clear", "dated"), true);
    assert.equal(hasClientEvent("input_audio.clear", "v1"), false);
  });
});
