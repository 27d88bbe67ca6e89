import {
  isKnownServerEvent,
  type AnyServerEvent,
  type AudioDelta,
  type RequestSession,
  type ResponseItem,
  type ServerErrorDetails,
  type ServerEvent,
  type TokenUsage,
  type VoiceLiveResponse,
} from "../protocol";
import type { AudioSink } from "./audio-intake";
import type { Assistant } from "./assistant";
import type { ConversationEvents } from "./conversation-events";
import type { CostMeter } from "./cost-guard";
import {
  diagnoseResponse,
  diagnoseServiceError,
  diagnoseTranscription,
} from "./diagnosis";
import { printable } from "./redact";
import type { McpCalls } from "./mcp-calls";
import type { History } from "./history";
import type { ItemOrder } from "./item-order";
import type { Reporter } from "./reporter";
import type { SideEvents } from "./side-events";
import { answersTurns, interruptsItself } from "./session-settings";
import type { FunctionCall } from "./tool-calls";
import { tokenCountsOf } from "./token-counts";
import type { TurnMetrics } from "./turn-metrics";
import type { Turns } from "./turns";
import type { UserAudio } from "./user-audio";

export interface ServiceEventsOptions {
  readonly user: UserAudio;
  readonly assistant: Assistant;
  readonly turns: Turns;
  readonly mcp: McpCalls;
  readonly side: SideEvents;
  readonly metrics: TurnMetrics;
  readonly costs: CostMeter;
  readonly history: History;
  readonly order: ItemOrder;
  readonly reporter: Reporter;
  readonly events: ConversationEvents;
  /** Messages of the service that could not be read. */
  readonly unreadableFrames: () => number;
  /** Settings in effect. */
  readonly settings: () => RequestSession;
  /** Somebody said or did something. */
  readonly onActivity: () => void;
  /** Who speaks may have changed. */
  readonly onChanged: () => void;
  /** The assistant speaks, which has not been told. */
  readonly onAudio: () => void;
}

/** What the service says, and what each part of the conversation makes of it: one line for each kind of event. */
export class ServiceEvents implements AudioSink {
  readonly #options: ServiceEventsOptions;
  readonly #assistant: Assistant;
  readonly #metrics: TurnMetrics;
  #isUserSpeaking = false;
  #progressAt = 0;
  /** The conversation has told that the assistant speaks, and need not hear of each piece. */
  isSpeakingTold = false;

  constructor(options: ServiceEventsOptions) {
    this.#options = options;
    this.#assistant = options.assistant;
    this.#metrics = options.metrics;
  }

  /** The service hears the user. */
  get isUserSpeaking(): boolean {
    return this.#isUserSpeaking;
  }

  /** When the service said something of a response last, on the clock of `performance.now()`; whole, for then the number is kept in here. */
  get progressAt(): number {
    return this.#progressAt;
  }

  /** Many times a second for each conversation that talks: what need not be done for each piece is not. */
  audio(event: AudioDelta, audio: Buffer): void {
    const now = performance.now();
    this.#progressAt = Math.floor(now);
    const isHeard = this.#assistant.audio(event, audio);
    const metrics = this.#metrics;
    if (isHeard && !metrics.isOut && !this.#isAside(event.response_id)) {
      metrics.delta(now);
      metrics.out(performance.now());
    }
    if (!this.isSpeakingTold) this.#options.onAudio();
  }

  event(event: AnyServerEvent): void {
    this.#options.events.raw(event);
    if (!isKnownServerEvent(event)) return;
    if ("response_id" in event)
      this.#progressAt = Math.floor(performance.now());
    this.#handle(event);
    this.#options.side.handle(event);
  }

  /** The user is heard to be done, or a turn does not end although silence was sent. */
  speechStopped(willAnswer: boolean): void {
    const { user, turns, metrics, onChanged } = this.#options;
    this.#isUserSpeaking = false;
    user.speechStopped();
    metrics.endOfTurn(performance.now());
    turns.speechStopped(willAnswer);
    onChanged();
  }

  sessionLost(): void {
    this.#isUserSpeaking = false;
  }

  #handle(event: ServerEvent): void {
    const { assistant, turns, metrics, history, events, reporter } =
      this.#options;
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        return this.#onSpeechStarted();
      case "input_audio_buffer.speech_stopped":
        return this.speechStopped(answersTurns(this.#options.settings()));
      case "conversation.item.created":
        this.#options.mcp.item(event.item);
        turns.itemCreated(event.item);
        if (event.item.id) this.#options.order.placeOf(event.item.id);
        return history.placed(event.item, performance.now());
      case "conversation.item.deleted":
        return history.removed(event.item_id);
      case "conversation.item.input_audio_transcription.delta":
        return assistant.userPiece(event.item_id, event.delta ?? "");
      case "conversation.item.input_audio_transcription.completed":
        return assistant.userWhole(event.item_id, event.transcript);
      case "conversation.item.input_audio_transcription.failed":
        history.removed(event.item_id);
        return events.fault(diagnoseTranscription(event.error));
      case "response.created":
        return this.#onResponseCreated(event.response);
      case "response.text.delta":
        metrics.delta(performance.now());
        return assistant.textPiece(event, event.delta);
      case "response.audio_transcript.delta":
        return assistant.textPiece(event, event.delta);
      case "response.text.done":
        return assistant.textWhole(event, event.text);
      case "response.audio_transcript.done":
        return assistant.textWhole(event, event.transcript);
      case "response.audio_timestamp.delta":
        return assistant.word(
          event,
          event.text,
          event.audio_offset_ms + (event.audio_duration_ms ?? 0),
        );
      case "response.audio.done":
        return assistant.audioDone(event);
      case "response.output_item.done":
        return this.#onItemDone(event.response_id, event.item);
      case "response.done":
        return this.#onResponseDone(event.response);
      case "error":
        return this.#onServiceError(event.error);
      case "warning":
        return reporter.warn(
          event.warning.code ?? "service",
          printable(event.warning.message),
        );
      default:
        return;
    }
  }

