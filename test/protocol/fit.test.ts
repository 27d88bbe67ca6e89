import assert from "node:assert/strict";
import {
  type ClientEvent,
  type Dialect,
  fitClientEvent,
  fitSession,
  type RequestSession,
  sessionFromWire,
  sessionToWire,
} from "../../lib/protocol";
import {
  RESPONSE_FIELDS,
  SESSION_FIELDS,
} from "../../lib/protocol/session-fields";

/** Has something of everything that only Azure offers. */
const AZURES: RequestSession = {
  modalities: ["text", "audio", "avatar"],
  voice: { type: "azure-standard", name: "en-US-AvaNeural" },
  input_audio_format: "pcm16",
  input_audio_sampling_rate: 16_000,
  output_audio_format: "pcm16_16000hz",
  input_audio_noise_reduction: { type: "azure_deep_noise_suppression" },
  input_audio_echo_cancellation: { type: "server_echo_cancellation" },
  input_audio_transcription: {
    model: "azure-speech",
    language: "de-DE",
    phrase_list: ["Node-RED"],
  },
  turn_detection: {
    type: "azure_semantic_vad",
    threshold: 0.4,
    create_response: false,
    remove_filler_words: true,
    auto_truncate: true,
    end_of_utterance_detection: { model: "semantic_detection_v1" },
  },
  output_audio_timestamp_types: ["word"],
  animation: { outputs: ["viseme_id"] },
  avatar: { character: "lisa", customized: false },
  interim_response: { type: "static_interim_response", texts: ["Well …"] },
  metadata: { shop: "1" },
  include: [
    "item.input_audio_transcription.logprobs",
    "item.input_audio_transcription.phrases",
  ],
  tools: [
    { type: "function", name: "time" },
    { type: "foundry_agent", agent_name: "clerk", project_name: "shop" },
  ],
  temperature: 0.7,
  reasoning_effort: "none",
};

/** What every dialect has. */
const SHARED: RequestSession = {
  instructions: "Be brief.",
  modalities: ["text", "audio"],
  voice: "ash",
  input_audio_format: "g711_ulaw",
  output_audio_format: "g711_alaw",
  input_audio_noise_reduction: { type: "near_field" },
  input_audio_transcription: { model: "whisper-1", language: "de" },
  turn_detection: {
    type: "server_vad",
    threshold: 0.4,
    prefix_padding_ms: 200,
    silence_duration_ms: 700,
    create_response: false,
    interrupt_response: true,
  },
  tools: [{ type: "function", name: "time", parameters: { type: "object" } }],
  tool_choice: { type: "function", name: "time" },
  max_response_output_tokens: 400,
};

