export const LANGUAGES = [
  "en-US",
  "de",
  "es",
  "fr",
  "ja",
  "ko",
  "pt-BR",
  "zh-CN",
  "zh-TW",
] as const;

export type Language = (typeof LANGUAGES)[number];

/** Each in its own language, as whoever looks for it reads it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  "en-US": "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  ko: "한국어",
  "pt-BR": "Português (Brasil)",
  "zh-CN": "简体中文",
  "zh-TW": "繁體中文",
};

/** Chinese is told apart by its script, which a region stands for. */
const TRADITIONAL = /^zh\b.*\b(?:hant|tw|hk|mo)\b/i;

/**
 * The first wanted language that there are texts for.
 * @param wanted - BCP 47, best first
 */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = match(tag);
    if (found) return found;
  }
  return "en-US";
}

function match(tag: string): Language | undefined {
  const [primary = ""] = tag.toLowerCase().split("-");
  if (primary === "zh") return TRADITIONAL.test(tag) ? "zh-TW" : "zh-CN";
  return LANGUAGES.find((each) => each.toLowerCase().split("-")[0] === primary);
}
