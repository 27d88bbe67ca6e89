/** One thing that was said; times from the beginning of the recording. */
export interface Line {
  readonly who: "user" | "assistant";
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
  /** Of an interrupted reply: what the user can have heard. */
  readonly heard?: string;
}

export const VTT_HEAD = "WEBVTT\n\n";
/** A cue that lasts no time is not shown. */
const SHORTEST_MS = 1_000;

const VOICES = { user: "User", assistant: "Assistant" } as const;

/**
 * A cue of WebVTT, with the blank line behind it; of an interrupted reply the words that were heard.
 * @returns nothing where nothing was heard
 * @see https://www.w3.org/TR/webvtt1/
 */
export function cueOf({ who, fromMs, toMs, text, heard }: Line): string {
  const words = (heard ?? text).replaceAll(/\s+/g, " ").trim();
  if (words === "") return "";
  const end = Math.max(toMs, fromMs + SHORTEST_MS);
  const timing = `${timeOf(fromMs)} --> ${timeOf(end)}`;
  return `${timing}\n<v ${VOICES[who]}>${escaped(words)}\n\n`;
}

/** An arrow cannot be left either: its `>` is an entity. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function timeOf(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const part = (value: number, digits = 2): string =>
    String(value).padStart(digits, "0");
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = Math.floor(whole / 1_000) % 60;
  return `${part(hours)}:${part(minutes)}:${part(seconds)}.${part(whole % 1_000, 3)}`;
}
