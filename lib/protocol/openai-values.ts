import { isJsonObject, type JsonObject } from "./json";
import type { Dialect } from "./versions";

/** What of a setting OpenAI's services take, and how the rest is named. */
export interface FitContext {
  readonly dialect: Dialect;
  /** The settings beside this one. */
  readonly beside: JsonObject;
  /** Names a setting, or a part of one, that is not there. */
  readonly lack: (setting: string, reason: string) => void;
}

/** @returns the value that the service takes; `undefined` when nothing is left to ask for */
export type Fit = (value: unknown, context: FitContext) => unknown;

const AZURE_ONLY = "Azure Voice Live only";
const RATE = "PCM has 24 kHz there";
const FORMATS: readonly unknown[] = ["pcm16", "g711_ulaw", "g711_alaw"];

/** A name, or an object that OpenAI's own interface describes, such as `{id}`. @see protocol.md §13.3 */
export function fitVoice(value: unknown, { lack }: FitContext): unknown {
  if (!isJsonObject(value) || value.type === undefined) return value;
  if (value.type === "openai") return value.name;
  lack("voice", `${AZURE_ONLY}; the model's own voice speaks`);
  return undefined;
}

export function fitModalities(value: unknown, { lack }: FitContext): unknown {
  return fitList(value, (modality) => {
    if (modality === "text" || modality === "audio") return true;
    lack(`modalities.${String(modality)}`, AZURE_ONLY);
    return false;
  });
}

/** The rate that a format has anyhow need not be said. */
export function fitSamplingRate(
  value: unknown,
  { beside }: FitContext,
): unknown {
  const format = beside["input_audio_format"] ?? "pcm16";
  return value === (format === "pcm16" ? 24_000 : 8000) ? undefined : value;
}

export function fitOutputFormat(value: unknown, { lack }: FitContext): unknown {
  if (FORMATS.includes(value)) return value;
  if (value === "pcm16_24000hz") return "pcm16";
  lack("output_audio_format", RATE);
  return undefined;
}

/** Members of Azure's detectors that say nothing when they are off. */
const AZURE_DETECTION = [
  "speech_duration_ms",
  "speech_duration_assistant_speaking_ms",
  "remove_filler_words",
  "languages",
  "end_of_utterance_detection",
  "auto_truncate",
  "appended_text_after_truncation",
];

/** Another detector listens with the same thresholds rather than none: turns must be found. */
export function fitTurnDetection(
  value: unknown,
  { lack }: FitContext,
): unknown {
  if (!isJsonObject(value)) return value;
  const fitted = withoutMembers(value, AZURE_DETECTION, "turn_detection", lack);
  if (!String(value.type).startsWith("azure_")) return fitted;
  lack("turn_detection.type", `${AZURE_ONLY}; server_vad listens instead`);
  return { ...fitted, type: "server_vad" };
}

export function fitNoiseReduction(
  value: unknown,
  { lack }: FitContext,
): unknown {
  if (!isJsonObject(value) || !String(value.type).startsWith("azure_"))
    return value;
  lack("input_audio_noise_reduction", AZURE_ONLY);
  return undefined;
}

/** The user's words must be written by somebody, so another model does it. @see protocol.md §7.5 */
const WRITER = "whisper-1";

export function fitTranscription(
  value: unknown,
  { lack }: FitContext,
): unknown {
  if (!isJsonObject(value)) return value;
  const at = "input_audio_transcription";
  const fitted = withoutMembers(
    value,
    ["phrase_list", "custom_speech"],
    at,
    lack,
  );
  const { model, language } = value;
  const isAzures = /^(azure-|mai-)/.test(String(model));
  if (isAzures) lack(`${at}.model`, `${AZURE_ONLY}; ${WRITER} writes instead`);
  return {
    ...fitted,
    ...(isAzures && { model: WRITER }),
    ...(typeof language === "string" && fitLanguage(language, lack)),
  };
}

function fitLanguage(
  language: string,
  lack: FitContext["lack"],
): { language: string | undefined } {
  const at = "input_audio_transcription.language";
  if (language.includes(",")) {
    lack(at, "one language there; it is found out");
    return { language: undefined };
  }
  const [first = ""] = language.split("-");
  if (first !== language) lack(at, `no regions there; ${first} is taken`);
  return { language: first };
}

export function fitTools(value: unknown, context: FitContext): unknown {
  const kinds =
    context.dialect === "openai" ? ["function", "mcp"] : ["function"];
  return fitList(value, (tool) => {
    const type = isJsonObject(tool) ? tool.type : undefined;
    if (typeof type !== "string" || kinds.includes(type)) return true;
    context.lack(`tools.${labelOf(tool)}`, `no tools of type ${type} there`);
    return false;
  });
}

function labelOf(tool: unknown): string {
  const { name, server_label, agent_name, type }: JsonObject = isJsonObject(
    tool,
  )
    ? tool
    : {};
  const label = [name, server_label, agent_name, type].find(
    (text) => typeof text === "string",
  );
  return typeof label === "string" ? label : "?";
}

/** A bare name of a function is Voice Live's spelling. @see protocol.md §7.1 */
export function fitToolChoice(value: unknown): unknown {
  const isName =
    typeof value === "string" && !["auto", "none", "required"].includes(value);
  return isName ? { type: "function", name: value } : value;
}

export function fitInclude(value: unknown, { lack }: FitContext): unknown {
  return fitList(value, (entry) => {
    if (entry === "item.input_audio_transcription.logprobs") return true;
    lack(`include.${String(entry)}`, AZURE_ONLY);
    return false;
  });
}

export function fitReasoning(value: unknown, { lack }: FitContext): unknown {
  if (value !== "none") return value;
  lack("reasoning_effort", "minimal is the least there");
  return undefined;
}

function fitList(
  value: unknown,
  isThere: (entry: unknown) => boolean,
): unknown {
  return Array.isArray(value) ? value.filter((entry) => isThere(entry)) : value;
}

function withoutMembers(
  object: JsonObject,
  names: readonly string[],
  at: string,
  lack: FitContext["lack"],
): JsonObject {
  const others = Object.entries(object).filter(([name, value]) => {
    if (!names.includes(name)) return true;
    if (value !== false && !isEmpty(value)) lack(`${at}.${name}`, AZURE_ONLY);
    return false;
  });
  return Object.fromEntries(others);
}

/** Nothing is asked for by it, so nobody misses it. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === undefined || value === "";
}
