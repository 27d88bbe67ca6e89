import { LANGUAGES, type Language } from "./language";

/** What the user has chosen, kept in this browser. */
export interface Preferences {
  readonly mode: "hands-free" | "push";
  /** As the browser's wishes have it where nothing was chosen. */
  readonly language?: Language;
  /** Device ids; empty for the system's default. */
  readonly microphone: string;
  readonly speaker: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
}

export const PREFERENCES: Preferences = {
  mode: "hands-free",
  microphone: "",
  speaker: "",
  echoCancellation: true,
  noiseSuppression: true,
};

/**
 * @param stored - what `writePreferences` gave, or anything else
 * @returns complete preferences; what does not fit is as if it was never chosen
 */
export function readPreferences(stored: string | null): Preferences {
  const found = parse(stored);
  const text = (value: unknown): string =>
    typeof value === "string" ? value : "";
  const language = LANGUAGES.find((each) => each === found["language"]);
  return {
    mode: found["mode"] === "push" ? "push" : "hands-free",
    ...(language && { language }),
    microphone: text(found["microphone"]),
    speaker: text(found["speaker"]),
    echoCancellation: found["echoCancellation"] !== false,
    noiseSuppression: found["noiseSuppression"] !== false,
  };
}

function parse(stored: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(stored ?? "{}");
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
