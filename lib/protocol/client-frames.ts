import { CLIENT_EVENTS, isClientEventType } from "./catalogue";
import type { ClientEvent } from "./client-events";
import { objectsFromWire, objectsToWire } from "./dialect";
import { type Fault, findFault } from "./fields";
import { isJsonObject, type JsonObject, readJson, writeJson } from "./json";
import { findUnknownMember, hasClientEvent } from "./known-members";
import type { Dialect } from "./versions";
import { eventNamesFromWire, partNamesToWire } from "./wire-names";

/**
 * One frame for the service. Members that are `undefined` are left out, an explicit `null` stays (§15.9), and members
 * that the types do not name pass.
 * @param dialect - in whose shape session, response parameters and content parts are written
 * @throws TypeError naming the member that is missing, of another type, or not JSON, such as NaN
 * @see protocol.md §5, §13.3
 */
export function serializeClientEvent(
  event: ClientEvent,
  dialect: Dialect = "dated",
): string {
  const members: JsonObject = { ...event };
  const fault = findClientFault(members);
  if (fault)
    throw new TypeError(
      `Expected \`${fault.path}\` to be ${fault.expected} in \`${event.type}\``,
    );
  return writeJson(objectsToWire(partNamesToWire(members, dialect), dialect));
}

/**
 * One frame for the service, of a type that this package need not know, written as given.
 * @throws TypeError when it has no `type` or a member is not JSON
 */
export function serializeRawEvent(event: object): string {
  const { type }: JsonObject = { ...event };
  if (typeof type !== "string" || type === "")
    throw new TypeError("Expected `type` to be the name of an event");
  return writeJson(event);
}

/**
 * What stands around the base64 in the frame of `input_audio_buffer.append`. It is sent up to fifty times a second for each
 * conversation, so no event is built for it.
 * @see protocol.md §5
 */
export const APPEND_HEAD: Uint8Array = Buffer.from(
  '{"type":"input_audio_buffer.append","audio":"',
);
export const APPEND_TAIL: Uint8Array = Buffer.from('"}');

/** What a frame from a client holds, with the error to answer when it holds no event. */
export type ParsedClientFrame =
  | { kind: "event"; event: ClientEvent }
  | {
      kind: "malformed";
      /** As `error.code`. @see protocol.md §9.4 */
      code:
        | "invalid_json"
        | "invalid_event"
        | "missing_required_parameter"
        | "invalid_value"
        | "unknown_parameter";
      message: string;
      /** As `error.param`: the member at fault, such as `item.call_id`. */
      param?: string;
      /** As `error.event_id`: the frame's own id, if it has one. */
      eventId?: string;
    };

/**
 * Reads one frame from a client, for the simulator. Never throws. An empty or null `event_id` is tolerated.
 * @param dialect - what the client speaks; the event comes out in the dated shape
 * @see protocol.md §4, §5, §9.4
 */
export function parseClientFrame(
  data: Buffer | string,
  dialect: Dialect = "dated",
): ParsedClientFrame {
  const value = readJson(data);
  if (value === undefined)
    return {
      kind: "malformed",
      code: "invalid_json",
      message: "The frame is not JSON.",
    };
  if (!isJsonObject(value)) {
    return {
      kind: "malformed",
      code: "invalid_event",
      message: "The frame is not a JSON object.",
    };
  }
  const fault = findWireFault(value, dialect);
  if (fault) return refuse(fault, value.event_id);
  const unknown = findUnknownMember(value, dialect);
  if (unknown !== undefined) return refuseUnknown(unknown, value.event_id);
  const event = clientEventFromWire(value, dialect);
  const found = findClientFault(event);
  if (found) return refuse(found, event.event_id);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what has no fault is what its type says
  return { kind: "event", event: event as JsonObject & ClientEvent };
}

/** What the shape that we read into cannot tell any more. */
function findWireFault(event: JsonObject, dialect: Dialect): Fault | undefined {
  const { type, session } = event;
  if (!isClientEventType(type) || !hasClientEvent(type, dialect))
    return noSuchEvent((type ?? undefined) === undefined);
  if (dialect !== "openai" || !isJsonObject(session)) return undefined;
  if (session.type === "realtime") return undefined;
  return {
    path: "session.type",
    expected: "'realtime'",
    isMissing: session.type === undefined,
  };
}

function findClientFault(event: JsonObject): Fault | undefined {
  const fields = CLIENT_EVENTS.get(event.type);
  if (fields) return findFault(event, fields);
  return noSuchEvent((event.type ?? undefined) === undefined);
}

function noSuchEvent(isMissing: boolean): Fault {
  return { path: "type", expected: "a known client event", isMissing };
}

function refuseUnknown(path: string, id: unknown): ParsedClientFrame {
  const param = path.slice(0, MAX_PATH_LENGTH);
  return {
    kind: "malformed",
    code: "unknown_parameter",
    message: `Unknown parameter: '${param}'.`,
    param,
    ...ownId(id),
  };
}

/** The client chose the names in it. */
const MAX_PATH_LENGTH = 120;

function refuse(
  { path, expected, isMissing }: Fault,
  id: unknown,
): ParsedClientFrame {
  return {
    kind: "malformed",
    code: isMissing ? "missing_required_parameter" : "invalid_value",
    message: isMissing
      ? `Missing required parameter: '${path}'.`
      : `Invalid value: '${path}' must be ${expected}.`,
    param: path,
    ...ownId(id),
  };
}

function ownId(id: unknown): { eventId?: string } {
  return typeof id === "string" && id !== "" ? { eventId: id } : {};
}

function clientEventFromWire(event: JsonObject, dialect: Dialect): JsonObject {
  if (dialect === "dated") return event;
  return eventNamesFromWire(objectsFromWire(event, dialect));
}
