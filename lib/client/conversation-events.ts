import type { AnyServerEvent } from "../protocol";
import type { VoiceLiveError } from "./errors";
import type { FunctionCall } from "./tool-calls";
import type { Transcript } from "./transcripts";

/** The assistant was stopped. */
export interface Interruption {
  readonly by: "user" | "flow";
  /** Heard of what was cut off, whole ms. */
  readonly heardMs: number;
  readonly heardText: string;
  readonly responseId: string | undefined;
  readonly itemId: string | undefined;
}

/** A step in the conversation's life (design.md §4.3, event node). */
export interface LifeEvent {
  readonly kind:
    | "connected"
    | "ready"
    | "updated"
    | "turn"
    | "usage"
    | "approval"
    | "warning"
    | "silence"
    | "viseme"
    | "blendshapes"
    | "word"
    | "annotation"
    | "search"
    | "mcp"
    | "agent"
    | "avatar"
    | "rate_limits"
    | "renewed"
    | "history"
    | "closed";
  readonly payload: Readonly<Record<string, unknown>>;
  readonly responseId?: string | undefined;
  readonly itemId?: string | undefined;
  readonly callId?: string | undefined;
  readonly approvalRequestId?: string | undefined;
}

/** A call with its arguments checked. */
export interface CheckedCall extends FunctionCall {
  readonly args: unknown;
}

/** The flow has answered a call; the service has the result. */
export interface CallAnswer {
  readonly callId: string;
  /** As the model reads it. */
  readonly output: string;
}

/** What a conversation tells those who listen. No listener may throw into it. */
export interface ConversationEvents {
  transcript(transcript: Transcript): void;
  call(call: CheckedCall): void;
  /** A call that did not reach the flow, or was not answered in time. */
  callFault(fault: VoiceLiveError, call: FunctionCall): void;
  answered(answer: CallAnswer): void;
  interrupted(interruption: Interruption): void;
  life(event: LifeEvent): void;
  raw(event: AnyServerEvent): void;
  fault(fault: VoiceLiveError): void;
  /** State, phase or mute changed. */
  status(): void;
}

/** A function call that waits for the flow's approval. */
export function approvalOf(call: CheckedCall): LifeEvent {
  const { name, args, callId, itemId, responseId } = call;
  return {
    kind: "approval",
    payload: { kind: "function", name, arguments: args, callId },
    responseId,
    itemId,
    callId,
  };
}
