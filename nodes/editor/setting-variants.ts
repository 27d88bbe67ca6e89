import { isRecord, removeMembers, type Settings } from "./json-path";

const AZURE_VOICE = [
  "temperature",
  "rate",
  "pitch",
  "volume",
  "style",
  "locale",
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
const TRANSCRIPTION = ["language"];
const PHRASE_TRANSCRIPTION = [...TRANSCRIPTION, "phrase_list"];

interface VariantTable {
  /** The member that names the variant. */
  readonly by: string;
  /** The members in the dialog that each known variant understands. */
  readonly members: Readonly<Record<string, readonly string[]>>;
}

/** Settings that come in kinds, and which of the dialog's fields each kind has (protocol.md §7.2, §7.3, §7.5). */
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
      azure_semantic_vad: FILLER_AWARE_VAD,
      azure_semantic_vad_en: FILLER_AWARE_VAD,
      azure_semantic_vad_multilingual: [...FILLER_AWARE_VAD, "languages"],
      semantic_vad: [...VAD, "eagerness"],
    },
  },
  "turn_detection.end_of_utterance_detection": {
    by: "model",
    members: {
      semantic_detection_v1: ["threshold_level", "timeout_ms"],
      semantic_detection_v1_en: ["threshold_level", "timeout_ms"],
      semantic_detection_v1_multilingual: ["threshold_level", "timeout_ms"],
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
      "azure-speech": PHRASE_TRANSCRIPTION,
      "mai-transcribe": PHRASE_TRANSCRIPTION,
      "mai-transcribe-1": PHRASE_TRANSCRIPTION,
      "mai-transcribe-2": PHRASE_TRANSCRIPTION,
      "whisper-1": TRANSCRIPTION,
      "gpt-4o-transcribe": TRANSCRIPTION,
      "gpt-4o-mini-transcribe": TRANSCRIPTION,
      "gpt-4o-transcribe-diarize": TRANSCRIPTION,
    },
  },
};

/** The value of a variant select: `""` absent, `"null"` switched off, else the kind's name. */
export function variantOf(path: string, value: unknown): string {
  if (value === undefined) return "";
  if (value === null) return "null";
  // A bare string is the short form of an OpenAI voice.
  if (typeof value === "string") return path === "voice" ? "openai" : value;
  const name = isRecord(value) ? value[byOf(path)] : undefined;
  return typeof name === "string" ? name : "";
}

/**
 * Changes the kind of a setting. Members that the dialog knows and the new kind does not understand go;
 * everything the dialog does not know stays.
 */
export function chooseVariant(
  path: string,
  value: unknown,
  choice: string,
): unknown {
  if (choice === "") return undefined;
  if (choice === "null") return null;
  const unwanted = knownMembers(path).filter(
    (member) => !understands(path, choice, member),
  );
  const kept: Settings = isRecord(value) ? removeMembers(value, unwanted) : {};
  return {
    ...withoutForeignName(path, value, kept, choice),
    [byOf(path)]: choice,
  };
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

function byOf(path: string): string {
  return VARIANTS[path]?.by ?? "type";
}

function knownMembers(path: string): string[] {
  return Object.values(VARIANTS[path]?.members ?? {}).flat();
}

/** Names of voices mean something within one kind only. */
function withoutForeignName(
  path: string,
  value: unknown,
  kept: Settings,
  choice: string,
): Settings {
  const sameKind = variantOf(path, value) === choice;
  if (path !== "voice" || sameKind) return kept;
  return removeMembers(kept, ["name"]);
}
