import { isRecord } from "./json-path";

const AZURE_VOICE = [
  "temperature",
  "rate",
  "pitch",
  "volume",
  "style",
  "locale",
  "prefer_locales",
  "custom_lexicon_url",
  "custom_text_normalization_url",
];
const VAD = ["create_response", "interrupt_response", "auto_truncate"];
const ACOUSTIC_VAD = [
  ...VAD,
  "threshold",
  "prefix_padding_ms",
  "silence_duration_ms",
  "speech_duration_ms",
  "end_of_utterance_detection",
];
const FILLER_AWARE_VAD = [...ACOUSTIC_VAD, "remove_filler_words"];
const TRUNCATION_AWARE_VAD = [
  ...FILLER_AWARE_VAD,
  "languages",
  "appended_text_after_truncation",
  "speech_duration_assistant_speaking_ms",
];
const UTTERANCE = ["threshold_level", "timeout_ms"];
const PHRASES = ["language", "phrase_list"];
const PROMPTED = ["language", "prompt"];
const INTERIM = ["triggers", "latency_threshold_ms"];
const AVATAR = [
  "character",
  "style",
  "customized",
  "ice_servers",
  "video",
  "output_protocol",
  "output_audit_audio",
];

interface VariantTable {
  /** The member that names the variant. */
  readonly by: string;
  /** The kind of an object that does not name one. */
  readonly implied?: string;
  /** The members in the dialog that each known variant understands. */
  readonly members: Readonly<Record<string, readonly string[]>>;
}

/** Settings that come in kinds, and which of the dialog's fields each kind has (protocol.md §7.2, §7.3, §7.5, §7.6, §10). */
export const VARIANTS: Readonly<Record<string, VariantTable>> = {
  voice: {
    by: "type",
    members: {
      openai: ["name"],
      "azure-standard": ["name", ...AZURE_VOICE],
      "azure-custom": ["name", "endpoint_id", ...AZURE_VOICE],
      "azure-personal": ["name", "model", ...AZURE_VOICE],
      "azure-realtime-native": ["name"],
      "avatar-voice-sync": ["model", ...AZURE_VOICE],
    },
  },
  turn_detection: {
    by: "type",
    members: {
      server_vad: ACOUSTIC_VAD,
      azure_semantic_vad: TRUNCATION_AWARE_VAD,
      azure_semantic_vad_en: FILLER_AWARE_VAD,
      azure_semantic_vad_multilingual: TRUNCATION_AWARE_VAD,
      semantic_vad: [...VAD, "eagerness"],
    },
  },
  "turn_detection.end_of_utterance_detection": {
    by: "model",
    members: {
      semantic_detection_v1: UTTERANCE,
      semantic_detection_v1_en: UTTERANCE,
      semantic_detection_v1_multilingual: UTTERANCE,
      smart_end_of_turn_detection: UTTERANCE,
    },
  },
  input_audio_noise_reduction: {
    by: "type",
    members: {
      azure_deep_noise_suppression: [],
      near_field: [],
      far_field: [],
    },
  },
  input_audio_transcription: {
    by: "model",
    members: {
      "azure-speech": [...PHRASES, "custom_speech"],
      "mai-transcribe": PHRASES,
      "mai-transcribe-1": PHRASES,
      "mai-transcribe-2": PHRASES,
      "whisper-1": PROMPTED,
      "gpt-4o-transcribe": PROMPTED,
      "gpt-4o-mini-transcribe": PROMPTED,
      "gpt-4o-transcribe-diarize": PROMPTED,
    },
  },
  interim_response: {
    by: "type",
    members: {
      static_interim_response: [...INTERIM, "texts"],
      llm_interim_response: [
        ...INTERIM,
        "model",
        "instructions",
        "max_completion_tokens",
      ],
    },
  },
  avatar: {
    by: "type",
    implied: "video-avatar",
    members: {
      "video-avatar": AVATAR,
      "photo-avatar": [...AVATAR, "model", "scene"],
    },
  },
};

/** The value of a variant select: `""` absent, `"null"` switched off, else the kind's name. */
export function variantOf(path: string, value: unknown): string {
  if (value === undefined) return "";
  if (value === null) return "null";
  // A bare string is the short form of an OpenAI voice.
  if (typeof value === "string") return path === "voice" ? "openai" : value;
  if (!isRecord(value)) return "";
  const name = value[byOf(path)] ?? VARIANTS[path]?.implied;
  return typeof name === "string" ? name : "";
}

/** Whether the kind that is chosen now has this member; kinds that we do not know are offered everything. */
export function understands(
  path: string,
  variant: string,
  member: string,
): boolean {
  if (variant === "" || variant === "null") return false;
  return VARIANTS[path]?.members[variant]?.includes(member) ?? true;
}

/** The member that names the kind. */
export function byOf(path: string): string {
  return VARIANTS[path]?.by ?? "type";
}

/** Whether any kind has this member in the dialog. */
export function isKnownMember(path: string, member: string): boolean {
  return Object.values(VARIANTS[path]?.members ?? {})
    .flat()
    .includes(member);
}
