import assert from "node:assert/strict";
import {
  DIALECTS,
  type Dialect,
  fitSession,
  isOpenAI,
  parseClientFrame,
  type RequestSession,
  serializeClientEvent,
  sessionFromWire,
  sessionToWire,
} from "../../lib/protocol";
import { SessionSettings } from "../../lib/simulator/session-settings";
import { Random } from "./random";

const RUNS = 500;

/** Values of every setting, each of which Voice Live takes; `null` where it may be switched off. */
const POOL: { readonly [K in keyof RequestSession]-?: readonly unknown[] } = {
  model: ["gpt-realtime"],
  modalities: [["text"], ["text", "audio"], ["text", "audio", "avatar"]],
  voice: [
    "ash",
    { type: "openai", name: "marin" },
    { type: "azure-standard", name: "en-US-AvaNeural", rate: "1.1" },
    { type: "azure-custom", name: "mine", endpoint_id: "e" },
  ],
  instructions: ["", "Be brief."],
  input_audio_format: ["pcm16", "g711_ulaw", "g711_alaw"],
  input_audio_sampling_rate: [8000],
  output_audio_format: [
    "pcm16",
    "pcm16_8000hz",
    "pcm16_24000hz",
    "g711_ulaw",
    "g711_alaw",
  ],
  turn_detection: [
    null,
    { type: "server_vad", threshold: 0.4, silence_duration_ms: 300 },
    { type: "server_vad", auto_truncate: true, speech_duration_ms: 100 },
    { type: "semantic_vad", eagerness: "low", create_response: false },
    {
      type: "azure_semantic_vad",
      remove_filler_words: true,
      languages: ["de"],
    },
    {
      type: "azure_semantic_vad_multilingual",
      interrupt_response: false,
      end_of_utterance_detection: { model: "semantic_detection_v1" },
    },
  ],
  input_audio_noise_reduction: [
    null,
    { type: "near_field" },
    { type: "azure_deep_noise_suppression" },
  ],
  input_audio_echo_cancellation: [null, { type: "server_echo_cancellation" }],
  input_audio_transcription: [
    null,
    { model: "whisper-1", language: "de", prompt: "Node-RED" },
    { model: "gpt-4o-transcribe" },
    { model: "azure-speech", language: "en-US", phrase_list: ["Node-RED"] },
    { model: "mai-transcribe-1", language: "en,de" },
  ],
  output_audio_timestamp_types: [[], ["word"]],
  animation: [{ outputs: ["viseme_id"] }],
  avatar: [{ character: "lisa", customized: false }],
  tools: [
    [],
    [{ type: "function", name: "time", parameters: { type: "object" } }],
    [
      {
        type: "mcp",
        server_label: "shop",
        server_url: "https://shop.example",
        allowed_tools: ["look"],
        require_approval: { always: ["buy"], never: ["look"] },
      },
    ],
  ],
  tool_choice: ["auto", "none", "time", { type: "function", name: "time" }],
  parallel_tool_calls: [true, false],
  temperature: [0.7],
  max_response_output_tokens: ["inf", 400],
  reasoning_effort: ["none", "low", "xhigh"],
  interim_response: [{ type: "static_interim_response", texts: ["Well …"] }],
  include: [
    ["item.input_audio_transcription.logprobs"],
    ["item.input_audio_transcription.phrases"],
  ],
  metadata: [{ shop: "1" }],
  type: ["realtime"],
  tracing: ["auto", null],
  truncation: ["auto", { type: "retention_ratio", retention_ratio: 0.8 }],
  prompt: [{ id: "p" }],
};

function randomSession(random: Random): RequestSession {
  const chosen = Object.entries(POOL)
    .filter(() => random.below(3) === 0)
    .map(([name, values]) => [name, random.pick(values)] as const);
  return Object.fromEntries(chosen);
}

describe("Any session", () => {
  for (const dialect of DIALECTS) {
    it(`comes through ${dialect} as it was fitted, and whatever is missing is named`, () => {
      for (let seed = 1; seed <= RUNS; seed += 1) {
        const session = randomSession(new Random(seed));
        check(session, dialect, `seed ${seed}`);
      }
    });
  }
});

function check(session: RequestSession, dialect: Dialect, seed: string): void {
  const { fitted, missing } = fitSession(session, dialect);
  const again = fitSession(fitted, dialect);
  assert.deepEqual(again, { fitted, missing: [] }, `${seed}: fits once`);
  const wire = sessionToWire(fitted, dialect);
  const back = sessionFromWire(wire, dialect);
  assert.deepEqual(back, fitted, `${seed}: comes back`);
  for (const [name, value] of Object.entries(session)) {
    const isThere = name in fitted || isImplied(name, value, session);
    const isNamed = missing.some(
      ({ setting }) => setting === name || setting.startsWith(`${name}.`),
    );
    assert.ok(isThere || isNamed, `${seed}: ${name}`);
  }
  if (isOpenAI(dialect)) checkAccepted(fitted, dialect, seed);
}

/** Nothing is asked for by these, or what the format says anyhow. */
function isImplied(
  name: string,
  value: unknown,
  { input_audio_format: format = "pcm16" }: RequestSession,
): boolean {
  const isEmpty = value === null || JSON.stringify(value) === "[]";
  return (
    isEmpty ||
    name === "type" ||
    (name === "input_audio_sampling_rate" && format !== "pcm16")
  );
}

/** A service as strict as OpenAI's has nothing against what we send. */
function checkAccepted(
  session: RequestSession,
  dialect: Dialect,
  seed: string,
): void {
  const frame = serializeClientEvent(
    { type: "session.update", session },
    dialect,
  );
  const parsed = parseClientFrame(frame, dialect);
  assert.ok(parsed.kind === "event", `${seed}: ${JSON.stringify(parsed)}`);
  assert.ok(parsed.event.type === "session.update");
  const settings = new SessionSettings({
    dialect,
    sessionId: "sess_1",
    apiVersion: "",
    model: "gpt-realtime",
    agentName: undefined,
    features: [],
    expiresAt: 2_000_000_000,
  });
  settings.update(parsed.event.session, { hasSpoken: false, hasHeard: false });
}
