import { isJsonObject, type JsonObject } from "./json";
import type { RequestSession, ResponseSession } from "./session";
import type { Dialect } from "./versions";

// The wire has two shapes (protocol.md §1); ours is the dated one. These tables are all there is between them.

/** Dated and `v1` names of server events. @see protocol.md §13.2 */
export const EVENT_NAMES: readonly (readonly [dated: string, v1: string])[] = [
  ["response.text.delta", "response.output_text.delta"],
  ["response.text.done", "response.output_text.done"],
  ["response.audio.delta", "response.output_audio.delta"],
  ["response.audio.done", "response.output_audio.done"],
  ["response.audio_transcript.delta", "response.output_audio_transcript.delta"],
  ["response.audio_transcript.done", "response.output_audio_transcript.done"],
];

/**
 * Names that are only read: OpenAI's GA service announces an item so, Voice Live's `v1` keeps the dated name.
 * @see protocol.md §13.2
 */
export const READ_ONLY_EVENT_NAMES: readonly (readonly [
  dated: string,
  ga: string,
])[] = [["conversation.item.created", "conversation.item.added"]];

/** Dated and `v1` names of the assistant's content parts. @see protocol.md §13.2 */
export const PART_NAMES: readonly (readonly [dated: string, v1: string])[] = [
  ["text", "output_text"],
  ["audio", "output_audio"],
];

/** Where a field lives in each shape, and how its value differs. */
interface FieldAlias {
  readonly dated: string;
  /** Path, dots between members. */
  readonly v1: string;
  readonly toV1?: (value: unknown) => unknown;
  readonly fromV1?: (value: unknown) => unknown;
}

const OUTPUT_MODALITIES: FieldAlias = {
  dated: "modalities",
  v1: "output_modalities",
  toV1: withoutRedundantText,
  fromV1: withImpliedText,
};

const SHARED_FIELDS: readonly FieldAlias[] = [
  OUTPUT_MODALITIES,
  {
    dated: "output_audio_format",
    v1: "audio.output.format",
    fromV1: outputFormatFromGa,
  },
  { dated: "voice", v1: "audio.output.voice" },
  { dated: "reasoning_effort", v1: "reasoning.effort" },
];

/** @see protocol.md §13.3 */
export const SESSION_FIELDS: readonly FieldAlias[] = [
  ...SHARED_FIELDS,
  {
    dated: "input_audio_format",
    v1: "audio.input.format",
    fromV1: inputFormatFromGa,
  },
  { dated: "input_audio_sampling_rate", v1: "audio.input.sampling_rate" },
  { dated: "input_audio_transcription", v1: "audio.input.transcription" },
  { dated: "input_audio_noise_reduction", v1: "audio.input.noise_reduction" },
  { dated: "turn_detection", v1: "audio.input.turn_detection" },
  {
    dated: "input_audio_echo_cancellation",
    v1: "audio.input.echo_cancellation",
  },
  { dated: "output_audio_timestamp_types", v1: "audio.output.timestamp_types" },
  { dated: "max_response_output_tokens", v1: "max_output_tokens" },
];

/** Of `response.create` and of the response object; the token cap has one name there. @see protocol.md §13.3 */
export const RESPONSE_FIELDS: readonly FieldAlias[] = SHARED_FIELDS;

/**
 * A session as the dialect writes it. In `v1` the audio settings are nested and `type` is `realtime` unless given;
 * members that the table does not name stay where they are.
 * @see protocol.md §13.3
 */
export function sessionToWire(
  session: RequestSession | ResponseSession,
  dialect: Dialect,
): JsonObject {
  if (dialect === "dated") return { ...session };
  return { type: "realtime", ...fieldsToV1({ ...session }, SESSION_FIELDS) };
}

/**
 * A session in the dated shape, whatever the dialect; the reverse of `sessionToWire`. Members that the table does not
 * name, such as `audio.output.speed`, stay where they are.
 * @see protocol.md §13.3
 */
export function sessionFromWire(
  session: JsonObject,
  dialect: Dialect,
): ResponseSession {
  if (dialect === "dated") return { ...session };
  const flat = fieldsFromV1(session, SESSION_FIELDS);
  return flat.type === "realtime" ? without(flat, ["type"]) : flat;
}

