// Values the sources name, in the order an editor should offer them. Every list is open: the service may send and
// accept others (protocol.md, introduction), so each type admits any string. This file imports nothing, because the
// editor bundles it for the browser.

/** One of the values in a list, or any string the service may add later. */
export type Open<T extends string> = T | (string & {});

/** @see protocol.md §7.1 */
export const MODALITIES = ["text", "audio", "animation", "avatar"] as const;
export type Modality = Open<(typeof MODALITIES)[number]>;

/** Voices of the gpt-realtime family; `marin` and `cedar` since 2026-01-01-preview. @see protocol.md §7.2 */
export const OPENAI_VOICES = [
  "alloy",
  "ash",
  "ballad",
  "coral",
  "echo",
  "sage",
  "shimmer",
  "verse",
  "marin",
  "cedar",
] as const;
export type OpenAIVoiceName = Open<(typeof OPENAI_VOICES)[number]>;

/** Voices of the model `azure-realtime`, since 2026-06-01-preview. @see protocol.md §7.2 */
export const AZURE_REALTIME_NATIVE_VOICES = [
  "aarti",
  "andrew",
  "ava",
  "denise",
  "diya",
  "elsa",
  "florian",
  "francisca",
  "meera",
  "xiaoxiao",
  "ximena",
  "yunxi",
] as const;
export type AzureRealtimeNativeVoiceName = Open<
  (typeof AZURE_REALTIME_NATIVE_VOICES)[number]
>;

/** @see protocol.md §7.2 */
export const VOICE_TYPES = [
  "openai",
  "azure-standard",
  "azure-custom",
  "azure-personal",
  "avatar-voice-sync",
  "azure-realtime-native",
] as const;

/** @see protocol.md §7.2 */
export const PERSONAL_VOICE_MODELS = [
  "DragonLatestNeural",
  "DragonHDOmniLatestNeural",
  "MAI-Voice-1",
  "PhoenixLatestNeural",
  "PhoenixV2Neural",
] as const;
export type PersonalVoiceModel = Open<(typeof PERSONAL_VOICE_MODELS)[number]>;

/** `semantic_vad` is documented for the gpt-realtime family only. @see protocol.md §7.3 */
export const TURN_DETECTION_TYPES = [
  "server_vad",
  "azure_semantic_vad",
  "azure_semantic_vad_en",
  "azure_semantic_vad_multilingual",
  "semantic_vad",
] as const;

/** `smart_end_of_turn_detection` works with preview api-versions only. @see protocol.md §7.3 */
export const EOU_MODELS = [
  "semantic_detection_v1",
  "semantic_detection_v1_en",
  "semantic_detection_v1_multilingual",
  "smart_end_of_turn_detection",
] as const;
export type EouModel = Open<(typeof EOU_MODELS)[number]>;

/** `default` means `medium`. @see protocol.md §7.3 */
export const EOU_THRESHOLD_LEVELS = [
  "default",
  "low",
  "medium",
  "high",
] as const;
export type EouThresholdLevel = Open<(typeof EOU_THRESHOLD_LEVELS)[number]>;

/** Patience of `semantic_vad`; `auto` means `medium`. @see protocol.md §7.3 */
export const EAGERNESS_LEVELS = ["auto", "low", "medium", "high"] as const;
export type Eagerness = Open<(typeof EAGERNESS_LEVELS)[number]>;

/** `near_field` and `far_field` work with the gpt-realtime family only. @see protocol.md §7.1 */
export const NOISE_REDUCTION_TYPES = [
  "azure_deep_noise_suppression",
  "near_field",
  "far_field",
] as const;
export type NoiseReductionType = Open<(typeof NOISE_REDUCTION_TYPES)[number]>;

/** Since 2026-06-01-preview. @see protocol.md §7.4 */
export const ECHO_REFERENCE_SOURCES = ["server", "client"] as const;
export type EchoReferenceSource = Open<(typeof ECHO_REFERENCE_SOURCES)[number]>;

