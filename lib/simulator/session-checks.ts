import {
  INPUT_AUDIO_FORMATS,
  MODALITIES,
  NOISE_REDUCTION_TYPES,
  REASONING_EFFORTS,
  TURN_DETECTION_TYPES,
  VOICE_TYPES,
} from "../protocol";
import { outputFormatOf } from "./audio-format";
import { isJsonObject, type JsonObject } from "./json-object";
import { invalidValue, missingParameter, RequestFault } from "./request-fault";

type Check = (value: unknown, param: string) => void;

/** 44.1 and 48 kHz are not documented, but live tests pass with them. @see protocol.md §7.1 */
const SAMPLING_RATES: readonly unknown[] = [
  8000, 16_000, 24_000, 44_100, 48_000,
];

/** What each setting may be. A name that is missing here passes unseen, as the service lets it. @see protocol.md §7 */
const CHECKS: Readonly<Record<string, Check>> = {
  model: isString,
  modalities: isModalities,
  voice: isVoice,
  instructions: isString,
  input_audio_format: oneOf(INPUT_AUDIO_FORMATS),
  input_audio_sampling_rate: oneOf(SAMPLING_RATES),
  output_audio_format: isOutputFormat,
  turn_detection: isTurnDetection,
  input_audio_noise_reduction: hasType(NOISE_REDUCTION_TYPES),
  input_audio_echo_cancellation: isEchoCancellation,
  input_audio_transcription: isTranscription,
  output_audio_timestamp_types: listOf(oneOf(["word"])),
  tools: listOf(isTool),
  tool_choice: isToolChoice,
  parallel_tool_calls: isBoolean,
  temperature: between(0, 2),
  max_response_output_tokens: isTokenLimit,
  max_output_tokens: isTokenLimit,
  reasoning_effort: oneOf(REASONING_EFFORTS),
  include: listOf(isString),
  metadata: isMetadata,
};

/**
 * Checks one member of a session or of a response's overrides.
 * @param name - wire name of the member
 * @param root - where the member lives, for the error's `param`
 * @throws RequestFault when the service would refuse the value
 */
export function checkSetting(
  name: string,
  value: unknown,
  root = "session",
): void {
  CHECKS[name]?.(value, `${root}.${name}`);
}

function isString(value: unknown, param: string): void {
  if (typeof value !== "string") throw invalidValue(param, "a string", value);
}

function isBoolean(value: unknown, param: string): void {
  if (typeof value !== "boolean") throw invalidValue(param, "a boolean", value);
}

function oneOf(values: readonly unknown[]): Check {
  return (value, param) => {
    if (!values.includes(value))
      throw invalidValue(param, values.join(", "), value);
  };
}

function between(low: number, high: number): Check {
  return (value, param) => {
    const isInside = typeof value === "number" && value >= low && value <= high;
    if (!isInside)
      throw invalidValue(param, `a number from ${low} to ${high}`, value);
  };
}

function listOf(check: Check): Check {
  return (value, param) => {
    if (!Array.isArray(value)) throw invalidValue(param, "an array", value);
    value.forEach((member, index) => check(member, `${param}[${index}]`));
  };
}

function hasType(types: readonly string[]): Check {
  return (value, param) =>
    oneOf(types)(membersOf(value, param)["type"], `${param}.type`);
}

/** Optional members: absent and null are fine. */
function checkMembers(
  members: JsonObject,
  param: string,
  checks: Readonly<Record<string, Check>>,
): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = members[name];
    if (value !== undefined && value !== null) check(value, `${param}.${name}`);
  }
}

function membersOf(value: unknown, param: string): JsonObject {
  if (!isJsonObject(value)) throw invalidValue(param, "an object", value);
  return value;
}

function isModalities(value: unknown, param: string): void {
  listOf(oneOf(MODALITIES))(value, param);
  const modalities: readonly unknown[] = Array.isArray(value) ? value : [];
  if (modalities.length === 0)
    throw invalidValue(param, "at least one modality", value);
  if (!modalities.includes("text")) {
    throw new RequestFault(
      "invalid_value",
      `Invalid modalities: ${modalities.join(", ")} need 'text' beside them.`,
      param,
    );
  }
}