describe("fitSession", () => {
  it("leaves Voice Live's own dialects what is theirs", () => {
    for (const dialect of ["dated", "v1"] as const)
      assert.deepEqual(fitSession(AZURES, dialect), {
        fitted: AZURES,
        missing: [],
      });
  });

  it("gives OpenAI what it takes of Azure's settings, and names each that is missing", () => {
    const { fitted, missing } = fitSession(AZURES, "openai");
    assert.deepEqual(fitted, {
      modalities: ["text", "audio"],
      input_audio_format: "pcm16",
      input_audio_transcription: { model: "whisper-1", language: "de" },
      turn_detection: {
        type: "server_vad",
        threshold: 0.4,
        create_response: false,
      },
      include: ["item.input_audio_transcription.logprobs"],
      tools: [{ type: "function", name: "time" }],
    });
    assert.deepEqual(missing.map(({ setting }) => setting).toSorted(), [
      "animation",
      "avatar",
      "include.item.input_audio_transcription.phrases",
      "input_audio_echo_cancellation",
      "input_audio_noise_reduction",
      "input_audio_sampling_rate",
      "input_audio_transcription.language",
      "input_audio_transcription.model",
      "input_audio_transcription.phrase_list",
      "interim_response",
      "metadata",
      "modalities.avatar",
      "output_audio_format",
      "output_audio_timestamp_types",
      "reasoning_effort",
      "temperature",
      "tools.clerk",
      "turn_detection.auto_truncate",
      "turn_detection.end_of_utterance_detection",
      "turn_detection.remove_filler_words",
      "turn_detection.type",
      "voice",
    ]);
    assert.ok(missing.every(({ reason }) => reason.length > 10));
  });

  it("keeps the temperature in OpenAI's beta, and has no MCP there", () => {
    const { fitted, missing } = fitSession(
      {
        temperature: 0.7,
        tools: [
          { type: "mcp", server_label: "shop", server_url: "https://shop" },
        ],
        prompt: { id: "p" },
      },
      "openai-beta",
    );
    assert.deepEqual(fitted, { temperature: 0.7, tools: [] });
    assert.deepEqual(
      missing.map(({ setting }) => setting),
      ["tools.shop", "prompt"],
    );
  });

  it("names what only the nested shape has in the dated one", () => {
    const { fitted, missing } = fitSession(
      { truncation: "disabled", instructions: "Be brief." },
      "dated",
    );
    assert.deepEqual(fitted, { instructions: "Be brief." });
    assert.deepEqual(missing, [
      { setting: "truncation", reason: "api version v1 and OpenAI only" },
    ]);
  });

  it("misses nothing that was not asked for", () => {
    const { missing } = fitSession(
      {
        avatar: undefined,
        input_audio_sampling_rate: 24_000,
        input_audio_echo_cancellation: null,
        input_audio_noise_reduction: null,
        output_audio_timestamp_types: [],
        output_audio_format: "pcm16_24000hz",
        turn_detection: { type: "server_vad", auto_truncate: false },
      },
      "openai",
    );
    assert.deepEqual(missing, []);
  });

  it("passes members that nobody knows, for the service to judge", () => {
    const session = { tomorrow: { a: 1 }, constructor: "x" };
    assert.deepEqual(fitSession(session as object, "openai").fitted, session);
  });

  for (const dialect of ["dated", "v1", "openai", "openai-beta"] as const) {
    it(`loses nothing of what all dialects have on the way through ${dialect}`, () => {
      const { fitted, missing } = fitSession(SHARED, dialect);
      assert.deepEqual([fitted, missing], [SHARED, []]);
      const wire = sessionToWire(SHARED, dialect);
      assert.deepEqual(sessionFromWire(wire, dialect), SHARED);
    });

    it(`brings what is left of Azure's settings through ${dialect} and back`, () => {
      const { fitted } = fitSession(AZURES, dialect);
      const wire = sessionToWire(fitted, dialect);
      assert.deepEqual(sessionFromWire(wire, dialect), fitted);
    });
  }

  it("turns lists of tools that need approval into OpenAI's filters and back", () => {
    const tools = [
      {
        type: "mcp",
        server_label: "shop",
        server_url: "https://shop",
        require_approval: { always: ["buy"], never: ["look"] },
      } as const,
    ].map((tool) => ({
      ...tool,
      require_approval: { always: ["buy"], never: ["look"] },
    }));
    const wire = sessionToWire({ tools }, "openai");
    assert.deepEqual(
      (wire["tools"] as { require_approval: unknown }[])[0]?.require_approval,
      { always: { tool_names: ["buy"] }, never: { tool_names: ["look"] } },
    );
    assert.deepEqual(sessionFromWire(wire, "openai").tools, tools);
    assert.deepEqual(sessionToWire({ tools }, "v1")["tools"], tools);
  });
});

describe("fitClientEvent", () => {
  const fit = (event: ClientEvent, dialect: Dialect = "openai") =>
    fitClientEvent(event, dialect, "You are a clerk.");

  it("adds a response's extra instructions to the session's, where there is no member for them", () => {
    const event: ClientEvent = {
      type: "response.create",
      event_id: "e",
      additional_instructions: "Answer in Latin.",
    };
    assert.deepEqual(fit(event).fitted, {
      type: "response.create",
      event_id: "e",
      response: { instructions: "You are a clerk.\nAnswer in Latin." },
    });
    assert.deepEqual(fit(event, "v1").fitted, event);
  });

  it("asks the model to say exactly what Voice Live would synthesise, and says that it may not", () => {
    const { fitted, missing } = fit({
      type: "response.create",
      response: {
        pre_generated_assistant_message: {
          type: "message",
          role: "assistant",
          content: [{ type: "text", text: "We are closed." }],
        },
      },
    });
    assert.ok(fitted.type === "response.create");
    assert.match(
      fitted.response?.instructions ?? "",
      /word for word.*"We are closed\."/,
    );
    assert.equal(fitted.response?.tool_choice, "none");
    assert.deepEqual(
      missing.map(({ setting }) => setting),
      ["response.pre_generated_assistant_message"],
    );
  });

  it("keeps a response out of the conversation by OpenAI's word for it", () => {
    const event: ClientEvent = {
      type: "response.create",
      response: { commit: false },
    };
    assert.deepEqual(fit(event), {
      fitted: { type: "response.create", response: { conversation: "none" } },
      missing: [],
    });
  });

  it("asks for a plain response without parameters", () => {
    const event: ClientEvent = { type: "response.create", response: {} };
    assert.deepEqual(fit(event).fitted, { type: "response.create" });
  });
});

describe("the map of settings", () => {
  it("gives a reason for whatever a dialect lacks", () => {
    const rules = [SESSION_FIELDS, RESPONSE_FIELDS].flatMap((map) =>
      Object.values(map),
    );
    const reasons = rules.flatMap(({ lacking }) =>
      Object.values(lacking ?? {}),
    );
    assert.ok(reasons.length > 20);
    assert.ok(
      reasons.every(
        (reason) => typeof reason === "string" && reason.length > 10,
      ),
    );
  });
});
