import {
  ANIMATION_OUTPUTS,
  AUDIO_TIMESTAMP_TYPES,
  AVATAR_OUTPUT_PROTOCOLS,
  AVATAR_TYPES,
  EAGERNESS_LEVELS,
  EOU_MODELS,
  EOU_THRESHOLD_LEVELS,
  INPUT_AUDIO_FORMATS,
  INTERIM_RESPONSE_TRIGGERS,
  INTERIM_RESPONSE_TYPES,
  MODALITIES,
  NOISE_REDUCTION_TYPES,
  OUTPUT_AUDIO_FORMATS,
  PERSONAL_VOICE_MODELS,
  PHOTO_AVATAR_MODELS,
  REASONING_EFFORTS,
  SESSION_INCLUDES,
  TOOL_CHOICES,
  TRANSCRIPTION_MODELS,
  TURN_DETECTION_TYPES,
  VOICE_TYPES,
} from "../../lib/protocol/enums";
import type { NeedName } from "./field-needs";

/**
 * How a setting is edited. `text`, `area` (several lines), `suggest` (text with suggestions) and `voice` are texts; `words` are
 * separated by commas, `lines` by line ends; `map` is one `name: value` a line; `set` ticks some of the options; a `variant`
 * is an object that comes in kinds.
 */
export type FieldKind =
  | "text"
  | "area"
  | "suggest"
  | "voice"
  | "number"
  | "flag"
  | "choice"
  | "words"
  | "lines"
  | "map"
  | "set"
  | "json"
  | "variant";

/** One setting of the session in the dialog; its texts are in the catalog under `keyOf(path)`. */
export interface SessionField {
  /** Where it is in the session object, in the wire's names (protocol.md §7). */
  readonly path: string;
  readonly kind: FieldKind;
  readonly icon: string;
  /** Values to choose from or to suggest. */
  readonly options?: readonly string[];
  /** Least and greatest number. */
  readonly range?: readonly [number, number];
  readonly isInteger?: boolean;
  /** Texts that stand for a number. */
  readonly words?: readonly string[];
  readonly unit?: "ms" | "hz" | "tokens" | "px" | "bits" | "radians";
  /** Without it the service refuses the object it belongs to. */
  readonly isRequired?: boolean;
  /** What the service does without it; shown in the empty field. */
  readonly fallback?: string;
  /** The kind can be switched off by an explicit `null`. */
  readonly canBeOff?: boolean;
  /** First api-version that knows it. */
  readonly since?: string;
  readonly needs?: NeedName;
  /** Values that only some models and versions know. */
  readonly optionNeeds?: Readonly<Record<string, NeedName>>;
}

type More = Partial<Omit<SessionField, "path" | "kind" | "icon">>;

function field(kind: FieldKind) {
  return (path: string, icon: string, more: More = {}): SessionField => ({
    path,
    kind,
    icon,
    ...more,
  });
}

const text = field("text");
const area = field("area");
const suggest = field("suggest");
const number = field("number");
const flag = field("flag");
const choice = field("choice");
const words = field("words");
const lines = field("lines");
const map = field("map");
const set = field("set");
const json = field("json");
const variant = field("variant");

const PERCENT: More = { range: [0, 1], fallback: "0.5" };
/** A pause longer than a minute is no pause in speech. */
const PAUSE: More = { range: [0, 60_000], isInteger: true, unit: "ms" };
const TURN = "turn_detection";
const UTTERANCE = "turn_detection.end_of_utterance_detection";
const HEARING = "input_audio_transcription";
const INTERIM = "interim_response";
const PREVIEW_2026_01 = "2026-01-01-preview";
const PREVIEW_2026_06 = "2026-06-01-preview";
const GA_2026_04 = "2026-04-10";
const ROTATION: More = { range: [-7, 7], unit: "radians" };
const POSITION: More = { range: [-1, 1] };

