import { decodeBase64, scanAudioDelta } from "./audio-delta";
import { ENVELOPE, SERVER_EVENTS } from "./catalogue";
import { objectsFromWire, objectsToWire } from "./dialect";
import { type Fault, findFault } from "./fields";
import { type JsonObject, readJsonObject, writeJson } from "./json";
import type {
  AnyServerEvent,
  AudioDelta,
  ResponseAudioDelta,
} from "./server-events";
import { type Dialect, isNested } from "./versions";
import { eventNamesFromWire, eventNamesToWire } from "./wire-names";

/**
 * What a frame from the server holds: an event under its dated name, a piece of audio with its own memory, or
 * something that is no event, with a reason that names the member at fault and never quotes the frame.
 */
export type ParsedFrame =
  | { kind: "event"; event: AnyServerEvent }
  | { kind: "audio"; event: AudioDelta; audio: Buffer }
  | { kind: "malformed"; reason: string };

/**
 * Reads one frame from the server. Never throws. Unknown events and members pass; a known event is malformed when a
 * member that its type promises has another type. Names of both dialects are understood at any time.
 * @param data - the frame, text or the bytes of it
 * @param dialect - the nested ones also have their session and response objects brought into the dated shape
 * @see protocol.md §4, §6, §13
 */
export function parseServerFrame(
  data: Buffer | string,
  dialect: Dialect = "dated",
): ParsedFrame {
  return (
    (typeof data === "string" ? undefined : parseAudioFrame(data)) ??
    parseAnyFrame(data, dialect)
  );
}

/** Audio without a JSON tree of its base64; undefined for whatever is not plainly a piece of audio. */
function parseAudioFrame(data: Buffer): ParsedFrame | undefined {
  const scan = scanAudioDelta(data);
  const named = scan && eventNamesFromWire(scan.event);
  if (!named || named.type !== AUDIO_DELTA) return undefined;
  return readEvent(named, () => scan.audio);
}

const AUDIO_DELTA = "response.audio.delta";

/** Reads a frame by way of its whole JSON tree. */
export function parseAnyFrame(
  data: Buffer | string,
  dialect: Dialect = "dated",
): ParsedFrame {
  const object = readJsonObject(data);
  if (!object) return malformed("frame: not a JSON object");
  const event = eventNamesFromWire(object);
  return readEvent(
    isNested(dialect) ? objectsFromWire(event, dialect) : event,
    decodeBase64,
  );
}

function readEvent(
  object: JsonObject,
  decode: (base64: string) => Buffer | undefined,
): ParsedFrame {
  const fault = findFault(object, SERVER_EVENTS.get(object.type) ?? ENVELOPE);
  if (fault) return malformed(describe(object.type, fault));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what has no fault is what its type says
  const event = object as JsonObject & AnyServerEvent;
  if (!isAudioDelta(event)) return { kind: "event", event };
  const { delta, event_id: _, ...rest } = event;
  const audio = decode(delta);
  if (!audio) return malformed(`${event.type}: delta is not base64`);
  return { kind: "audio", event: rest, audio };
}

function isAudioDelta(event: AnyServerEvent): event is ResponseAudioDelta {
  return event.type === AUDIO_DELTA;
}

function malformed(reason: string): ParsedFrame {
  return { kind: "malformed", reason };
}

/** One short line, whatever the frame calls itself. */
function describe(type: unknown, fault: Fault): string {
  const name = SERVER_EVENTS.has(type) ? String(type) : "event";
  return `${name}: ${fault.path} is not ${fault.expected}`;
}

/**
 * One frame for a client, as the simulator sends it.
 * @param dialect - whose names and shapes are written
 * @throws TypeError when a member is not JSON, such as NaN
 * @see protocol.md §6, §13
 */
export function serializeServerEvent(
  event: AnyServerEvent,
  dialect: Dialect = "dated",
): string {
  if (!isNested(dialect)) return writeJson(event);
  const named = eventNamesToWire({ ...event }, dialect);
  return writeJson(objectsToWire(named, dialect));
}
