import {
  type Fit,
  fitInclude,
  fitModalities,
  fitNoiseReduction,
  fitOutputFormat,
  fitReasoning,
  fitSamplingRate,
  fitToolChoice,
  fitTools,
  fitTranscription,
  fitTurnDetection,
  fitVoice,
} from "./openai-values";
import type { ResponseCreateParams } from "./response";
import type { RequestSession } from "./session";
import type { Dialect } from "./versions";
import {
  toolsFromOpenAI,
  toolsToOpenAI,
  formatFromOpenAI,
  formatToOpenAI,
  outputFormatFromOpenAI,
  withImpliedText,
  withoutRedundantText,
} from "./wire-values";

/** Where a setting lives in each dialect, how its value differs, and why a dialect does not have it. */
export interface FieldRule {
  /** Path on the wire, dots between members, where it is not our own name. */
  readonly names?: Names;
  /** Why a dialect does not have it. */
  readonly lacking?: Reasons;
  /** A value that every dialect takes for granted. */
  readonly implied?: unknown;
  /** What OpenAI's services take of its value. */
  readonly fit?: Fit;
  /** The same in words, for the documentation. */
  readonly openAITakes?: string;
  /** Members that OpenAI's services know in its value; they refuse others. */
  readonly members?: readonly string[];
  readonly toWire?: (value: unknown, dialect: Dialect) => unknown;
  readonly fromWire?: (value: unknown) => unknown;
}

export type FieldRules = Readonly<Record<string, FieldRule>>;
type Names = Readonly<Partial<Record<Dialect, string>>>;
type Reasons = Readonly<Partial<Record<Dialect, string>>>;

const AZURE_ONLY: Reasons = both("Azure Voice Live only");
const NOT_IN_BETA: Reasons = { "openai-beta": "not in OpenAI's beta" };
const GA_ONLY: Reasons = {
  dated: "api version v1 and OpenAI only",
  ...NOT_IN_BETA,
};

const OUTPUT_FIELDS = {
  modalities: {
    names: nested("output_modalities"),
    fit: fitModalities,
    openAITakes: "text, audio",
    toWire: withoutRedundantText,
    fromWire: withImpliedText,
  },
  voice: {
    names: nested("audio.output.voice"),
    fit: fitVoice,
    openAITakes: "OpenAI's voices",
    members: ["id"],
  },
  output_audio_format: {
    names: nested("audio.output.format"),
    fit: fitOutputFormat,
    openAITakes: "PCM at 24 kHz, G.711",
    members: ["type", "rate"],
    toWire: formatToOpenAI,
    fromWire: outputFormatFromOpenAI,
  },
  reasoning_effort: {
    names: nested("reasoning.effort"),
    lacking: NOT_IN_BETA,
    fit: fitReasoning,
    openAITakes: "minimal to xhigh",
  },
  instructions: {},
  tools: {
    fit: fitTools,
    openAITakes: "functions; MCP with GA",
    toWire: toolsToOpenAI,
    fromWire: toolsFromOpenAI,
  },
  tool_choice: {
    fit: fitToolChoice,
    members: ["type", "name", "server_label"],
  },
  temperature: { lacking: { openai: "dropped by OpenAI with GA" } },
  interim_response: { lacking: AZURE_ONLY },
  animation: { lacking: AZURE_ONLY },
} satisfies FieldRules;

/** Every setting of `session.update`; the compiler keeps it complete. @see protocol.md §13.3 */
export const SESSION_FIELDS: RulesOf<RequestSession> = {
  ...OUTPUT_FIELDS,
  model: {},
  input_audio_format: {
    names: nested("audio.input.format"),
    members: ["type", "rate"],
    toWire: formatToOpenAI,
    fromWire: formatFromOpenAI,
  },
  input_audio_sampling_rate: {
    names: { v1: "audio.input.sampling_rate" },
    lacking: both("PCM has 24 kHz there, G.711 8 kHz"),
    fit: fitSamplingRate,
  },
  input_audio_transcription: {
    names: nested("audio.input.transcription"),
    fit: fitTranscription,
    openAITakes: "OpenAI's models, one language, prompt",
    members: ["model", "language", "prompt", "delay"],
  },
  input_audio_noise_reduction: {
    names: nested("audio.input.noise_reduction"),
    fit: fitNoiseReduction,
    openAITakes: "near_field, far_field",
    members: ["type"],
  },
  turn_detection: {
    names: nested("audio.input.turn_detection"),
    fit: fitTurnDetection,
    openAITakes: "server_vad, semantic_vad",
    members: [
      "type",
      "threshold",
      "prefix_padding_ms",
      "silence_duration_ms",
      "idle_timeout_ms",
      "eagerness",
      "create_response",
      "interrupt_response",
    ],
  },
  input_audio_echo_cancellation: {
    names: { v1: "audio.input.echo_cancellation" },
    lacking: AZURE_ONLY,
  },
  output_audio_timestamp_types: {
    names: { v1: "audio.output.timestamp_types" },
    lacking: AZURE_ONLY,
  },
  avatar: { lacking: AZURE_ONLY },
  parallel_tool_calls: { lacking: NOT_IN_BETA },
  max_response_output_tokens: { names: nested("max_output_tokens") },
  include: {
    lacking: NOT_IN_BETA,
    fit: fitInclude,
    openAITakes: "logprobs of the user's words",
  },
  metadata: { lacking: AZURE_ONLY },
  // Members of the nested shape alone, in the place where that shape has them.
  type: {
    implied: "realtime",
    lacking: { dated: GA_ONLY.dated, "openai-beta": GA_ONLY.dated },
  },
  tracing: { lacking: { dated: GA_ONLY.dated } },
  truncation: { lacking: GA_ONLY },
  prompt: { lacking: GA_ONLY },
};

/** Every member of `response.create`; the token cap keeps its name in the nested shape. @see protocol.md §9.1, §13.3 */
export const RESPONSE_FIELDS: RulesOf<ResponseCreateParams> = {
  ...OUTPUT_FIELDS,
  max_output_tokens: { names: { "openai-beta": "max_response_output_tokens" } },
  metadata: {},
  conversation: {},
  input_items: { names: { openai: "input", "openai-beta": "input" } },
  append_input_items: { lacking: AZURE_ONLY },
  // `false` says the same as `conversation: "none"`, which `fitClientEvent` puts there.
  commit: { lacking: both("conversation: none instead"), fit: () => undefined },
  cancel_previous: { lacking: AZURE_ONLY },
  pre_generated_assistant_message: {
    lacking: both("the model is asked to say it word for word, and may not"),
  },
  invoke_input: { lacking: AZURE_ONLY },
};

type RulesOf<T> = { readonly [K in keyof Required<T>]: FieldRule };

function nested(path: string): Names {
  return { v1: path, openai: path };
}

function both(reason: string): Reasons {
  return { openai: reason, "openai-beta": reason };
}
