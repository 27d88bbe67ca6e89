import type { ResponseContentPart } from "./content-parts";
import type { Open } from "./enums";
import type { ServerErrorDetails, ServerWarningDetails } from "./errors";
import type { ResponseItem } from "./items";
import type { Maybe } from "./maybe";
import type { VoiceLiveResponse } from "./response";
import type { ResponseSession } from "./session";

/** Anything the service is known to send, under its dated name. @see protocol.md §6 */
export type ServerEvent =
  | ErrorEvent
  | WarningEvent
  | SessionEvent
  | InputBufferEvent
  | ConversationEvent
  | ResponseEvent
  | AudioTextEvent
  | AnimationEvent
  | ToolEvent
  | OutputBufferEvent
  | OtherEvent;

export type ServerEventType = ServerEvent["type"];
export type ServerEventOf<T extends ServerEventType> = EventOf<ServerEvent, T>;

/** Events with several types carry a union in `type`, which `Extract` would not find. */
type EventOf<E, T> = E extends { type: infer U }
  ? T extends U
    ? E & { type: T }
    : never
  : never;

/** An event of a type that this package does not know, passed on as it came. */
export interface UnknownServerEvent {
  type: string;
  event_id?: Maybe<string>;
  [member: string]: unknown;
}

/** What a frame may hold; `isKnownServerEvent` tells the two apart. */
export type AnyServerEvent = ServerEvent | UnknownServerEvent;

type SessionEvent =
  | SessionCreated
  | SessionUpdated
  | TranscriptionSessionUpdated
  | SessionAvatarConnecting
  | SessionAvatarSwitch;

type InputBufferEvent =
  | SpeechStarted
  | SpeechStopped
  | InputAudioBufferCommitted
  | InputAudioBufferCleared
  | InputAudioBufferTimeoutTriggered
  | InputAudioBufferDtmfEventReceived;

type ConversationEvent =
  | ConversationItemCreated
  | ConversationItemDone
  | ConversationItemRetrieved
  | ConversationItemTruncated
  | ConversationItemDeleted
  | TranscriptionDelta
  | TranscriptionCompleted
  | TranscriptionFailed
  | TranscriptionSegment;

type ResponseEvent =
  | ResponseCreated
  | ResponseDone
  | ResponseOutputItem
  | ResponseContentPartEvent
  | ResponseInvocationDelta
  | RateLimitsUpdated;

type AudioTextEvent =
  | ResponseTextDelta
  | ResponseTextDone
  | ResponseAudioTranscriptDelta
  | ResponseAudioTranscriptDone
  | ResponseAudioTranscriptAnnotationAdded
  | ResponseAudioDelta
  | ResponseAudioDone
  | ResponseAudioTimestampDelta
  | ResponseAudioTimestampDone;

type AnimationEvent =
  | ResponseAnimationVisemeDelta
  | ResponseAnimationVisemeDone
  | ResponseAnimationBlendshapesDelta
  | ResponseAnimationBlendshapesDone
  | ResponseVideoDelta;

type ToolEvent =
  | ResponseFunctionCallArgumentsDelta
  | ResponseFunctionCallArgumentsDone
  | McpListTools
  | ResponseMcpCallArgumentsDelta
  | ResponseMcpCallArgumentsDone
  | ResponseMcpCall
  | ResponseSearchCall
  | ResponseFoundryAgentCallArgumentsDelta
  | ResponseFoundryAgentCallArgumentsDone
  | ResponseFoundryAgentCall;

type OutputBufferEvent = OutputAudioBufferCleared | OutputAudioBufferPlayback;

type OtherEvent =
  RtcCallSdpCreated | RtcCallError | ByomCredentialUpdated | RealtimeCall;

interface ServerEventEnvelope {
  /** Present in practice. */
  event_id?: Maybe<string>;
}

/** Where an item stands in a response. The parser reads an absent index as 0. */
interface ItemLocator extends ServerEventEnvelope {
  response_id: string;
  item_id: string;
  output_index: number;
}

/** Where a content part stands in a response. */
interface PartLocator extends ItemLocator {
  content_index: number;
}

/** Any failure; the session normally stays open. */
export interface ErrorEvent extends ServerEventEnvelope {
  type: "error";
  error: ServerErrorDetails;
}

/** Not fatal. Since 2026-01-01-preview. */
export interface WarningEvent extends ServerEventEnvelope {
  type: "warning";
  warning: ServerWarningDetails;
}

