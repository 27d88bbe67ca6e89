import { AZURE_VOICES } from "../../lib/protocol/azure-voices";
import {
  AZURE_REALTIME_NATIVE_VOICES,
  OPENAI_VOICES,
} from "../../lib/protocol/enums";

/** Voices under one heading: a language and region, or none where all speak every language. */
export interface VoiceGroup {
  readonly locale: string;
  readonly names: readonly string[];
}

const GROUPS: Readonly<Record<string, readonly VoiceGroup[]>> = {
  openai: [{ locale: "", names: OPENAI_VOICES }],
  "azure-realtime-native": [
    { locale: "", names: AZURE_REALTIME_NATIVE_VOICES },
  ],
  "azure-standard": [...AZURE_VOICES].map(([locale, names]) => ({
    locale,
    names,
  })),
};

/** Whether names of voices of this kind are known; of custom and personal voices only their owner knows them. */
export function hasVoices(kind: string): boolean {
  return kind in GROUPS;
}

/**
 * The voices to offer for a kind of voice.
 * @param query - words that a name or its language has to contain, each of them
 * @param languageOf - what a locale is called in the user's language
 */
export function findVoices(
  kind: string,
  query: string,
  languageOf: (locale: string) => string,
): readonly VoiceGroup[] {
  const words = query.toLowerCase().split(/\s+/);
  return (GROUPS[kind] ?? [])
    .map(({ locale, names }) => {
      const heading = languageOf(locale).toLowerCase();
      const isWanted = (name: string): boolean =>
        words.every(
          (word) => heading.includes(word) || name.toLowerCase().includes(word),
        );
      return { locale, names: names.filter(isWanted) };
    })
    .filter(({ names }) => names.length > 0);
}