function isVoice(value: unknown, param: string): void {
  if (typeof value === "string" && value !== "") return;
  const voice = membersOf(value, param);
  oneOf(VOICE_TYPES)(voice["type"], `${param}.type`);
  for (const name of requiredOfVoice(voice["type"])) {
    if (voice[name] === undefined || voice[name] === "")
      throw missingParameter(`${param}.${name}`);
    isString(voice[name], `${param}.${name}`);
  }
  checkMembers(voice, param, {
    rate: isString,
    pitch: isString,
    volume: isString,
    temperature: between(0, 1),
  });
}

/** @see protocol.md §7.2 */
function requiredOfVoice(type: unknown): readonly string[] {
  if (type === "azure-custom") return ["name", "endpoint_id"];
  if (type === "azure-personal") return ["name", "model"];
  return type === "avatar-voice-sync" ? ["model"] : ["name"];
}

function isOutputFormat(value: unknown, param: string): void {
  if (typeof value !== "string" || !outputFormatOf(value)) {
    throw invalidValue(
      param,
      "pcm16, pcm16_8000hz, pcm16_16000hz, g711_ulaw or g711_alaw",
      value,
    );
  }
}

const LONGEST_PAUSE_MS = 60_000;

function isTurnDetection(value: unknown, param: string): void {
  hasType(TURN_DETECTION_TYPES)(value, param);
  checkMembers(membersOf(value, param), param, {
    threshold: between(0, 1),
    prefix_padding_ms: between(0, LONGEST_PAUSE_MS),
    silence_duration_ms: between(0, LONGEST_PAUSE_MS),
    speech_duration_ms: between(0, LONGEST_PAUSE_MS),
    create_response: isBoolean,
    interrupt_response: isBoolean,
    auto_truncate: isBoolean,
    remove_filler_words: isBoolean,
    eagerness: oneOf(["auto", "low", "medium", "high"]),
  });
}

/** @see protocol.md §7.4 */
function isEchoCancellation(value: unknown, param: string): void {
  hasType(["server_echo_cancellation"])(value, param);
  const { reference_source: source = "server", channels = 1 } = membersOf(
    value,
    param,
  );
  oneOf(["server", "client", null])(source, `${param}.reference_source`);
  oneOf([1, 2, null])(channels, `${param}.channels`);
  if (source !== "client" && channels === 2) {
    throw new RequestFault(
      "invalid_ec_channels_requires_client",
      "Two channels need reference_source 'client'.",
      param,
    );
  }
  if (source === "client" && channels !== 2) {
    throw new RequestFault(
      "invalid_ec_reference_channels",
      "reference_source 'client' needs two channels.",
      param,
    );
  }
}

function isTranscription(value: unknown, param: string): void {
  const { model } = membersOf(value, param);
  if (model === undefined) throw missingParameter(`${param}.model`);
  if (typeof model !== "string" || model === "")
    throw invalidValue(`${param}.model`, "a model name", model);
}

function isTool(value: unknown, param: string): void {
  const tool = membersOf(value, param);
  isString(tool["type"], `${param}.type`);
  if (tool["type"] !== "function") return;
  if (tool["name"] === undefined) throw missingParameter(`${param}.name`);
  // The names that models can call. https://platform.openai.com/docs/api-reference/realtime
  if (typeof tool["name"] !== "string" || !/^[\w-]{1,64}$/.test(tool["name"])) {
    throw invalidValue(
      `${param}.name`,
      "1 to 64 letters, digits, '_' or '-'",
      tool["name"],
    );
  }
}

function isToolChoice(value: unknown, param: string): void {
  if (typeof value === "string" && value !== "") return;
  isString(membersOf(value, param)["type"], `${param}.type`);
}

function isTokenLimit(value: unknown, param: string): void {
  const isCount =
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 4096;
  if (!isCount && value !== "inf")
    throw invalidValue(param, "1 to 4096 or 'inf'", value);
}

/** @see protocol.md §7.1 */
function isMetadata(value: unknown, param: string): void {
  const entries = Object.entries(membersOf(value, param));
  const isFine =
    entries.length <= 16 &&
    entries.every(([key, text]) => key.length <= 64 && isShortText(text));
  if (!isFine)
    throw invalidValue(
      param,
      "at most 16 pairs, keys to 64 and values to 512 characters",
      value,
    );
}

function isShortText(value: unknown): boolean {
  return typeof value === "string" && value.length <= 512;
}