/** The first message of a connection, unsolicited. */
export interface SessionCreated extends ServerEventEnvelope {
  type: "session.created";
  session: ResponseSession;
}

export interface SessionUpdated extends ServerEventEnvelope {
  type: "session.updated";
  session: ResponseSession;
}

/** In no Voice Live enumeration (§5). */
export interface TranscriptionSessionUpdated extends ServerEventEnvelope {
  type: "transcription_session.updated";
  session: ResponseSession;
}

export interface SessionAvatarConnecting extends ServerEventEnvelope {
  type: "session.avatar.connecting";
  /** Base64 of the JSON `{"type":"answer","sdp":…}` (§10). */
  server_sdp: string;
}

/** Since 2026-04-10. */
export interface SessionAvatarSwitch extends ServerEventEnvelope {
  type: "session.avatar.switch_to_speaking" | "session.avatar.switch_to_idle";
  turn_id?: Maybe<string>;
}

/** The user began to speak: flush playback, whether or not a response is active (§15.4). */
export interface SpeechStarted extends ServerEventEnvelope {
  type: "input_audio_buffer.speech_started";
  /** The future user item. */
  item_id: string;
  /** From the start of all audio, padding included, so it can be 0 (§15.27). */
  audio_start_ms?: Maybe<number>;
}

export interface SpeechStopped extends ServerEventEnvelope {
  type: "input_audio_buffer.speech_stopped";
  item_id: string;
  /** Includes the silence that ended the turn (§15.27). */
  audio_end_ms?: Maybe<number>;
}

export interface InputAudioBufferCommitted extends ServerEventEnvelope {
  type: "input_audio_buffer.committed";
  item_id: string;
  previous_item_id?: Maybe<string>;
}

export interface InputAudioBufferCleared extends ServerEventEnvelope {
  type: "input_audio_buffer.cleared";
}

/** The user said nothing for `idle_timeout_ms`. `v1` only. */
export interface InputAudioBufferTimeoutTriggered extends ServerEventEnvelope {
  type: "input_audio_buffer.timeout_triggered";
  item_id: string;
  audio_start_ms?: Maybe<number>;
  audio_end_ms?: Maybe<number>;
}

/** A telephone key. `v1` only. */
export interface InputAudioBufferDtmfEventReceived extends ServerEventEnvelope {
  type: "input_audio_buffer.dtmf_event_received";
  event: string;
  /** Unix seconds. */
  received_at?: Maybe<number>;
}

/** For every item: user audio, ours, each output item. OpenAI's GA name for it is `conversation.item.added`. */
export interface ConversationItemCreated extends ServerEventEnvelope {
  type: "conversation.item.created";
  item: ResponseItem;
  previous_item_id?: Maybe<string>;
}

/** OpenAI's GA shape only: the item is final (§13.2). */
export interface ConversationItemDone extends ServerEventEnvelope {
  type: "conversation.item.done";
  item: ResponseItem;
  previous_item_id?: Maybe<string>;
}

export interface ConversationItemRetrieved extends ServerEventEnvelope {
  type: "conversation.item.retrieved";
  item: ResponseItem;
}

export interface ConversationItemTruncated extends ServerEventEnvelope {
  type: "conversation.item.truncated";
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}

export interface ConversationItemDeleted extends ServerEventEnvelope {
  type: "conversation.item.deleted";
  item_id: string;
}

/** Partial transcript of the user; not with all models. */
export interface TranscriptionDelta extends ServerEventEnvelope {
  type: "conversation.item.input_audio_transcription.delta";
  item_id: string;
  content_index: number;
  delta?: Maybe<string>;
  logprobs?: Maybe<LogProbability[]>;
}

/** May come before the item's `created` or after `response.done` (§15.16). */
export interface TranscriptionCompleted extends ServerEventEnvelope {
  type: "conversation.item.input_audio_transcription.completed";
  item_id: string;
  content_index: number;
  transcript: string;
  /** When the session's `include` asks for it, as `phrases`. Since 2026-04-10. */
  logprobs?: Maybe<LogProbability[]>;
  phrases?: Maybe<TranscriptionPhrase[]>;
}

/** Comes in place of `error`. */
export interface TranscriptionFailed extends ServerEventEnvelope {
  type: "conversation.item.input_audio_transcription.failed";
  item_id: string;
  content_index: number;
  error: ServerErrorDetails;
}

