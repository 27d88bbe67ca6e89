import type { ClientEventOf, ClientEventType } from "./client-events";
import {
  type Check,
  checksOf,
  type Fields,
  type OptionalField,
  type RequiredField,
} from "./field-kinds";
import type {
  AnyServerEvent,
  ServerEvent,
  ServerEventOf,
  ServerEventType,
} from "./server-events";

/**
 * The members of an event's type, each with what is checked. The compiler keeps these tables complete: an event or a
 * member that is in the type but not here, or here but not in the type, does not compile.
 */
type FieldsOf<E> = {
  readonly [
    K in Exclude<keyof E, "type" | "event_id">
  ]-?: undefined extends E[K] ? OptionalField : RequiredField;
};

const ITEM = {
  response_id: "id",
  item_id: "id",
  output_index: "index",
} as const;
const PART = { ...ITEM, content_index: "index" } as const;

// An event is refused only for a member without which it means nothing; figures that merely inform may be absent.
const serverEvents: {
  readonly [T in ServerEventType]: FieldsOf<ServerEventOf<T>>;
} = {
  error: { error: "errorDetails" },
  warning: { warning: "warningDetails" },
  "session.created": { session: "session" },
  "session.updated": { session: "session" },
  "transcription_session.updated": { session: "session" },
  "session.avatar.connecting": { server_sdp: "string" },
  "session.avatar.switch_to_speaking": { turn_id: "string?" },
  "session.avatar.switch_to_idle": { turn_id: "string?" },
  "input_audio_buffer.speech_started": {
    item_id: "string",
    audio_start_ms: "number?",
  },
  "input_audio_buffer.speech_stopped": {
    item_id: "string",
    audio_end_ms: "number?",
  },
  "input_audio_buffer.committed": {
    item_id: "string",
    previous_item_id: "string?",
  },
  "input_audio_buffer.cleared": {},
  "input_audio_buffer.timeout_triggered": {
    item_id: "string",
    audio_start_ms: "number?",
    audio_end_ms: "number?",
  },
  "input_audio_buffer.dtmf_event_received": {
    event: "string",
    received_at: "number?",
  },
  "conversation.item.created": { item: "item", previous_item_id: "string?" },
  "conversation.item.done": { item: "item", previous_item_id: "string?" },
  "conversation.item.retrieved": { item: "item" },
  "conversation.item.truncated": {
    item_id: "string",
    content_index: "index",
    audio_end_ms: "number",
  },
  "conversation.item.deleted": { item_id: "string" },
  "conversation.item.input_audio_transcription.delta": {
    item_id: "string",
    content_index: "index",
    delta: "string?",
    logprobs: "object[]?",
  },
  "conversation.item.input_audio_transcription.completed": {
    item_id: "string",
    content_index: "index",
    transcript: "string",
    logprobs: "object[]?",
    phrases: "object[]?",
  },
  "conversation.item.input_audio_transcription.failed": {
    item_id: "string",
    content_index: "index",
    error: "errorDetails",
  },
  "conversation.item.input_audio_transcription.segment": {
    item_id: "string",
    content_index: "index",
    text: "string",
    id: "string?",
    speaker: "string?",
    start: "number?",
    end: "number?",
  },
  "response.created": { response: "response" },
  "response.done": { response: "response" },
  "response.output_item.added": {
    response_id: "id",
    output_index: "index",
    item: "item",
  },
  "response.output_item.done": {
    response_id: "id",
    output_index: "index",
    item: "item",
  },
  "response.content_part.added": { ...PART, part: "part" },
  "response.content_part.done": { ...PART, part: "part" },
  "response.invocation.delta": { delta: "object" },
  "rate_limits.updated": { rate_limits: "object[]" },
  "response.text.delta": { ...PART, delta: "string" },
  "response.text.done": { ...PART, text: "string" },
  "response.audio_transcript.delta": { ...PART, delta: "string" },
  "response.audio_transcript.done": { ...PART, transcript: "string" },
  "response.audio_transcript.annotation.added": {
    ...PART,
    annotation_index: "index",
    annotation: "any?",
  },
  "response.audio.delta": { ...PART, delta: "string" },
  "response.audio.done": { ...PART },
  "response.audio_timestamp.delta": {
    ...PART,
    audio_offset_ms: "number",
    audio_duration_ms: "number?",
    text: "string",
    timestamp_type: "string?",
  },
  "response.audio_timestamp.done": { ...PART },
  "response.animation_viseme.delta": {
    ...PART,
    audio_offset_ms: "number",
    viseme_id: "number",
  },
  "response.animation_viseme.done": { ...PART },
  "response.animation_blendshapes.delta": {
    ...PART,
    frames: "frames",
    frame_index: "number?",
  },
  "response.animation_blendshapes.done": { ...ITEM },
  "response.video.delta": {
    output_index: "index",
    codec: "string?",
    delta: "string",
  },
  "response.function_call_arguments.delta": {
    ...ITEM,
    call_id: "string",
    delta: "string",
  },
  "response.function_call_arguments.done": {
    ...ITEM,
    call_id: "string",
    arguments: "string",
    name: "string?",
  },
  "mcp_list_tools.in_progress": { item_id: "string" },
  "mcp_list_tools.completed": { item_id: "string" },
  "mcp_list_tools.failed": { item_id: "string" },
  "response.mcp_call_arguments.delta": {
    ...ITEM,
    delta: "string",
    obfuscation: "string?",
  },
  "response.mcp_call_arguments.done": { ...ITEM, arguments: "string?" },
  "response.mcp_call.in_progress": { item_id: "string", output_index: "index" },
  "response.mcp_call.completed": { item_id: "string", output_index: "index" },
  "response.mcp_call.failed": { item_id: "string", output_index: "index" },
  "response.web_search_call.searching": { ...ITEM, sequence_number: "number?" },
  "response.web_search_call.in_progress": {
    ...ITEM,
    sequence_number: "number?",
  },
  "response.web_search_call.completed": { ...ITEM, sequence_number: "number?" },
  "response.file_search_call.searching": {
    ...ITEM,
    sequence_number: "number?",
  },
  "response.file_search_call.in_progress": {
    ...ITEM,
    sequence_number: "number?",
  },
  "response.file_search_call.completed": {
    ...ITEM,
    sequence_number: "number?",
  },
  "response.foundry_agent_call_arguments.delta": { ...ITEM, delta: "string" },
  "response.foundry_agent_call_arguments.done": {
    ...ITEM,
    arguments: "string",
  },
  "response.foundry_agent_call.in_progress": {
    item_id: "string",
    output_index: "index",
    agent_response_id: "string?",
  },
  "response.foundry_agent_call.completed": {
    item_id: "string",
    output_index: "index",
    agent_response_id: "string?",
  },
  "response.foundry_agent_call.failed": {
    item_id: "string",
    output_index: "index",
    agent_response_id: "string?",
  },
  "output_audio_buffer.cleared": {},
  "output_audio_buffer.started": { response_id: "string?" },
  "output_audio_buffer.stopped": { response_id: "string?" },
  "rtc.call.sdp.created": { rtc_call_id: "string", sdp_answer: "string" },
  "rtc.call.error": {
    operation: "string?",
    rtc_call_id: "string?",
    error: "errorDetails",
  },
  "byom_credential.updated": { authorization_headers: "object" },
  "realtime.call.incoming": {},
  "realtime.call.connected": {},
  "realtime.call.disconnected": {},
  "realtime.call.failed": {},
  "realtime.call.transfer.succeeded": {},
  "realtime.call.transfer.failed": {},
};