// One line a field. `data-fields` in the template names the section that stands there.
// prettier-ignore
export const SECTIONS = {
  instructions: [
    area("instructions", "file-text-o", { needs: "ownPersona" }),
  ],
  answers: [
    number("temperature", "thermometer-half", { range: [0, 2], fallback: "0.8", needs: "ownPersona" }),
    number("max_response_output_tokens", "ticket", { range: [1, 4096], isInteger: true, words: ["inf"], unit: "tokens", fallback: "inf" }),
    choice("reasoning_effort", "lightbulb-o", { options: REASONING_EFFORTS, since: PREVIEW_2026_01 }),
  ],
  interim: [
    variant(INTERIM, "hourglass-half", { options: INTERIM_RESPONSE_TYPES, since: PREVIEW_2026_01, needs: "textModel" }),
    set(`${INTERIM}.triggers`, "bolt", { options: INTERIM_RESPONSE_TRIGGERS }),
    number(`${INTERIM}.latency_threshold_ms`, "clock-o", { range: [0, 60_000], isInteger: true, unit: "ms", fallback: "2000" }),
    lines(`${INTERIM}.texts`, "list-ul"),
    suggest(`${INTERIM}.model`, "cube", { options: ["gpt-4.1-mini"], fallback: "gpt-4.1-mini" }),
    area(`${INTERIM}.instructions`, "file-text-o"),
    number(`${INTERIM}.max_completion_tokens`, "ticket", { range: [1, 4096], isInteger: true, unit: "tokens", fallback: "50" }),
  ],
  voice: [
    variant("voice", "user-o", { options: VOICE_TYPES, optionNeeds: { openai: "realtimeModel", "azure-realtime-native": "azureRealtime", "avatar-voice-sync": "since202604" } }),
    field("voice")("voice.name", "volume-up", { isRequired: true }),
    text("voice.endpoint_id", "plug", { isRequired: true }),
    suggest("voice.model", "cube", { options: PERSONAL_VOICE_MODELS, isRequired: true }),
    number("voice.temperature", "thermometer-half", { range: [0, 1], needs: "hdVoice" }),
    suggest("voice.rate", "tachometer", { options: ["0.8", "0.9", "1.1", "1.25", "slow", "fast"] }),
    suggest("voice.pitch", "music", { options: ["-10%", "+10%", "low", "high"] }),
    suggest("voice.volume", "volume-down", { options: ["-20%", "+20%", "soft", "loud"] }),
    text("voice.style", "smile-o"),
    text("voice.locale", "language"),
    words("voice.prefer_locales", "globe"),
    text("voice.custom_lexicon_url", "book"),
    text("voice.custom_text_normalization_url", "font", { since: PREVIEW_2026_01 }),
  ],
  speech: [
    choice("output_audio_format", "file-audio-o", { options: OUTPUT_AUDIO_FORMATS, fallback: "pcm16", optionNeeds: { pcm16_8000hz: "since202601", pcm16_16000hz: "since202601" } }),
    set("output_audio_timestamp_types", "clock-o", { options: AUDIO_TIMESTAMP_TYPES, needs: "azureVoice" }),
    set("animation.outputs", "smile-o", { options: ANIMATION_OUTPUTS, needs: "azureVoice" }),
    text("animation.model_name", "cube", { fallback: "default", needs: "azureVoice" }),
  ],
  avatar: [
    variant("avatar", "street-view", { options: AVATAR_TYPES, optionNeeds: { "photo-avatar": "since202601" } }),
    text("avatar.character", "id-badge", { isRequired: true }),
    text("avatar.style", "black-tie"),
    flag("avatar.customized", "star-o", { isRequired: true }),
    suggest("avatar.model", "cube", { options: PHOTO_AVATAR_MODELS, isRequired: true }),
    choice("avatar.output_protocol", "exchange", { options: AVATAR_OUTPUT_PROTOCOLS, fallback: "webrtc", since: PREVIEW_2026_01 }),
    flag("avatar.output_audit_audio", "headphones", { since: PREVIEW_2026_01 }),
    number("avatar.video.bitrate", "tachometer", { range: [1, 100_000_000], isInteger: true, unit: "bits", fallback: "2000000" }),
    suggest("avatar.video.codec", "film", { options: ["h264"], fallback: "h264" }),
    number("avatar.video.gop_size", "key", { range: [1, 2000], isInteger: true, fallback: "10" }),
    number("avatar.video.resolution.width", "arrows-h", { range: [1, 7680], isInteger: true, unit: "px", isRequired: true }),
    number("avatar.video.resolution.height", "arrows-v", { range: [1, 4320], isInteger: true, unit: "px", isRequired: true }),
    json("avatar.video.crop.top_left", "crop", { isRequired: true }),
    json("avatar.video.crop.bottom_right", "crop", { isRequired: true }),
    text("avatar.video.background.color", "paint-brush"),
    text("avatar.video.background.image_url", "picture-o"),
    json("avatar.ice_servers", "server"),
    number("avatar.scene.zoom", "search-plus", { range: [0.01, 100], since: PREVIEW_2026_01 }),
    number("avatar.scene.position_x", "arrows-h", { ...POSITION, since: PREVIEW_2026_01 }),
    number("avatar.scene.position_y", "arrows-v", { ...POSITION, since: PREVIEW_2026_01 }),
    number("avatar.scene.rotation_x", "repeat", { ...ROTATION, since: PREVIEW_2026_01 }),
    number("avatar.scene.rotation_y", "repeat", { ...ROTATION, since: PREVIEW_2026_01 }),
    number("avatar.scene.rotation_z", "repeat", { ...ROTATION, since: PREVIEW_2026_01 }),
    number("avatar.scene.amplitude", "arrows", { range: [0.01, 1], since: PREVIEW_2026_01 }),
  ],
  turns: [
    variant(TURN, "exchange", { options: TURN_DETECTION_TYPES, canBeOff: true, optionNeeds: { semantic_vad: "realtimeModel" } }),
  ],
  detection: [
    number(`${TURN}.threshold`, "signal", PERCENT),
    number(`${TURN}.prefix_padding_ms`, "step-backward", { ...PAUSE, fallback: "400" }),
    number(`${TURN}.silence_duration_ms`, "pause", { ...PAUSE, fallback: "500" }),
    number(`${TURN}.speech_duration_ms`, "play", { ...PAUSE, fallback: "200" }),
    number(`${TURN}.speech_duration_assistant_speaking_ms`, "play-circle-o", PAUSE),
    choice(`${TURN}.eagerness`, "fast-forward", { options: EAGERNESS_LEVELS }),
    words(`${TURN}.languages`, "language"),
    flag(`${TURN}.remove_filler_words`, "comment-o", { fallback: "false" }),
    flag(`${TURN}.create_response`, "reply", { fallback: "true" }),
    flag(`${TURN}.interrupt_response`, "hand-stop-o", { fallback: "true" }),
    flag(`${TURN}.auto_truncate`, "scissors", { fallback: "false" }),
    text(`${TURN}.appended_text_after_truncation`, "ellipsis-h"),
    variant(UTTERANCE, "flag-checkered", { options: EOU_MODELS, optionNeeds: { smart_end_of_turn_detection: "previewVersion" } }),
    choice(`${UTTERANCE}.threshold_level`, "signal", { options: EOU_THRESHOLD_LEVELS }),
    number(`${UTTERANCE}.timeout_ms`, "hourglass-end", { ...PAUSE, fallback: "1000" }),
  ],
  noise: [
    variant("input_audio_noise_reduction", "filter", { options: NOISE_REDUCTION_TYPES, canBeOff: true, optionNeeds: { near_field: "realtimeModel", far_field: "realtimeModel" } }),
  ],
  transcription: [
    variant(HEARING, "align-left", { options: TRANSCRIPTION_MODELS, canBeOff: true, optionNeeds: { "whisper-1": "realtimeModel", "gpt-4o-transcribe": "realtimeModel", "gpt-4o-mini-transcribe": "realtimeModel", "gpt-4o-transcribe-diarize": "realtimeModel" } }),
    text(`${HEARING}.language`, "language"),
    lines(`${HEARING}.phrase_list`, "list-ul"),
    map(`${HEARING}.custom_speech`, "database"),
    area(`${HEARING}.prompt`, "file-text-o"),
  ],
  input: [
    choice("input_audio_format", "file-audio-o", { options: INPUT_AUDIO_FORMATS, fallback: "pcm16", optionNeeds: { g711_ulaw: "noOwnReference", g711_alaw: "noOwnReference" } }),
    number("input_audio_sampling_rate", "line-chart", { options: ["24000", "16000", "8000"], range: [8000, 48_000], isInteger: true, unit: "hz", fallback: "24000" }),
  ],
  tools: [
    suggest("tool_choice", "hand-pointer-o", { options: TOOL_CHOICES, fallback: "auto", needs: "ownPersona" }),
    flag("parallel_tool_calls", "columns", { fallback: "true", since: PREVIEW_2026_06, needs: "ownPersona" }),
  ],
  session: [
    set("modalities", "comments-o", { options: MODALITIES }),
    set("include", "plus-square-o", { options: SESSION_INCLUDES, since: GA_2026_04 }),
    map("metadata", "tags", { since: GA_2026_04 }),
  ],
} satisfies Readonly<Record<string, readonly SessionField[]>>;

/** Fields of one MCP server, by their path in the tool (protocol.md §8.3). */
// prettier-ignore
export const MCP_FIELDS: readonly SessionField[] = [
  text("server_label", "tag", { isRequired: true, needs: "mcpModel" }),
  text("server_url", "link", { isRequired: true }),
  words("allowed_tools", "check-square-o"),
  choice("require_approval", "gavel", { options: ["always", "never", "{}"], fallback: "always" }),
  words("require_approval.always", "question-circle-o"),
  words("require_approval.never", "thumbs-o-up"),
  map("headers", "list"),
];

export type SectionName = keyof typeof SECTIONS;

export const SESSION_FIELDS: readonly SessionField[] =
  Object.values(SECTIONS).flat();

/** The part of catalog keys and element ids that stands for a path; `.` means something in both. */
export function keyOf(path: string): string {
  return path.replace(/[._{}]+/g, "-");
}
