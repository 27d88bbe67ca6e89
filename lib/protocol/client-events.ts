import type { RequestItem } from "./items";
import type { ResponseCreateParams } from "./response";
import type { RequestSession } from "./session";

/** Anything we may send. @see protocol.md §5 */
export type ClientEvent =
  | SessionUpdate
  | InputAudioBufferAppend
  | InputAudioBufferCommit
  | InputAudioBufferClear
  | ConversationItemCreate
  | ConversationItemRetrieve
  | ConversationItemTruncate
  | ConversationItemDelete
  | ResponseCreate
  | ResponseCancel
  | SessionAvatarConnect
  | OutputAudioBufferClear
  | InputTextDelta
  | InputTextDone
  | InputAudioTurnStart
  | InputAudioTurnAppend
  | InputAudioTurnEnd
  | InputAudioTurnCancel
  | InputAudioClear
  | McpApprovalResponse
  | TranscriptionSessionUpdate
  | RtcCallSdpCreate
  | ByomCredentialUpdate;

export type ClientEventType = ClientEvent["type"];
export type ClientEventOf<T extends ClientEventType> = Extract<
  ClientEvent,
  { type: T }
>;

interface ClientEventEnvelope {
  /** Comes back as `error.event_id` if this event fails; successful replies do not echo it (§4). */
  event_id?: string | null;
}

/** Answered by `session.updated` with the full effective session, or by `error`. */
export interface SessionUpdate extends ClientEventEnvelope {
  type: "session.update";
  session: RequestSession;
}

/** Never acknowledged. */
export interface InputAudioBufferAppend extends ClientEventEnvelope {
  type: "input_audio_buffer.append";
  /** Base64 in the session's input format, at most 15 MiB. */
  audio: string;
}

/** Makes a user item and starts its transcription; never starts a response. An empty buffer is an error (§15.6). */
export interface InputAudioBufferCommit extends ClientEventEnvelope {
  type: "input_audio_buffer.commit";
}

export interface InputAudioBufferClear extends ClientEventEnvelope {
  type: "input_audio_buffer.clear";
}

export interface ConversationItemCreate extends ClientEventEnvelope {
  type: "conversation.item.create";
  item: RequestItem;
  /** Absent = at the end, `root` = at the start; an unknown id is an error. */
  previous_item_id?: string | null;
}

export interface ConversationItemRetrieve extends ClientEventEnvelope {
  type: "conversation.item.retrieve";
  item_id: string;
}

/** Assistant items only; deletes the transcript of the part (§15.8). */
export interface ConversationItemTruncate extends ClientEventEnvelope {
  type: "conversation.item.truncate";
  item_id: string;
  /** Send 0. */
  content_index: number;
  /** Audio that was heard. More than was generated is an error. */
  audio_end_ms: number;
}

export interface ConversationItemDelete extends ClientEventEnvelope {
  type: "conversation.item.delete";
  item_id: string;
}

export interface ResponseCreate extends ClientEventEnvelope {
  type: "response.create";
  response?: ResponseCreateParams;
  /** Added to the instructions for this response. */
  additional_instructions?: string;
}

/** An error if nothing runs; unnecessary where turn detection interrupts by itself (§15.3). */
export interface ResponseCancel extends ClientEventEnvelope {
  type: "response.cancel";
  /** Absent = the current response. */
  response_id?: string;
}

export interface SessionAvatarConnect extends ClientEventEnvelope {
  type: "session.avatar.connect";
  /** Base64 of the JSON `{"type":"offer","sdp":…}`, unlike `rtc.call.sdp.create` (§15.18). */
  client_sdp: string;
}

/** Drops queued avatar audio and video; avatar mode only. Since 2026-04-10. */
export interface OutputAudioBufferClear extends ClientEventEnvelope {
  type: "output_audio_buffer.clear";
}

/** Appends to the text part of an existing item. Since 2026-06-01-preview. */
export interface InputTextDelta extends ClientEventEnvelope {
  type: "input_text.delta";
  /** The item. */
  id: string;
  delta: string;
  content_index?: number;
}

/** Completes streamed text; does not start a response. Since 2026-06-01-preview. */
export interface InputTextDone extends ClientEventEnvelope {
  type: "input_text.done";
  id: string;
  content_index?: number;
}

/** In the specification, on no reference page, as the four below: do not rely on it (§5). Absent from `v1`. */
export interface InputAudioTurnStart extends ClientEventEnvelope {
  type: "input_audio.turn.start";
  turn_id: string;
}

export interface InputAudioTurnAppend extends ClientEventEnvelope {
  type: "input_audio.turn.append";
  turn_id: string;
  /** Base64. */
  audio: string;
}

export interface InputAudioTurnEnd extends ClientEventEnvelope {
  type: "input_audio.turn.end";
  turn_id: string;
}

export interface InputAudioTurnCancel extends ClientEventEnvelope {
  type: "input_audio.turn.cancel";
  turn_id: string;
}

export interface InputAudioClear extends ClientEventEnvelope {
  type: "input_audio.clear";
}

/** A member of the service's enumeration, but approval is an item: send `conversation.item.create` instead (§5). */
export interface McpApprovalResponse extends ClientEventEnvelope {
  type: "mcp_approval_response";
}

/** In no Voice Live enumeration; be ready for `error` (§5). */
export interface TranscriptionSessionUpdate extends ClientEventEnvelope {
  type: "transcription_session.update";
  session: RequestSession;
}

/** On the path `/voice-live/realtime/calls` of preview versions. */
export interface RtcCallSdpCreate extends ClientEventEnvelope {
  type: "rtc.call.sdp.create";
  /** Plain SDP (§15.18). */
  sdp_offer: string;
  session?: RequestSession;
}

/** Renews the credentials of a model of one's own. `v1` only. */
export interface ByomCredentialUpdate extends ClientEventEnvelope {
  type: "byom_credential.update";
  /** Secrets: keep them out of logs. */
  authorization_headers: Record<string, string>;
}
