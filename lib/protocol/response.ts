import type {
  CancelledReason,
  IncompleteReason,
  Modality,
  Open,
  OutputAudioFormat,
  ReasoningEffort,
  ResponseStatus,
} from "./enums";
import type { InterimResponse } from "./interim-response";
import type { AssistantMessageItem, RequestItem, ResponseItem } from "./items";
import type { Maybe } from "./maybe";
import type { Animation, TokenLimit } from "./session";
import type { Tool, ToolChoice } from "./tools";
import type { Voice } from "./voice";

/** Overrides for one response; what is absent comes from the session. @see protocol.md §9.1 */
export interface ResponseCreateParams {
  modalities?: Modality[];
  instructions?: string;
  voice?: Voice;
  output_audio_format?: OutputAudioFormat;
  tools?: Tool[];
  tool_choice?: ToolChoice;
  temperature?: number;
  /** The specification's name. The reference page prints `max_response_output_tokens` here (§15.13). */
  max_output_tokens?: TokenLimit;
  /** Since 2026-01-01-preview. */
  reasoning_effort?: ReasoningEffort;
  /** Since 2026-01-01-preview. */
  interim_response?: InterimResponse;
  /** Echoed on the response. Since 2026-01-01-preview. */
  metadata?: Record<string, string>;
  /** `none` keeps the response out of the conversation. Documented, not in the official client. */
  conversation?: Open<"auto" | "none">;
  /** Adds the response to the conversation. Default true. */
  commit?: boolean;
  /** Cancels the running generation first. Default true; whether it really prevents the error is untested (§16). */
  cancel_previous?: boolean;
  /** Context after the conversation's own. */
  append_input_items?: RequestItem[];
  /** Context in place of the conversation's own; `[]` clears it. */
  input_items?: RequestItem[];
  /** Exactly this text, with one part, is synthesised and stored. Since 2026-01-01-preview. */
  pre_generated_assistant_message?: AssistantMessageItem;
  /** Input of a hosted agent. Since 2026-06-01-preview. */
  invoke_input?: Record<string, unknown>;
  /** In a page sample only. */
  animation?: Animation;
}

/** A response with its outcome. @see protocol.md §9.2 */
export interface VoiceLiveResponse {
  id: string;
  object?: Maybe<Open<"realtime.response">>;
  status?: Maybe<ResponseStatus>;
  status_details?: Maybe<ResponseStatusDetails>;
  output?: Maybe<ResponseItem[]>;
  usage?: Maybe<TokenUsage>;
  /** `null` when the response is not part of the conversation. */
  conversation_id?: Maybe<string>;
  voice?: Maybe<Voice>;
  modalities?: Maybe<Modality[]>;
  output_audio_format?: Maybe<OutputAudioFormat>;
  temperature?: Maybe<number>;
  max_output_tokens?: Maybe<TokenLimit>;
  metadata?: Maybe<Record<string, string>>;
}

/** Why a response did not complete. */
export type ResponseStatusDetails =
  CancelledDetails | IncompleteDetails | FailedDetails;

export interface CancelledDetails {
  type: "cancelled";
  reason?: Maybe<CancelledReason>;
}

export interface IncompleteDetails {
  type: "incomplete";
  reason?: Maybe<IncompleteReason>;
}

export interface FailedDetails {
  type: "failed";
  reason?: Maybe<string>;
  /** Any shape, typically `{type, code, message}`. */
  error?: unknown;
}

/** Zeroes or absent while the response runs. @see protocol.md §9.3 */
export interface TokenUsage {
  total_tokens?: Maybe<number>;
  input_tokens?: Maybe<number>;
  output_tokens?: Maybe<number>;
  input_token_details?: Maybe<InputTokenDetails>;
  output_token_details?: Maybe<OutputTokenDetails>;
}

export interface TokenCounts {
  text_tokens?: Maybe<number>;
  audio_tokens?: Maybe<number>;
  /** Since 2026-01-01-preview. */
  image_tokens?: Maybe<number>;
}

export interface InputTokenDetails extends TokenCounts {
  cached_tokens?: Maybe<number>;
  cached_tokens_details?: Maybe<TokenCounts>;
}

/** `v1` drops `reasoning_tokens`. */
export interface OutputTokenDetails extends TokenCounts {
  reasoning_tokens?: Maybe<number>;
}
