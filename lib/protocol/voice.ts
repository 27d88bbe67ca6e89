import type {
  AzureRealtimeNativeVoiceName,
  OpenAIVoiceName,
  PersonalVoiceModel,
} from "./enums";

/** Who speaks. A bare string is the name of an OpenAI voice. @see protocol.md §7.2 */
export type Voice = OpenAIVoiceName | TypedVoice;

export type TypedVoice =
  | OpenAIVoice
  | AzureStandardVoice
  | AzureCustomVoice
  | AzurePersonalVoice
  | AvatarVoiceSync
  | AzureRealtimeNativeVoice;

/** Only with the gpt-realtime family. */
export interface OpenAIVoice {
  type: "openai";
  name: OpenAIVoiceName;
}

/** Works with every model: the service synthesises the text. */
export interface AzureStandardVoice extends AzureVoiceTuning {
  type: "azure-standard";
  /** For example `en-US-Ava:DragonHDLatestNeural`. */
  name: string;
}

/** A custom neural voice; the same resource must host it. */
export interface AzureCustomVoice extends AzureVoiceTuning {
  type: "azure-custom";
  name: string;
  endpoint_id: string;
}

export interface AzurePersonalVoice extends AzureVoiceTuning {
  type: "azure-personal";
  name: string;
  model: PersonalVoiceModel;
}

/** The voice that belongs to the avatar, so it has no name. Since 2026-04-10. */
export interface AvatarVoiceSync extends AzureVoiceTuning {
  type: "avatar-voice-sync";
  model: PersonalVoiceModel;
}

/** Only with the model `azure-realtime`. Since 2026-06-01-preview. */
export interface AzureRealtimeNativeVoice {
  type: "azure-realtime-native";
  name: AzureRealtimeNativeVoiceName;
}

/** Settings that the Azure voices share. */
export interface AzureVoiceTuning {
  /** 0 to 1, HD voices only. */
  temperature?: number | null;
  custom_lexicon_url?: string | null;
  /** Since 2026-01-01-preview. */
  custom_text_normalization_url?: string | null;
  prefer_locales?: string[] | null;
  locale?: string | null;
  style?: string | null;
  /** A string in SSML prosody syntax, as are `rate` and `volume`. */
  pitch?: string | null;
  /** A string, documented range `"0.5"` to `"1.5"`. */
  rate?: string | null;
  volume?: string | null;
}