/** One speaker's stretch. `v1` only. */
export interface TranscriptionSegment extends ServerEventEnvelope {
  type: "conversation.item.input_audio_transcription.segment";
  item_id: string;
  content_index: number;
  text: string;
  id?: Maybe<string>;
  speaker?: Maybe<string>;
  /** Seconds, as `end`. */
  start?: Maybe<number>;
  end?: Maybe<number>;
}

export interface LogProbability {
  token: string;
  logprob: number;
  bytes?: Maybe<number[]>;
}

/** Named `…_milliseconds`, unlike every other time on this wire (§15.12). */
export interface TranscriptionPhrase {
  text: string;
  offset_milliseconds: number;
  duration_milliseconds: number;
  words?: Maybe<TranscriptionWord[]>;
  locale?: Maybe<string>;
  confidence?: Maybe<number>;
}

export interface TranscriptionWord {
  text: string;
  offset_milliseconds: number;
  duration_milliseconds: number;
}

export interface ResponseCreated extends ServerEventEnvelope {
  type: "response.created";
  response: VoiceLiveResponse;
}

/** Always, exactly once for each response; without raw audio. */
export interface ResponseDone extends ServerEventEnvelope {
  type: "response.done";
  response: VoiceLiveResponse;
}

/** `done` comes on interruption too, with the item's status `incomplete`. */
export interface ResponseOutputItem extends ServerEventEnvelope {
  type: "response.output_item.added" | "response.output_item.done";
  response_id: string;
  output_index: number;
  item: ResponseItem;
}

/** Message items only. */
export interface ResponseContentPartEvent extends PartLocator {
  type: "response.content_part.added" | "response.content_part.done";
  part: ResponseContentPart;
}

/** Passed through from a hosted agent, opaque. Since 2026-06-01-preview. */
export interface ResponseInvocationDelta extends ServerEventEnvelope {
  type: "response.invocation.delta";
  delta: Record<string, unknown>;
}

/** Documented at the start of a response, in no enumeration. */
export interface RateLimitsUpdated extends ServerEventEnvelope {
  type: "rate_limits.updated";
  rate_limits: RateLimit[];
}

export interface RateLimit {
  name?: Maybe<string>;
  limit?: Maybe<number>;
  remaining?: Maybe<number>;
  reset_seconds?: Maybe<number>;
}

export interface ResponseTextDelta extends PartLocator {
  type: "response.text.delta";
  delta: string;
}

export interface ResponseTextDone extends PartLocator {
  type: "response.text.done";
  text: string;
}

/** Text of the spoken audio. */
export interface ResponseAudioTranscriptDelta extends PartLocator {
  type: "response.audio_transcript.delta";
  delta: string;
}

export interface ResponseAudioTranscriptDone extends PartLocator {
  type: "response.audio_transcript.done";
  transcript: string;
}

/** A citation. Since 2026-04-10. */
export interface ResponseAudioTranscriptAnnotationAdded extends PartLocator {
  type: "response.audio_transcript.annotation.added";
  annotation_index: number;
  annotation?: unknown;
}

/** Parsed frames carry its audio as a Buffer, see `AudioDelta`. */
export interface ResponseAudioDelta extends PartLocator {
  type: "response.audio.delta";
  /** Base64 in the session's output format. */
  delta: string;
}

/** Where a piece of audio belongs: a `response.audio.delta` without its base64, and without the id that no other has. */
export type AudioDelta = Readonly<
  Omit<ResponseAudioDelta, "delta" | "event_id">
>;

export interface ResponseAudioDone extends PartLocator {
  type: "response.audio.done";
}

/** One word. Azure voices, when `output_audio_timestamp_types` asks. */
export interface ResponseAudioTimestampDelta extends PartLocator {
  type: "response.audio_timestamp.delta";
  audio_offset_ms: number;
  audio_duration_ms?: Maybe<number>;
  text: string;
  timestamp_type?: Maybe<Open<"word">>;
}

export interface ResponseAudioTimestampDone extends PartLocator {
  type: "response.audio_timestamp.done";
}

export interface ResponseAnimationVisemeDelta extends PartLocator {
  type: "response.animation_viseme.delta";
  audio_offset_ms: number;
  viseme_id: number;
}

export interface ResponseAnimationVisemeDone extends PartLocator {
  type: "response.animation_viseme.done";
}

export interface ResponseAnimationBlendshapesDelta extends PartLocator {
  type: "response.animation_blendshapes.delta";
  frames: number[][] | string;
  frame_index?: Maybe<number>;
}

/** Without `content_index` (§15.15). */
export interface ResponseAnimationBlendshapesDone extends ItemLocator {
  type: "response.animation_blendshapes.done";
}

