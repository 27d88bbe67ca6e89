import { CLIENT_EVENTS } from "./catalogue";
import type { ClientEvent } from "./client-events";
import { objectsFromV1, objectsToV1 } from "./dialect";
import { type Fault, findFault } from "./fields";
import { isJsonObject, type JsonObject, readJson, writeJson } from "./json";
import type { Dialect } from "./versions";
import { eventNamesFromV1, partNamesToV1 } from "./wire-names";

/**
 * One frame for the service. Members that are `undefined` are left out, an explicit `null` stays (§15.9), and members
 * that the types do not name pass.
 * @param dialect - `v1` writes session, response parameters and content parts in that shape
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
  return writeJson(dialect === "dated" ? members : clientEventToV1(members));
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
 * The frame of `input_audio_buffer.append`, without building an event first: this is sent up to fifty times a second
 * for each conversation.
 * @param audio - samples in the session's input format, at most 15 MiB as base64
 * @see protocol.md §5
 */
export function serializeAppend(audio: Buffer): string {
  return `{"type":"input_audio_buffer.append","audio":"${audio.toString("base64")}"}`;
}

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
        | "invalid_value";
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
  const event = clientEventFromWire(value, dialect);
  const fault = findClientFault(event);
  if (fault) return refuse(fault, event.event_id);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what has no fault is what its type says
  return { kind: "event", event: event as JsonObject & ClientEvent };
}

function findClientFault(event: JsonObject): Fault | undefined {
  const fields = CLIENT_EVENTS.get(event.type);
  if (fields) return findFault(event, fields);
  const isMissing = (event.type ?? undefined) === undefined;
  return { path: "type", expected: "a known client event", isMissing };
}

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
    ...(typeof id === "string" && id !== "" && { eventId: id }),
  };
}

function clientEventToV1(event: JsonObject): JsonObject {
  return objectsToV1(partNamesToV1(event));
}

function clientEventFromWire(event: JsonObject, dialect: Dialect): JsonObject {
  return dialect === "dated" ? event : objectsFromV1(eventNamesFromV1(event));
}