const clientEvents: {
  readonly [T in ClientEventType]: FieldsOf<ClientEventOf<T>>;
} = {
  "session.update": { session: "object" },
  "input_audio_buffer.append": { audio: "string" },
  "input_audio_buffer.commit": {},
  "input_audio_buffer.clear": {},
  "conversation.item.create": {
    item: "requestItem",
    previous_item_id: "string?",
  },
  "conversation.item.retrieve": { item_id: "string" },
  "conversation.item.truncate": {
    item_id: "string",
    content_index: "integer",
    audio_end_ms: "integer",
  },
  "conversation.item.delete": { item_id: "string" },
  "response.create": {
    response: "responseParams?",
    additional_instructions: "string?",
  },
  "response.cancel": { response_id: "string?" },
  "session.avatar.connect": { client_sdp: "string" },
  "output_audio_buffer.clear": {},
  "input_text.delta": {
    id: "string",
    delta: "string",
    content_index: "integer?",
  },
  "input_text.done": { id: "string", content_index: "integer?" },
  "input_audio.turn.start": { turn_id: "string" },
  "input_audio.turn.append": { turn_id: "string", audio: "string" },
  "input_audio.turn.end": { turn_id: "string" },
  "input_audio.turn.cancel": { turn_id: "string" },
  "input_audio.clear": {},
  mcp_approval_response: {},
  "transcription_session.update": { session: "object" },
  "rtc.call.sdp.create": { sdp_offer: "string", session: "object?" },
  "byom_credential.update": { authorization_headers: "object" },
};

/** What is checked of every event, and of an unknown one. */
export const ENVELOPE = checksOf({ type: "string", event_id: "string?" });

/** What is checked of each server event, by type. @see protocol.md §6 */
export const SERVER_EVENTS = byType(serverEvents);

/** What is checked of each client event, by type. @see protocol.md §5 */
export const CLIENT_EVENTS = byType(clientEvents);

/** Every server event type that this package knows, under its dated name. */
export const SERVER_EVENT_TYPES = keysOf(serverEvents);

/** Every client event type that this package knows. */
export const CLIENT_EVENT_TYPES = keysOf(clientEvents);

/** Tells a known event, whose members can be trusted, from one that is passed on as it came. */
export function isKnownServerEvent(
  event: AnyServerEvent,
): event is ServerEvent {
  return SERVER_EVENTS.has(event.type);
}

/** Tells whether a type is one of ours to send. */
export function isClientEventType(type: unknown): type is ClientEventType {
  return CLIENT_EVENTS.has(type);
}

function keysOf<T extends string>(
  table: Readonly<Record<T, unknown>>,
): readonly T[] {
  return Object.keys(table).filter((key): key is T => key in table);
}

/** A map, because names such as `constructor` find something in an object. */
function byType(
  table: Readonly<Record<string, Fields>>,
): ReadonlyMap<unknown, readonly Check[]> {
  return new Map(
    Object.entries(table).map(([type, fields]) => [
      type,
      [...ENVELOPE, ...checksOf(fields)],
    ]),
  );
}
