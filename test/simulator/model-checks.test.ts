import assert from "node:assert/strict";
import type { RequestFault } from "../../lib/simulator/request-fault";
import { SessionSettings } from "../../lib/simulator/session-settings";

const AZURE = { type: "azure-standard", name: "en-US-AvaNeural" } as const;
const ASIDE = { type: "static_interim_response", texts: ["One moment."] };
const MCP = { type: "mcp", server_label: "a", server_url: "https://a/mcp" };

/** Settings, the member that is refused, models that take them and models that do not; `agent` is one (protocol.md §7, §8.3, §14). */
const CASES: readonly (readonly [
  settings: object,
  member: string,
  taken: readonly string[],
  refused: readonly string[],
])[] = [
  [
    { voice: "alloy" },
    "voice",
    ["gpt-realtime", "gpt-realtime-mini", "of-my-own"],
    ["gpt-4.1", "phi4-mm-realtime", "azure-realtime", "agent"],
  ],
  [
    { voice: { type: "azure-realtime-native", name: "ava" } },
    "voice",
    ["azure-realtime", "of-my-own"],
    ["gpt-realtime", "gpt-4.1", "agent"],
  ],
  [
    { voice: AZURE },
    "voice",
    ["gpt-realtime", "gpt-4.1", "phi4-mm-realtime", "azure-realtime", "agent"],
    [],
  ],
  [
    { turn_detection: { type: "semantic_vad" } },
    "turn_detection.type",
    ["gpt-realtime", "of-my-own"],
    ["gpt-4.1", "azure-realtime", "agent"],
  ],
  [
    { input_audio_noise_reduction: { type: "near_field" } },
    "input_audio_noise_reduction.type",
    ["gpt-realtime"],
    ["gpt-4.1", "phi4-mm-realtime", "agent"],
  ],
  [
    { input_audio_transcription: { model: "gpt-4o-mini-transcribe" } },
    "input_audio_transcription.model",
    ["gpt-realtime"],
    ["gpt-4.1", "agent"],
  ],
  [
    { input_audio_transcription: { model: "azure-speech" } },
    "input_audio_transcription.model",
    ["gpt-realtime", "gpt-4.1", "agent"],
    [],
  ],
  [
    { output_audio_timestamp_types: ["word"] },
    "output_audio_timestamp_types",
    ["gpt-4.1", "agent"],
    ["gpt-realtime", "azure-realtime"],
  ],
  [
    { output_audio_timestamp_types: ["word"], voice: AZURE },
    "output_audio_timestamp_types",
    ["gpt-realtime", "of-my-own"],
    [],
  ],
  [
    { interim_response: ASIDE },
    "interim_response",
    ["gpt-4.1", "agent"],
    ["gpt-realtime", "azure-realtime", "phi4-mm-realtime"],
  ],
  [
    { tools: [MCP] },
    "tools",
    ["gpt-realtime", "gpt-4.1", "of-my-own"],
    ["phi4-mm-realtime"],
  ],
];

function sessionOf(model: string, profile?: string): SessionSettings {
  const isAgent = model === "agent";
  return new SessionSettings({
    dialect: "dated",
    sessionId: "sess_1",
    apiVersion: "2026-07-15",
    model: isAgent ? undefined : model,
    agentName: isAgent ? "helper" : undefined,
    profile,
    features: [],
    expiresAt: 0,
  });
}

function update(session: SessionSettings, settings: object): void {
  session.update(settings, {
    hasSpoken: false,
    hasHeard: false,
  });
}

describe("what the simulator's model can do", () => {
  for (const [settings, member, taken, refused] of CASES) {
    const what = JSON.stringify(settings);
    for (const model of taken)
      it(`${model} takes ${what}`, () => {
        assert.doesNotThrow(() => update(sessionOf(model), settings));
      });

    for (const model of refused)
      it(`${model} refuses ${what}, and stays as it was`, () => {
        const session = sessionOf(model);
        const before = session.current;
        assert.throws(
          () => update(session, settings),
          (fault: RequestFault) =>
            fault.code === "invalid_value" &&
            fault.param === `session.${member}`,
        );
        assert.equal(session.current, before);
      });
  }

  it("goes by the profile of a model of the user's own, whatever its name", () => {
    const voice = { voice: "alloy" };
    const chat = "byom-azure-openai-chat-completion";
    const realtime = "byom-azure-openai-realtime";
    assert.throws(() => update(sessionOf("gpt-realtime", chat), voice));
    assert.doesNotThrow(() => update(sessionOf("gpt-4.1", realtime), voice));
  });

  it("is the same for the overrides of a response", () => {
    const session = sessionOf("gpt-4.1");
    assert.throws(
      () =>
        session.checkModel({ ...session.current, voice: "alloy" }, "response"),
      (fault: RequestFault) => fault.param === "response.voice",
    );
  });

  for (const model of [
    "gpt-realtime",
    "azure-realtime",
    "phi4-mm-realtime",
    "gpt-4.1",
    "of-my-own",
    "my-realtime",
    "agent",
  ])
    it(`begins a session of ${model} with settings that it can use`, () => {
      assert.doesNotThrow(() => update(sessionOf(model), {}));
    });

  it("does not mix what the models of transcription take", () => {
    for (const [transcription, member] of [
      [{ model: "whisper-1", phrase_list: ["a"] }, "phrase_list"],
      [{ model: "mai-transcribe-2", custom_speech: {} }, "custom_speech"],
      [{ model: "azure-speech", prompt: "p" }, "prompt"],
    ] as const)
      assert.throws(
        () =>
          update(sessionOf("gpt-realtime"), {
            input_audio_transcription: transcription,
          }),
        (fault: RequestFault) =>
          fault.param === `session.input_audio_transcription.${member}`,
      );
  });
});
