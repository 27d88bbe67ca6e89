import {
  type Dialect,
  familyOfModel,
  isOpenAI,
  type ResponseSession,
  type TurnDetection,
  type Voice,
} from "../protocol";

/** What the handshake fixed for a session's whole life. */
export interface SessionOrigin {
  readonly dialect: Dialect;
  readonly sessionId: string;
  readonly apiVersion: string;
  /** `undefined` in agent mode. */
  readonly model: string | undefined;
  readonly agentName: string | undefined;
  /** Of a model of the user's own (BYOM). */
  readonly profile?: string | undefined;
  /** Flags of the query's `features`, such as `client_ec_reference:true`. */
  readonly features: readonly string[];
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** A new session's effective settings; unset members are explicit nulls. @see protocol.md §7.1 */
export function defaultSettings(origin: SessionOrigin): ResponseSession {
  return {
    id: origin.sessionId,
    object: "realtime.session",
    model: origin.model ?? null,
    modalities: ["text", "audio"],
    voice: defaultVoice(origin),
    instructions:
      origin.agentName === undefined ? "You are a helpful assistant." : null,
    input_audio_format: "pcm16",
    input_audio_sampling_rate: 24_000,
    output_audio_format: "pcm16",
    turn_detection: defaultTurnDetection("server_vad", origin.apiVersion),
    input_audio_noise_reduction: null,
    input_audio_echo_cancellation: null,
    input_audio_transcription: isNativeAudio(origin)
      ? null
      : { model: "azure-speech" },
    output_audio_timestamp_types: null,
    animation: null,
    avatar: null,
    tools: [],
    tool_choice: "auto",
    parallel_tool_calls: true,
    temperature: 0.8,
    max_response_output_tokens: "inf",
    reasoning_effort: null,
    interim_response: null,
    include: null,
    metadata: null,
    expires_at: origin.expiresAt,
    agent: agentOf(origin),
  };
}

const AZURE_VADS = [
  "azure_semantic_vad",
  "azure_semantic_vad_en",
  "azure_semantic_vad_multilingual",
] as const;

/** Defaults of each kind of detection, which differ by api-version. @see protocol.md §7.3 */
export function defaultTurnDetection(
  type: string,
  apiVersion: string,
): TurnDetection {
  const handling = {
    create_response: true,
    interrupt_response: true,
    auto_truncate: false,
  };
  if (type === "semantic_vad") return { type, eagerness: "auto", ...handling };
  const isServerVad = type === "server_vad";
  const detection = {
    threshold: 0.5,
    prefix_padding_ms: prefixPaddingMs(isServerVad, apiVersion),
    silence_duration_ms: 500,
    speech_duration_ms: isServerVad ? 200 : 80,
    ...handling,
  };
  if (isServerVad) return { type: "server_vad", ...detection };
  return {
    type: AZURE_VADS.find((name) => name === type) ?? "azure_semantic_vad",
    remove_filler_words: false,
    ...detection,
  };
}

function prefixPaddingMs(isServerVad: boolean, apiVersion: string): number {
  if (apiVersion < "2026-04-10") return 300;
  return isServerVad ? 400 : 420;
}

/** Native audio models hear and speak by themselves; the others go through text. OpenAI has no others. @see protocol.md §14 */
function isNativeAudio({ dialect, model }: SessionOrigin): boolean {
  return isOpenAI(dialect) || (model !== undefined && /realtime/.test(model));
}

/** OpenAI's voices are those of its own models; a name that nobody knows tells its kind. */
function defaultVoice(origin: SessionOrigin): Voice {
  if (isOpenAI(origin.dialect)) return "alloy";
  const { model = "", profile } = origin;
  const family =
    origin.agentName === undefined ? familyOfModel(model, profile) : "text";
  if (family === "azure-realtime")
    return { type: "azure-realtime-native", name: "ava" };
  const isOpenAIs =
    family === "gpt-realtime" ||
    (family === "unknown" && isNativeAudio(origin));
  return isOpenAIs
    ? { type: "openai", name: "alloy" }
    : { type: "azure-standard", name: "en-US-AvaNeural" };
}

function agentOf(origin: SessionOrigin): ResponseSession["agent"] {
  if (origin.agentName === undefined) return null;
  return {
    type: "agent",
    name: origin.agentName,
    description: null,
    agent_id: origin.agentName,
    thread_id: `thread_${origin.sessionId}`,
  };
}