/** A copy of an event of either side with its session and response in the `v1` shape. */
export function objectsToV1(event: JsonObject): JsonObject {
  return mapObjects(
    event,
    (session) => sessionToWire(session, "v1"),
    (response) => fieldsToV1(response, RESPONSE_FIELDS),
  );
}

/** A copy of an event of either side with its session and response in the dated shape. */
export function objectsFromV1(event: JsonObject): JsonObject {
  return mapObjects(
    event,
    (session) => ({ ...sessionFromWire(session, "v1") }),
    (response) => fieldsFromV1(response, RESPONSE_FIELDS),
  );
}

function mapObjects(
  event: JsonObject,
  mapSession: (session: JsonObject) => JsonObject,
  mapResponse: (response: JsonObject) => JsonObject,
): JsonObject {
  const { session, response } = event;
  return {
    ...event,
    ...(isJsonObject(session) && { session: mapSession(session) }),
    ...(isJsonObject(response) && { response: mapResponse(response) }),
  };
}

function fieldsToV1(
  object: JsonObject,
  aliases: readonly FieldAlias[],
): JsonObject {
  let result = object;
  for (const { dated, v1, toV1 } of aliases) {
    const value = object[dated];
    if (value === undefined) continue;
    result = withValue(
      without(result, [dated]),
      v1.split("."),
      toV1 ? toV1(value) : value,
    );
  }
  return result;
}

function fieldsFromV1(
  object: JsonObject,
  aliases: readonly FieldAlias[],
): JsonObject {
  let result = object;
  for (const { dated, v1, fromV1 } of aliases) {
    const path = v1.split(".");
    const value = valueAt(object, path);
    if (value === undefined) continue;
    result = {
      ...without(result, path),
      [dated]: fromV1 ? fromV1(value) : value,
    };
  }
  return result;
}

function valueAt(object: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, member) => (isJsonObject(value) ? value[member] : undefined),
    object,
  );
}

function withValue(
  object: JsonObject,
  [member = "", ...rest]: readonly string[],
  value: unknown,
): JsonObject {
  if (rest.length === 0) return { ...object, [member]: value };
  const inner = object[member];
  return {
    ...object,
    [member]: withValue(isJsonObject(inner) ? inner : {}, rest, value),
  };
}

/** A copy without the member at the path, and without the objects that become empty by that. */
function without(
  object: JsonObject,
  [member = "", ...rest]: readonly string[],
): JsonObject {
  const { [member]: inner, ...others } = object;
  if (rest.length === 0 || !isJsonObject(inner)) return others;
  const left = without(inner, rest);
  return Object.keys(left).length === 0
    ? others
    : { ...object, [member]: left };
}

/** GA takes audio or text, never both, because spoken replies always come with their transcript. */
function withoutRedundantText(modalities: unknown): unknown {
  if (!Array.isArray(modalities) || !modalities.includes("audio"))
    return modalities;
  return modalities.filter((modality) => modality !== "text");
}

function withImpliedText(modalities: unknown): unknown {
  if (
    !Array.isArray(modalities) ||
    !modalities.includes("audio") ||
    modalities.includes("text")
  )
    return modalities;
  return ["text", ...(modalities as unknown[])];
}

/** OpenAI's GA service describes formats by object; Voice Live's `v1` keeps the strings. */
const GA_FORMATS: ReadonlyMap<unknown, string> = new Map([
  ["audio/pcm", "pcm16"],
  ["audio/pcmu", "g711_ulaw"],
  ["audio/pcma", "g711_alaw"],
]);

function inputFormatFromGa(format: unknown): unknown {
  return isJsonObject(format)
    ? (GA_FORMATS.get(format.type) ?? format)
    : format;
}

function outputFormatFromGa(format: unknown): unknown {
  const name = inputFormatFromGa(format);
  const rate = isJsonObject(format) ? format.rate : undefined;
  return name === "pcm16" && (rate === 8000 || rate === 16000)
    ? `pcm16_${rate}hz`
    : name;
}
