import type { Avatar } from "./avatar";
import type {
  AnimationOutput,
  AudioTimestampType,
  EchoReferenceSource,
  InputAudioFormat,
  Modality,
  NoiseReductionType,
  Open,
  OutputAudioFormat,
  ReasoningEffort,
  SessionInclude,
  TranscriptionModel,
} from "./enums";
import type { InterimResponse } from "./interim-response";
import type { Maybe } from "./maybe";
import type { Tool, ToolChoice } from "./tools";
import type { TurnDetection } from "./turn-detection";
import type { Voice } from "./voice";

/**
 * The settings of `session.update`. Only fields that are present change; `""` clears a string and `null` switches off
 * the four fields that allow it. Members that are not listed pass through untouched.
 * @see protocol.md §7
 */
export interface RequestSession {
  /** Comes from the URL; cannot change after connecting. */
  model?: string;
  /** `["audio"]` alone is not allowed. Default `["text", "audio"]`. */
  modalities?: Modality[];
  /** Locked once the model has produced audio. */
  voice?: Voice;
  /** Not allowed with an agent. */
  instructions?: string;
  input_audio_format?: InputAudioFormat;
  /** Hz. A wrong rate gives wrong pitch and detection, not an error (§15.19). */
  input_audio_sampling_rate?: number;
  output_audio_format?: OutputAudioFormat;
  /** `null` means manual turns, and must be sent as an explicit `null` (§15.9). */
  turn_detection?: TurnDetection | null;
  input_audio_noise_reduction?: NoiseReduction | null;
  input_audio_echo_cancellation?: EchoCancellation | null;
  input_audio_transcription?: InputAudioTranscription | null;
  /** Azure voices only. */
  output_audio_timestamp_types?: AudioTimestampType[];
  animation?: Animation;
  avatar?: Avatar;
  tools?: Tool[];
  tool_choice?: ToolChoice;
  /** Documented, not in the official client. Default true. Since 2026-06-01-preview. */
  parallel_tool_calls?: boolean;
  /** The sources disagree about the range, so nothing checks it here. */
  temperature?: number;
  /** 1 to 4096, or `"inf"`, the default. */
  max_response_output_tokens?: TokenLimit;
  /** Since 2026-01-01-preview. */
  reasoning_effort?: ReasoningEffort;
  /** Since 2026-01-01-preview. */
  interim_response?: InterimResponse;
  /** Since 2026-04-10. */
  include?: SessionInclude[];
  /** At most 16 pairs; copied to the resource's logs. Since 2026-04-10. */
  metadata?: Record<string, string>;
  /** `v1` only; sent as `realtime` there unless given. */
  type?: Open<"realtime" | "transcription">;
  /** `v1` only. */
  tracing?: unknown;
  /** `v1` only. */
  truncation?: unknown;
  /** `v1` only. */
  prompt?: unknown;
}

/** A number of tokens, or no limit. */
export type TokenLimit = number | "inf";

/**
 * The whole effective session, as `session.created` and `session.updated` bring it. `session.created` sends unset
 * members as `null`.
 * @see protocol.md §7.1
 */
export type ResponseSession = {
  [K in keyof RequestSession]: Maybe<RequestSession[K]>;
} & ServerSessionFields;

/** What only the server knows about a session. */
export interface ServerSessionFields {
  /** `sess_…` */
  id?: Maybe<string>;
  object?: Maybe<string>;
  /** Unix seconds. Since 2026-07-15. */
  expires_at?: Maybe<number>;
  /** The agent that runs the session, `null` with a plain model. */
  agent?: Maybe<SessionAgent>;
}

/** `thread_id` identifies the conversation of an agent. */
export interface SessionAgent {
  type: "agent";
  name: string;
  description?: Maybe<string>;
  agent_id: string;
  thread_id: string;
}

export interface NoiseReduction {
  type: NoiseReductionType;
}

/** Which combinations the service refuses: protocol.md §7.4. */
export interface EchoCancellation {
  type: Open<"server_echo_cancellation">;
  /** Default `server`. Since 2026-06-01-preview. */
  reference_source?: EchoReferenceSource | null;
  /** 1 (default) or 2. Since 2026-06-01-preview. */
  channels?: number | null;
}

/** @see protocol.md §7.5 */
export interface InputAudioTranscription {
  model: TranscriptionModel;
  /** BCP-47, ISO-639-1, or a comma list for detection, `en,zh`. */
  language?: string | null;
  /** Fewer than 500; azure-speech and mai-transcribe* only. */
  phrase_list?: string[] | null;
  /** Model ids by locale, azure-speech only. */
  custom_speech?: Record<string, string> | null;
  /** OpenAI's models only. Documented, not in the official client. */
  prompt?: string | null;
}

export interface Animation {
  /** Default `default`. */
  model_name?: string | null;
  outputs?: AnimationOutput[] | null;
}
