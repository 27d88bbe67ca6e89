import assert from "node:assert/strict";
import type { RequestSession } from "../../lib/protocol";
import {
  defaultSettings,
  type SessionOrigin,
} from "../../lib/simulator/session-defaults";
import { SessionSettings } from "../../lib/simulator/session-settings";
import type { RequestFault } from "../../lib/simulator/request-fault";

const ORIGIN: SessionOrigin = {
  dialect: "dated",
  sessionId: "sess_1",
  apiVersion: "2026-07-15",
  model: "gpt-realtime",
  agentName: undefined,
  features: [],
  expiresAt: 2_000_000_000,
};
const FREE = { hasSpoken: false, hasHeard: false };

/** What a client may really send, which its types would not let through. */
function partialOf(members: object): RequestSession {
  return { ...members };
}

describe("SessionSettings", () => {
  it("names every member, unset ones as null", () => {
    const values = Object.entries(defaultSettings(ORIGIN));
    assert.ok(values.every(([, value]) => value !== undefined));
    assert.equal(values.find(([name]) => name === "agent")?.[1], null);
  });

  it("changes only the members that are present", () => {
    const settings = new SessionSettings(ORIGIN);
    const before = settings.current;
    settings.update({ instructions: "Be brief." }, FREE);
    assert.deepEqual(settings.current, {
      ...before,
      instructions: "Be brief.",
    });
  });

  it("switches turn detection off with null and clears a string with an empty one", () => {
    const settings = new SessionSettings(ORIGIN);
    settings.update({ turn_detection: null, instructions: "" }, FREE);
    assert.deepEqual(
      [settings.turnDetection, settings.current.instructions],
      [undefined, ""],
    );
  });

  it("completes turn detection with the defaults of its kind and keeps members it does not know", () => {
    const settings = new SessionSettings(ORIGIN);
    const sent = {
      type: "azure_semantic_vad",
      silence_duration_ms: 200,
      speech_duration_assistant_speaking_ms: 7,
    } as const;
    settings.update({ turn_detection: sent }, FREE);
    assert.deepEqual(settings.turnDetection, {
      threshold: 0.5,
      prefixPaddingMs: 420,
      silenceMs: 200,
      speechMs: 80,
    });
    assert.equal(
      JSON.stringify(settings.current.turn_detection).includes(
        '"speech_duration_assistant_speaking_ms":7',
      ),
      true,
    );
  });

  it("takes what is no setting without a word, and does not send it back", () => {
    const settings = new SessionSettings(ORIGIN);
    const before = Object.keys(settings.current);
    settings.update({ instrutions: "x", temperature: 0.5 } as object, FREE);
    assert.deepEqual(Object.keys(settings.current), before);
    assert.equal(settings.current.temperature, 0.5);
  });

  it("pads by 300 ms before 2026-04-10", () => {
    assert.equal(
      new SessionSettings({ ...ORIGIN, apiVersion: "2026-01-01-preview" })
        .turnDetection?.prefixPaddingMs,
      300,
    );
    assert.equal(
      new SessionSettings(ORIGIN).turnDetection?.prefixPaddingMs,
      400,
    );
  });

  it("gives a format its own sampling rate unless one is sent", () => {
    const settings = new SessionSettings(ORIGIN);
    settings.update({ input_audio_format: "g711_alaw" }, FREE);
    assert.deepEqual(settings.inputFormat, {
      encoding: "g711_alaw",
      sampleRate: 8000,
      channels: 1,
    });
    settings.update(
      { input_audio_format: "pcm16", input_audio_sampling_rate: 16_000 },
      FREE,
    );
    assert.equal(settings.inputFormat.sampleRate, 16_000);
  });

  for (const [name, partial, code, param] of [
    ["another model", { model: "gpt-4o" }, "invalid_value", "session.model"],
    [
      "audio without text",
      { modalities: ["audio"] },
      "invalid_value",
      "session.modalities",
    ],
    [
      "an unknown format",
      { input_audio_format: "mp3" },
      "invalid_value",
      "session.input_audio_format",
    ],
    [
      "hyphens in a format",
      { output_audio_format: "pcm16-8000hz" },
      "invalid_value",
      "session.output_audio_format",
    ],
    [
      "a threshold above 1",
      { turn_detection: { type: "server_vad", threshold: 2 } },
      "invalid_value",
      "session.turn_detection.threshold",
    ],
    [
      "an unknown detection",
      { turn_detection: { type: "magic" } },
      "invalid_value",
      "session.turn_detection.type",
    ],
    [
      "G.711 at 16 kHz",
      { input_audio_format: "g711_ulaw", input_audio_sampling_rate: 16_000 },
      "invalid_value",
      "session.input_audio_sampling_rate",
    ],
    [
      "a custom voice without endpoint",
      { voice: { type: "azure-custom", name: "x" } },
      "missing_required_parameter",
      "session.voice.endpoint_id",
    ],
    [
      "a tool without a name",
      { tools: [{ type: "function" }] },
      "missing_required_parameter",
      "session.tools[0].name",
    ],
    [
      "transcription without a model",
      { input_audio_transcription: {} },
      "missing_required_parameter",
      "session.input_audio_transcription.model",
    ],
    [
      "5000 tokens",
      { max_response_output_tokens: 5000 },
      "invalid_value",
      "session.max_response_output_tokens",
    ],
  ] as const) {
    it(`refuses ${name} and changes nothing`, () => {
      const settings = new SessionSettings(ORIGIN);
      const before = settings.current;
      const update = () =>
        settings.update(partialOf({ instructions: "new", ...partial }), FREE);
      assert.throws(
        update,
        (fault: RequestFault) => fault.code === code && fault.param === param,
      );
      assert.equal(settings.current, before);
    });
  }

  for (const [source, channels, code] of [
    ["server", 1, undefined],
    ["server", 2, "invalid_ec_channels_requires_client"],
    ["client", 1, "invalid_ec_reference_channels"],
    ["client", 2, undefined],
  ] as const) {
    it(`${code ? "refuses" : "takes"} ${channels} channels with reference ${source}`, () => {
      const settings = new SessionSettings({
        ...ORIGIN,
        features: ["client_ec_reference:true"],
      });
      const cancellation = {
        type: "server_echo_cancellation",
        reference_source: source,
        channels,
      };
      const update = () =>
        settings.update({ input_audio_echo_cancellation: cancellation }, FREE);
      if (code) assert.throws(update, { code });
      else update();
    });
  }

  it("takes a client reference only with its feature flag and before any audio", () => {
    const client = {
      type: "server_echo_cancellation",
      reference_source: "client",
      channels: 2,
    };
    const plain = new SessionSettings(ORIGIN);
    assert.throws(
      () => plain.update({ input_audio_echo_cancellation: client }, FREE),
      { code: "invalid_value" },
    );
    const flagged = new SessionSettings({
      ...ORIGIN,
      features: ["client_ec_reference:true"],
    });
    const late = { ...FREE, hasHeard: true };
    assert.throws(
      () => flagged.update({ input_audio_echo_cancellation: client }, late),
      { code: "invalid_value" },
    );
  });

  it("locks the voice once it has spoken, but lets the same voice be sent again", () => {
    const settings = new SessionSettings(ORIGIN);
    const spoken = { ...FREE, hasSpoken: true };
    settings.update({ voice: "alloy" }, spoken);
    settings.update({ voice: { name: "alloy", type: "openai" } }, spoken);
    assert.throws(() => settings.update({ voice: "echo" }, spoken), {
      code: "cannot_update_voice",
    });
  });

  it("keeps instructions from an agent", () => {
    const settings = new SessionSettings({
      ...ORIGIN,
      model: undefined,
      agentName: "concierge",
    });
    assert.throws(() => settings.update({ instructions: "x" }, FREE), {
      param: "session.instructions",
    });
    assert.equal(settings.current.agent?.name, "concierge");
  });
});