  /** The service stops by itself when it hears the user; a cancel of ours would race with it (protocol.md §15 trap 3). */
  #onSpeechStarted(): void {
    const { user, turns, onActivity, onChanged } = this.#options;
    this.#isUserSpeaking = true;
    onActivity();
    turns.speechStarted();
    user.speechStarted();
    if (interruptsItself(this.#options.settings())) this.#interrupt();
    onChanged();
  }

  #interrupt(): void {
    const { assistant, turns, metrics } = this.#options;
    const startedAt = performance.now();
    const active = turns.activeResponseId;
    const isAnswering = active !== undefined && !assistant.isStale(active);
    if (assistant.interrupt("user", isAnswering))
      metrics.interrupted(performance.now() - startedAt);
  }

  #onResponseCreated(response: VoiceLiveResponse): void {
    const { assistant, turns, mcp, onChanged } = this.#options;
    const { isCancelled, isOutOfBand } = turns.responseCreated(response);
    assistant.beginReply(response, isCancelled, isOutOfBand);
    if (!isOutOfBand) mcp.responseCreated();
    onChanged();
  }

  #onResponseDone(response: VoiceLiveResponse): void {
    const { assistant, turns, mcp } = this.#options;
    const { id, usage } = response;
    const status = response.status ?? "completed";
    this.#options.onActivity();
    if (usage && typeof usage === "object") this.#reportUsage(id, usage);
    const outOfBand = this.#isAside(id);
    if (!outOfBand) this.#reportTurn(response, status);
    const calls = assistant.responseDone(response);
    if (outOfBand && calls.length > 0) this.#warnAboutCalls(calls);
    if (!outOfBand) mcp.responseDone(response);
    if (status !== "completed") this.#reportEnd(response);
    turns.responseDone(id, calls);
    this.#options.onChanged();
    this.#options.costs.enforce();
  }

  #reportTurn({ id, usage }: VoiceLiveResponse, status: string): void {
    const tokens = tokenCountsOf(usage);
    const figures = { ...this.#figures(id, status), tokens };
    this.#options.reporter.report("turn", figures, id);
  }

  #reportUsage(responseId: string, usage: TokenUsage): void {
    const { costs, reporter } = this.#options;
    const sums = costs.spend(tokenCountsOf(usage).total ?? 0);
    const payload = {
      responseId,
      ...usage,
      conversation_tokens: sums.conversation,
      day_tokens: sums.day,
    };
    reporter.report("usage", payload, responseId);
  }

  /** Whatever became of a reply, the conversation goes on. */
  #reportEnd(response: VoiceLiveResponse): void {
    const fault = diagnoseResponse(response);
    if (fault.severity === "ignore") return;
    if (response.status === "incomplete")
      this.#options.reporter.warn("incomplete", fault.message);
    else this.#options.events.fault(fault);
  }

  #onItemDone(responseId: string, item: ResponseItem): void {
    const { assistant, history, mcp } = this.#options;
    assistant.itemDone(responseId, item);
    mcp.item(item);
    if (this.#isAside(responseId)) return;
    if (item.type === "function_call") history.called(item);
    // An approved call ends after its response (protocol.md §12 E).
    if (item.type === "mcp_call") mcp.callEnded();
  }

  /** The response is not part of the conversation. */
  #isAside(responseId: string): boolean {
    return this.#options.assistant.marksOf(responseId).outOfBand ?? false;
  }

  /** The conversation does not know the call, so it would refuse the result. */
  #warnAboutCalls(calls: readonly FunctionCall[]): void {
    const names = calls.map(({ name }) => printable(name));
    this.#options.reporter.warn(
      "out_of_band_call",
      `An out-of-band response called ${names.join(", ")}, which is not run`,
      { functions: names },
    );
  }

  /** How the turn felt, and all that was lost so far: each drop is counted and visible (design.md §5.5). */
  #figures(responseId: string, status: string): Record<string, unknown> {
    const { assistant, metrics, turns, user } = this.#options;
    return {
      ...metrics.report(responseId, status),
      underruns: assistant.takeUnderruns(),
      uplink_dropped_ms: Math.round(user.droppedMs),
      downlink_pauses: assistant.pauses,
      late_deltas: assistant.lateDeltas,
      calls_refused: turns.refusedCalls + assistant.surplusCalls,
      unreadable_frames: this.#options.unreadableFrames(),
    };
  }

  #onServiceError(details: ServerErrorDetails): void {
    const { turns, events } = this.#options;
    if (turns.refused(details)) return;
    const fault = diagnoseServiceError(details);
    if (fault.severity !== "ignore") events.fault(fault);
  }
}