/** @see protocol.md §7.5 for which models go with which family */
export const TRANSCRIPTION_MODELS = [
  "azure-speech",
  "mai-transcribe",
  "mai-transcribe-2",
  "mai-transcribe-1",
  "whisper-1",
  "gpt-4o-transcribe",
  "gpt-4o-mini-transcribe",
  "gpt-4o-transcribe-diarize",
] as const;
export type TranscriptionModel = Open<(typeof TRANSCRIPTION_MODELS)[number]>;

/** @see protocol.md §11 for rates and sizes */
export const INPUT_AUDIO_FORMATS = ["pcm16", "g711_ulaw", "g711_alaw"] as const;
export type InputAudioFormat = Open<(typeof INPUT_AUDIO_FORMATS)[number]>;

/** Underscores, not the hyphens that SDKs shipped until 2026. @see protocol.md §7.1, §15.10 */
export const OUTPUT_AUDIO_FORMATS = [
  "pcm16",
  "pcm16_8000hz",
  "pcm16_16000hz",
  "g711_ulaw",
  "g711_alaw",
] as const;
export type OutputAudioFormat = Open<(typeof OUTPUT_AUDIO_FORMATS)[number]>;

/** Hz. @see protocol.md §7.1 */
export const INPUT_AUDIO_SAMPLING_RATES = [24000, 16000, 8000] as const;

/** Azure voices only. @see protocol.md §7.1 */
export const AUDIO_TIMESTAMP_TYPES = ["word"] as const;
export type AudioTimestampType = Open<(typeof AUDIO_TIMESTAMP_TYPES)[number]>;

/** The how-to page says that only `viseme_id` works today. @see protocol.md §7.1 */
export const ANIMATION_OUTPUTS = ["viseme_id", "blendshapes"] as const;
export type AnimationOutput = Open<(typeof ANIMATION_OUTPUTS)[number]>;

/** Model dependent; since 2026-01-01-preview. @see protocol.md §7.1 */
export const REASONING_EFFORTS = [
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
] as const;
export type ReasoningEffort = Open<(typeof REASONING_EFFORTS)[number]>;

/** @see protocol.md §7.1 */
export const TOOL_CHOICES = ["auto", "none", "required"] as const;

/** @see protocol.md §8.3 */
export const MCP_APPROVALS = ["always", "never"] as const;
export type McpApproval = Open<(typeof MCP_APPROVALS)[number]>;

/** Since 2026-04-10. @see protocol.md §7.1 */
export const SESSION_INCLUDES = [
  "item.input_audio_transcription.logprobs",
  "item.input_audio_transcription.phrases",
  "file_search_call.results",
] as const;
export type SessionInclude = Open<(typeof SESSION_INCLUDES)[number]>;

/** Underscores; the 2026-07-15 page prints hyphens. @see protocol.md §7.6, §15.11 */
export const INTERIM_RESPONSE_TYPES = [
  "static_interim_response",
  "llm_interim_response",
] as const;

/** @see protocol.md §7.6 */
export const INTERIM_RESPONSE_TRIGGERS = ["latency", "tool"] as const;
export type InterimResponseTrigger = Open<
  (typeof INTERIM_RESPONSE_TRIGGERS)[number]
>;

/** @see protocol.md §10 */
export const AVATAR_TYPES = ["video-avatar", "photo-avatar"] as const;
export type AvatarType = Open<(typeof AVATAR_TYPES)[number]>;

/** Base models of photo avatars. @see protocol.md §10 */
export const PHOTO_AVATAR_MODELS = ["vasa-1"] as const;
export type PhotoAvatarModel = Open<(typeof PHOTO_AVATAR_MODELS)[number]>;

/** @see protocol.md §10 */
export const AVATAR_OUTPUT_PROTOCOLS = ["webrtc", "websocket"] as const;
export type AvatarOutputProtocol = Open<
  (typeof AVATAR_OUTPUT_PROTOCOLS)[number]
>;