/** Without response and item: belongs to the current response (§15.14). Since 2026-04-10. */
export interface ResponseVideoDelta extends ServerEventEnvelope {
  type: "response.video.delta";
  output_index: number;
  codec?: Maybe<string>;
  /** Base64. */
  delta: string;
}

export interface ResponseFunctionCallArgumentsDelta extends ItemLocator {
  type: "response.function_call_arguments.delta";
  call_id: string;
  delta: string;
}

export interface ResponseFunctionCallArgumentsDone extends ItemLocator {
  type: "response.function_call_arguments.done";
  call_id: string;
  /** JSON as a string. */
  arguments: string;
  /** Absent on some backends: take it from the item (§15.25). */
  name?: Maybe<string>;
}

/** Per MCP server after `session.update`, tied to no response. Since 2026-01-01-preview. */
export interface McpListTools extends ServerEventEnvelope {
  type:
    | "mcp_list_tools.in_progress"
    | "mcp_list_tools.completed"
    | "mcp_list_tools.failed";
  item_id: string;
}

/** Since 2026-01-01-preview. */
export interface ResponseMcpCallArgumentsDelta extends ItemLocator {
  type: "response.mcp_call_arguments.delta";
  delta: string;
  obfuscation?: Maybe<string>;
}

/** Since 2026-01-01-preview. */
export interface ResponseMcpCallArgumentsDone extends ItemLocator {
  type: "response.mcp_call_arguments.done";
  arguments?: Maybe<string>;
}

/** Without `response_id`: find the response by the item (§15.14). Since 2026-01-01-preview. */
export interface ResponseMcpCall extends ServerEventEnvelope {
  type:
    | "response.mcp_call.in_progress"
    | "response.mcp_call.completed"
    | "response.mcp_call.failed";
  item_id: string;
  output_index: number;
}

/** Since 2026-04-10. */
export interface ResponseSearchCall extends ItemLocator {
  type:
    | "response.web_search_call.searching"
    | "response.web_search_call.in_progress"
    | "response.web_search_call.completed"
    | "response.file_search_call.searching"
    | "response.file_search_call.in_progress"
    | "response.file_search_call.completed";
  sequence_number?: Maybe<number>;
}

/** Withdrawn from the specification, still in the 2026-07-15 page, as the two below. */
export interface ResponseFoundryAgentCallArgumentsDelta extends ItemLocator {
  type: "response.foundry_agent_call_arguments.delta";
  delta: string;
}

export interface ResponseFoundryAgentCallArgumentsDone extends ItemLocator {
  type: "response.foundry_agent_call_arguments.done";
  arguments: string;
}

export interface ResponseFoundryAgentCall extends ServerEventEnvelope {
  type:
    | "response.foundry_agent_call.in_progress"
    | "response.foundry_agent_call.completed"
    | "response.foundry_agent_call.failed";
  item_id: string;
  output_index: number;
  agent_response_id?: Maybe<string>;
}

/** Avatar mode only. Since 2026-04-10. */
export interface OutputAudioBufferCleared extends ServerEventEnvelope {
  type: "output_audio_buffer.cleared";
}

/** WebRTC preview. */
export interface OutputAudioBufferPlayback extends ServerEventEnvelope {
  type: "output_audio_buffer.started" | "output_audio_buffer.stopped";
  response_id?: Maybe<string>;
}

/** WebRTC preview. */
export interface RtcCallSdpCreated extends ServerEventEnvelope {
  type: "rtc.call.sdp.created";
  rtc_call_id: string;
  /** Plain SDP (§15.18). */
  sdp_answer: string;
}

/** WebRTC preview. */
export interface RtcCallError extends ServerEventEnvelope {
  type: "rtc.call.error";
  operation?: Maybe<string>;
  rtc_call_id?: Maybe<string>;
  error: ServerErrorDetails;
}

/** The values are redacted. `v1` only. */
export interface ByomCredentialUpdated extends ServerEventEnvelope {
  type: "byom_credential.updated";
  authorization_headers: Record<string, string>;
}

/** Telephony, 2026-07-31-preview. The sources name the types but not the payloads (§16). */
export interface RealtimeCall extends ServerEventEnvelope {
  type:
    | "realtime.call.incoming"
    | "realtime.call.connected"
    | "realtime.call.disconnected"
    | "realtime.call.failed"
    | "realtime.call.transfer.succeeded"
    | "realtime.call.transfer.failed";
}
