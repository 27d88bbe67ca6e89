import {
  ANIMATION_OUTPUTS,
  AUDIO_TIMESTAMP_TYPES,
  EAGERNESS_LEVELS,
  EOU_MODELS,
  EOU_THRESHOLD_LEVELS,
  INPUT_AUDIO_FORMATS,
  INTERIM_RESPONSE_TRIGGERS,
  INTERIM_RESPONSE_TYPES,
  MODALITIES,
  NOISE_REDUCTION_TYPES,
  REASONING_EFFORTS,
  SESSION_INCLUDES,
  TURN_DETECTION_TYPES,
  VOICE_TYPES,
} from "../protocol";
import { outputFormatOf } from "./audio-format";
import { isAvatar } from "./avatar-checks";
import { invalidValue, missingParameter, RequestFault } from "./request-fault";
import { memberOf } from "./json-object";
import { isTool, isToolChoice } from "./tool-checks";
import {
  between,
  type Check,
  checkMembers,
  hasType,
  isBoolean,
  isString,
  isTextMap,
  listOf,
  membersOf,
  oneOf,
} from "./value-checks";

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
  output_audio_timestamp_types: listOf(oneOf(AUDIO_TIMESTAMP_TYPES)),
  animation: isAnimation,
  avatar: isAvatar,
  interim_response: isInterimResponse,
  tools: listOf(isTool),
  tool_choice: isToolChoice,
  parallel_tool_calls: isBoolean,
  temperature: between(0, 2),
  max_response_output_tokens: isTokenLimit,
  max_output_tokens: isTokenLimit,
  reasoning_effort: oneOf(REASONING_EFFORTS),
  include: listOf(oneOf(SESSION_INCLUDES)),
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
  if (modalities.includes("avatar") && !modalities.includes("audio"))
    throw invalidValue(param, "'audio' beside 'avatar'", value);
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
    style: isString,
    locale: isString,
    prefer_locales: listOf(isString),
    custom_lexicon_url: isString,
    custom_text_normalization_url: isString,
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
    eagerness: oneOf(EAGERNESS_LEVELS),
    languages: listOf(isString),
    appended_text_after_truncation: isString,
    speech_duration_assistant_speaking_ms: between(0, LONGEST_PAUSE_MS),
    end_of_utterance_detection: isEndOfUtterance,
  });
}

/** The form of 2025-05, with `threshold` and `timeout`, was superseded. @see protocol.md §7.3 */
function isEndOfUtterance(value: unknown, param: string): void {
  const detection = membersOf(value, param);
  oneOf(EOU_MODELS)(detection["model"], `${param}.model`);
  checkMembers(detection, param, {
    threshold_level: oneOf(EOU_THRESHOLD_LEVELS),
    timeout_ms: between(0, LONGEST_PAUSE_MS),
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

/** Models that take a member which others do not; names that are not known may be of any. @see protocol.md §7.5 */
const TRANSCRIPTION_MEMBERS: Readonly<Record<string, RegExp>> = {
  phrase_list: /^(?!whisper-1$|gpt-4o-)/,
  custom_speech: /^(?!whisper-1$|gpt-4o-|mai-transcribe)/,
  prompt: /^(?!azure-speech$|mai-transcribe)/,
};

function isUsed(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isTranscription(value: unknown, param: string): void {
  const { model } = membersOf(value, param);
  if (model === undefined) throw missingParameter(`${param}.model`);
  if (typeof model !== "string" || model === "")
    throw invalidValue(`${param}.model`, "a model name", model);
  for (const [name, models] of Object.entries(TRANSCRIPTION_MEMBERS))
    if (isUsed(memberOf(membersOf(value, param), name)) && !models.test(model))
      throw new RequestFault(
        "invalid_value",
        `Invalid value: '${param}.${name}' cannot be used with '${model}'.`,
        `${param}.${name}`,
      );
  checkMembers(membersOf(value, param), param, {
    language: isString,
    phrase_list: isPhraseList,
    custom_speech: isTextMap,
    prompt: isString,
  });
}

function isPhraseList(value: unknown, param: string): void {
  listOf(isString)(value, param);
  if (Array.isArray(value) && value.length >= 500)
    throw invalidValue(param, "fewer than 500 phrases", value.length);
}

/** @see protocol.md §7.1 */
function isAnimation(value: unknown, param: string): void {
  checkMembers(membersOf(value, param), param, {
    model_name: isString,
    outputs: listOf(oneOf(ANIMATION_OUTPUTS)),
  });
}

/** Hyphens are what a page prints; underscores are right. @see protocol.md §7.6 */
function isInterimResponse(value: unknown, param: string): void {
  const interim = membersOf(value, param);
  oneOf(INTERIM_RESPONSE_TYPES)(
    String(interim["type"]).replaceAll("-", "_"),
    `${param}.type`,
  );
  checkMembers(interim, param, {
    triggers: listOf(oneOf(INTERIM_RESPONSE_TRIGGERS)),
    latency_threshold_ms: between(0, Infinity),
    texts: listOf(isString),
    model: isString,
    instructions: isString,
    max_completion_tokens: between(1, Infinity),
  });
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