/** @see protocol.md §8.1 */
export const MESSAGE_ROLES = ["system", "user", "assistant"] as const;
export type MessageRole = Open<(typeof MESSAGE_ROLES)[number]>;

/** @see protocol.md §8.1 */
export const ITEM_STATUSES = [
  "in_progress",
  "completed",
  "incomplete",
] as const;
export type ItemStatus = Open<(typeof ITEM_STATUSES)[number]>;

/** @see protocol.md §8.2 */
export const IMAGE_DETAILS = ["auto", "low", "high"] as const;
export type ImageDetail = Open<(typeof IMAGE_DETAILS)[number]>;

/** @see protocol.md §9.2 */
export const RESPONSE_STATUSES = [
  "in_progress",
  "completed",
  "cancelled",
  "incomplete",
  "failed",
] as const;
export type ResponseStatus = Open<(typeof RESPONSE_STATUSES)[number]>;

/** @see protocol.md §9.2 */
export const CANCELLED_REASONS = ["turn_detected", "client_cancelled"] as const;
export type CancelledReason = Open<(typeof CANCELLED_REASONS)[number]>;

/** @see protocol.md §9.2 */
export const INCOMPLETE_REASONS = [
  "max_output_tokens",
  "content_filter",
] as const;
export type IncompleteReason = Open<(typeof INCOMPLETE_REASONS)[number]>;

/** States of a telephone call, 2026-07-31-preview. @see protocol.md §3 */
export const SIP_CALL_STATES = [
  "WaitingForCustomer",
  "Accepting",
  "Accepted",
  "Connected",
  "Rejecting",
  "Transferring",
  "Terminating",
  "Disconnected",
  "Failed",
  "Expired",
] as const;
export type SipCallState = Open<(typeof SIP_CALL_STATES)[number]>;

/**
 * Models in the overview page of 2026-09, newest family first; native audio before cascaded.
 * @see protocol.md §14
 */
export const KNOWN_MODELS = [
  "gpt-realtime",
  "gpt-realtime-2.1",
  "gpt-realtime-2.1-datazone",
  "gpt-realtime-2.1-mini",
  "gpt-realtime-1.5",
  "gpt-realtime-1.5-datazone",
  "gpt-realtime-datazone",
  "gpt-realtime-mini",
  "azure-realtime",
  "phi4-mm-realtime",
  "gpt-4o-realtime-preview",
  "gpt-4o-mini-realtime-preview",
  "gpt-5.6-terra",
  "gpt-5.6-luna",
  "gpt-5.4",
  "gpt-5.2",
  "gpt-5.1",
  "gpt-5",
  "gpt-5-chat",
  "gpt-5-mini",
  "gpt-5-nano",
  "gpt-4.1",
  "gpt-4.1-mini",
  "gpt-4.1-nano",
  "gpt-4o",
  "gpt-4o-mini",
  "phi4-mini",
] as const;
export type Model = Open<(typeof KNOWN_MODELS)[number]>;

/** Kinds of models of the user's own (BYOM): the query parameter `profile`. @see protocol.md §2.2 */
export const BYOM_PROFILES = [
  "byom-azure-openai-realtime",
  "byom-azure-openai-chat-completion",
] as const;

/** Error codes that Voice Live or the Realtime services it follows are known to send. @see protocol.md §9.4 */
export const SERVER_ERROR_CODES = [
  "conversation_already_has_active_response",
  "response_cancel_not_active",
  "input_audio_buffer_commit_empty",
  "session_expired",
  "item_truncate_invalid_item_id",
  "item_delete_invalid_item_id",
  "item_retrieve_invalid_item_id",
  "invalid_value",
  "missing_required_parameter",
  "unknown_parameter",
  "invalid_event",
  "invalid_json",
  "cannot_update_voice",
  "rate_limit_exceeded",
  "invalid_ec_channels_requires_client",
  "invalid_ec_reference_channels",
  "missing_sdp",
] as const;
export type ServerErrorCode = Open<(typeof SERVER_ERROR_CODES)[number]>;
