import { bytesPerMs, Converter, sampleBytes, type AudioFormat } from "../audio";
import {
  createId,
  isKnownServerEvent,
  type AnyServerEvent,
  type AudioDelta,
  type ClientEvent,
  type RequestItem,
  type RequestSession,
  type ResponseCreateParams,
  type ResponseItem,
  type ResponseSession,
  type ServerEvent,
  type VoiceLiveResponse,
} from "../protocol";
import { CallRunner } from "./call-runner";
import { Connection } from "./connection";
import type { ConnectionState } from "./connection-machine";
import { diagnoseServiceError, isHarmless, printable } from "./diagnosis";
import { VoiceLiveError } from "./errors";
import type {
  ConversationEvents,
  Interruption,
  LifeEvent,
} from "./conversation-events";
import { Outbox, type OutgoingItem } from "./outbox";
import { Playback, type OutletSource } from "./playback";
import type { HeardItem } from "./playback-clock";
import {
  callOf,
  isSpokenMessage,
  positionOf,
  Replies,
  type Reply,
} from "./replies";
import { ResponseSequencer, type ResponseRequest } from "./response-sequencer";
import type { ServiceAccess } from "./service-access";
import {
  answersTurns,
  composeSettings,
  hasTurnDetection,
  inputFormat,
  interruptsItself,
  outputFormat,
  truncatesItself,
  unappliedSettings,
} from "./session-settings";
import type { SessionTarget } from "./session-target";
import { SilenceFeeder } from "./silence-feeder";
import type { ToolBox } from "./tools";
import { Transcripts } from "./transcripts";
import { heardText, truncationFor } from "./truncation";
import { TurnMetrics } from "./turn-metrics";
import { Uplink } from "./uplink";
import { silentFrame } from "./silence";

/** What the assistant says by itself when a conversation begins. */
export type Greeting =
  | { readonly mode: "none" }
  | { readonly mode: "generated" | "exact"; readonly text: string };

/** What all conversations of one session node share. */
export interface ConversationPolicy {
  readonly access: ServiceAccess;
  readonly target: SessionTarget;
  /** Partial session object in the wire's own names. */
  readonly settings: RequestSession;
  readonly greeting: Greeting;
  readonly tools: ToolBox;
  /** Length of one uplink frame, ms. */
  readonly uplinkChunkMs: number;
}

/** What the user is doing to, or hears from, the assistant. */
export type Phase = "idle" | "listening" | "thinking" | "speaking";

/** What `endOfSpeech` does besides ending the speech. */
export type AtEnd = "nothing" | "commit" | "respond";

/**
 * One caller's talk. It outlives sockets; each socket is one session of the service.
 *
 * Audio in → converter → uplink → connection → service → connection → playback → outlets → flow.
 * Everything else the service says goes through `#handle`, one method for each kind of event.
 */
export class Conversation {
  readonly key: string;
  readonly #policy: ConversationPolicy;
  readonly #events: ConversationEvents;
  readonly #connection: Connection;
  readonly #sequencer: ResponseSequencer;
  readonly #calls: CallRunner;
  readonly #playback: Playback;
  readonly #transcripts: Transcripts;
  readonly #silence: SilenceFeeder;
  readonly #outbox = new Outbox();
  readonly #replies = new Replies();
  readonly #metrics = new TurnMetrics();
  #uplink: Uplink;
  #input:
    { readonly format: AudioFormat; readonly converter: Converter } | undefined;
  /** Settings given by messages, on top of the node's. */
  #overrides: RequestSession = {};
  #toldTools = "[]";
  #generation = 0;
  #isUserSpeaking = false;
  #isMuted = false;
  #hasGreeted = false;
  #lateDeltas = 0;
  #activeAt = performance.now();
  readonly #wakes = new Set<NodeJS.Timeout>();
  #phase: Phase = "idle";

  constructor(
    key: string,
    policy: ConversationPolicy,
    events: ConversationEvents,
  ) {
    this.key = key;
    this.#policy = policy;
    this.#events = events;
    this.#connection = new Connection({
      access: policy.access,
      target: policy.target,
      settings: () => {
        const settings = this.#settings();
        this.#toldTools = JSON.stringify(settings.tools ?? []);
        return settings;
      },
      listeners: {
        stateChanged: (state) => this.#onState(state),
        ready: (session, connectMs) => this.#onReady(session, connectMs),
        updated: (session) => this.#onUpdated(session),
        lost: () => this.#onLost(),
        event: (event) => this.#onEvent(event),
        audio: (event, audio) => this.#onAudio(event, audio),
        fault: (fault) => this.#events.fault(fault),
        drained: () => this.#uplink.drain(),
      },
    });
    this.#sequencer = new ResponseSequencer(
      {
        send: (eventId, request) => this.#sendResponseCreate(eventId, request),
        cancel: (responseId) =>
          this.#send({ type: "response.cancel", response_id: responseId }),
        wakeIn: (ms) => this.#wakeIn(ms),
      },
      () => createId("event"),
    );
    this.#calls = new CallRunner({
      tools: policy.tools,
      onCall: (call, args) => this.#events.call({ ...call, args }),
      onFault: (fault, call) => this.#events.callFault(fault, call),
      sendOutput: (call, output) =>
        this.#submit([
          { type: "function_call_output", call_id: call.callId, output },
        ]),
      requestFollowUp: () =>
        this.#sequencer.request({ itemIds: [] }, performance.now()),
    });
    this.#playback = new Playback(
      (isPaused) => this.#connection.setPaused(isPaused),
      () => this.#onPlayedOut(),
    );
    this.#transcripts = new Transcripts((transcript) =>
      this.#events.transcript(transcript),
    );
    this.#silence = new SilenceFeeder({
      feed: (ms) => this.#feedSilence(ms),
      onGaveUp: () => this.#onEndlessTurn(),
    });
    this.#uplink = this.#createUplink();
  }

  get sessionId(): string {
    return this.#connection.sessionId;
  }

  /** Rises at every interruption; what carries a lower one is out of date. */
  get generation(): number {
    return this.#generation;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Settings in effect, as the service says. */
  get session(): ResponseSession | undefined {
    return this.#connection.session;
  }

  /** Time of the last input or output, `performance.now()` clock. */
  get activeAt(): number {
    return this.#playback.isActive ? performance.now() : this.#activeAt;
  }

  /** Counted losses, for status and reports. */
  get counters(): {
    readonly uplinkDroppedMs: number;
    readonly lateDeltas: number;
  } {
    return {
      uplinkDroppedMs: this.#uplink.droppedMs,
      lateDeltas: this.#lateDeltas,
    };
  }

  connect(): void {
    this.#connection.connect();
  }

  /** Ends the session; the conversation can be connected again. */
  disconnect(): void {
    this.#sequencer.interrupt();
    this.#connection.disconnect();
    this.#stopPlayback("flow", false);
  }

  close(): void {
    this.#connection.disconnect();
    this.#playback.close();
    this.#calls.close();
    this.#silence.close();
    for (const wake of this.#wakes) clearTimeout(wake);
    this.#wakes.clear();
  }

  addOutlet(source: OutletSource): void {
    this.#playback.add(source);
  }

  removeOutlet(source: OutletSource): void {
    this.#playback.remove(source);
  }

  /** @param audio - any length; read only */
  appendAudio(audio: Buffer, format: AudioFormat, chunkMs?: number): void {
    this.#activeAt = performance.now();
    if (chunkMs !== undefined) this.#uplink.setChunk(chunkMs);
    if (this.#isMuted || audio.length === 0) return;
    this.#silence.audioArrived(this.#activeAt);
    this.#pushUplink(this.#converterFor(format).push(audio));
  }

  /** The speaker is done: what the converter holds goes out, and the turn can end. */
  endOfSpeech(atEnd: AtEnd): void {
    if (this.#input) this.#pushUplink(this.#input.converter.flush());
    this.#input = undefined;
    if (atEnd === "commit") return this.commit();
    if (atEnd === "respond") {
      this.commit();
      return this.#respondAfterUplink();
    }
    if (hasTurnDetection(this.#effective())) this.#silence.endOfSpeech();
  }

  /** Turns the audio so far into an item of the user; starts no response. */
  commit(): void {
    this.#uplink.mark(() => {
      this.#metrics.endOfTurn(performance.now());
      this.#send({ type: "input_audio_buffer.commit" });
    });
  }

  /** Forgets the audio so far. */
  clearInput(): void {
    this.#uplink.clear();
    if (this.#connection.isReady)
      this.#send({ type: "input_audio_buffer.clear" });
  }

  /** Asks for a response, as soon as one may begin. */
  respond(
    params?: ResponseCreateParams,
    additionalInstructions?: string,
  ): void {
    this.#activeAt = performance.now();
    this.#sequencer.request(
      { itemIds: [], params, additionalInstructions },
      this.#activeAt,
    );
    this.#updatePhase();
  }

  /**
   * Adds items to the conversation.
   * @param wantsResponse - and asks for one response to all of them
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait for the service
   */
  say(items: readonly RequestItem[], wantsResponse: boolean): void {
    const now = performance.now();
    this.#activeAt = now;
    const itemIds = this.#submit(items);
    if (!wantsResponse) return;
    this.#metrics.endOfTurn(now);
    this.#sequencer.request({ itemIds }, now);
    this.#updatePhase();
  }

  /** The assistant says exactly this (protocol.md §9.1, `pre_generated_assistant_message`). */
  sayExactly(text: string): void {
    this.respond({
      pre_generated_assistant_message: {
        type: "message",
        role: "assistant",
        content: [{ type: "text", text }],
      },
    });
  }

  /** @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session */
  answerCall(callId: string, output: string, wantsFollowUp: boolean): void {
    this.#activeAt = performance.now();
    this.#calls.answer(callId, output, wantsFollowUp);
  }

  /** The flow interrupts the assistant. */
  interrupt(): void {
    this.#interrupt("flow");
  }

  mute(): void {
    this.#isMuted = true;
    this.#input = undefined;
    if (hasTurnDetection(this.#effective())) this.#silence.endOfSpeech();
    this.#events.status();
  }

  unmute(): void {
    this.#isMuted = false;
    this.#events.status();
  }

  /**
   * Changes settings of this conversation, also for the sessions after this one.
   * @param settings - partial session object in wire names
   */
  updateSettings(settings: RequestSession): void {
    this.#overrides = { ...this.#overrides, ...settings };
    this.#sendSettings(
      settings.tools
        ? composeSettings(settings, this.#policy.tools.definitions())
        : settings,
    );
  }

  /** Function nodes came or went: the present session is told. */
  toolsChanged(): void {
    const tools = this.#settings().tools ?? [];
    if (JSON.stringify(tools) === this.#toldTools) return;
    this.#toldTools = JSON.stringify(tools);
    this.#sendSettings({ tools });
  }

  /**
   * Sends an event of the flow's own making. A `response.create` waits for its turn like all others.
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when no session is ready
   */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    if (event["type"] !== "response.create")
      return this.#connection.sendRaw(event);
    const { response, additional_instructions: additional } = event;
    this.respond(
      (response ?? {}) as ResponseCreateParams,
      typeof additional === "string" ? additional : undefined,
    );
  }

  /** A device reports how much of an item it has played. */
  reportPlayed(itemId: string | undefined, playedMs: number): void {
    this.#playback.report(itemId, playedMs, performance.now());
  }

  // ── life ──

  #settings(): RequestSession {
    return composeSettings(
      { ...this.#policy.settings, ...this.#overrides },
      this.#policy.tools.definitions(),
    );
  }

  /** What counts: the service's word where there is one, else what will be asked for. */
  #effective(): RequestSession {
    return (
      (this.#connection.session as RequestSession | undefined) ??
      this.#settings()
    );
  }

  #onState(state: ConnectionState): void {
    if (state.name === "configuring")
      this.#tell("connected", { target: this.#policy.target });
    if (state.name === "idle") this.#tell("closed", { reason: "disconnected" });
    this.#updatePhase();
    this.#events.status();
  }

  #onReady(session: ResponseSession, connectMs: number): void {
    const notApplied = unappliedSettings(this.#settings(), session);
    this.#tell("ready", {
      session,
      notApplied,
      connect_ms: Math.round(connectMs),
    });
    this.#warnAboutSettings(notApplied);
    this.#outbox.sendAll((item) => this.#sendItem(item));
    this.#uplink.open();
    this.#greet();
    this.#sequencer.connectionReady(performance.now());
    this.#updatePhase();
  }

  #onUpdated(session: ResponseSession): void {
    this.#tell("updated", { session });
    this.#warnAboutSettings(unappliedSettings(this.#settings(), session));
  }

  #warnAboutSettings(names: readonly string[]): void {
    if (names.length > 0)
      this.#warn("settings", `The service did not apply: ${names.join(", ")}`, {
        settings: names,
      });
  }

  /** What has come is still played; everything that only the lost session knew is given up. */
  #onLost(): void {
    this.#uplink.close();
    this.#silence.speechStopped();
    this.#isUserSpeaking = false;
    this.#outbox.sessionLost();
    this.#calls.sessionLost();
    this.#sequencer.connectionLost();
    this.#playback.finishAll();
    this.#playback.detach();
    this.#transcripts.close();
    this.#replies.clear();
    this.#tell("closed", { reason: "lost" });
  }

  #greet(): void {
    const { greeting } = this.#policy;
    if (
      this.#hasGreeted ||
      greeting.mode === "none" ||
      greeting.text.trim() === ""
    )
      return;
    this.#hasGreeted = true;
    if (greeting.mode === "exact") this.sayExactly(greeting.text);
    else this.respond({ instructions: greeting.text });
  }

  // ── audio in ──

  #createUplink(): Uplink {
    const format = inputFormat(this.#settings());
    return new Uplink({
      bytesPerMs: bytesPerMs(format),
      blockBytes: sampleBytes(format.encoding),
      chunkMs: this.#policy.uplinkChunkMs,
      send: (frame) => this.#connection.sendAudio(frame),
      bufferedBytes: () => this.#connection.bufferedBytes,
    });
  }

  #converterFor(format: AudioFormat): Converter {
    const known = this.#input?.format;
    if (
      !this.#input ||
      !known ||
      known.encoding !== format.encoding ||
      known.sampleRate !== format.sampleRate ||
      known.channels !== format.channels
    ) {
      if (this.#input) this.#pushUplink(this.#input.converter.flush());
      this.#input = {
        format,
        converter: new Converter({
          from: format,
          to: inputFormat(this.#settings()),
        }),
      };
    }
    return this.#input.converter;
  }

  #pushUplink(audio: Buffer): void {
    if (audio.length === 0) return;
    const before = this.#uplink.droppedMs;
    if (this.#uplink.push(audio) > 0 && before === 0) {
      this.#warn(
        "uplink",
        "The service does not take audio fast enough; the oldest is dropped",
        { state: this.state.name },
      );
    }
  }

  #feedSilence(ms: number): void {
    this.#pushUplink(silentFrame(inputFormat(this.#settings()), ms));
  }

  /** A turn that never ends must not hold back everything else. */
  #onEndlessTurn(): void {
    this.#isUserSpeaking = false;
    this.#sequencer.speechStopped(false, performance.now());
    this.#updatePhase();
  }

  #respondAfterUplink(): void {
    this.#uplink.mark(() => this.respond());
  }

  // ── audio out ──

  #onAudio(event: AudioDelta, audio: Buffer): void {
    const now = performance.now();
    const reply =
      this.#replies.get(event.response_id) ??
      this.#beginReply(event.response_id);
    if (reply.generation !== this.#generation) {
      this.#lateDeltas++;
      return;
    }
    this.#metrics.delta(now);
    this.#playback.receive(
      positionOf(reply, event.item_id, event.content_index),
      audio,
      reply.format,
    );
    this.#metrics.out(now);
    this.#updatePhase();
  }

  #beginReply(responseId: string, response?: VoiceLiveResponse): Reply {
    const effective = this.#effective();
    const format =
      response?.output_audio_format ?? effective.output_audio_format;
    return this.#replies.begin(
      responseId,
      this.#generation,
      outputFormat(format ? { output_audio_format: format } : {}),
    );
  }

  #onPlayedOut(): void {
    this.#settleTranscripts();
    this.#updatePhase();
  }

  #settleTranscripts(): void {
    const now = performance.now();
    this.#transcripts.settle((itemId) => this.#playback.awaits(itemId, now));
  }

  // ── interruption ──

  #interrupt(by: Interruption["by"]): void {
    const isAnswering =
      by === "flow"
        ? this.#sequencer.isBusy
        : this.#sequencer.activeResponseId !== undefined;
    // The service stops by itself when it hears the user; a cancel of ours would race with it (protocol.md §15 trap 3).
    if (by === "flow") this.#sequencer.interrupt();
    this.#stopPlayback(by, isAnswering);
  }

  /** Raises the generation, silences the outlets, tells flow and service what was heard. */
  #stopPlayback(by: Interruption["by"], isAnswering: boolean): void {
    const now = performance.now();
    const isPlaying = this.#playback.isActive;
    this.#generation++;
    const heard = this.#playback.interrupt(now);
    this.#metrics.interrupted(performance.now() - now);
    const cut = heard.filter((item) => !item.isComplete);
    if (isPlaying || isAnswering)
      this.#events.interrupted(this.#interruption(by, cut));
    this.#transcripts.interrupted(heard);
    this.#truncate(cut, by);
    this.#updatePhase();
  }

  /** Either the service truncates or we do, not both (design.md §5.1); it does so only for interruptions it heard. */
  #truncate(cut: readonly HeardItem[], by: Interruption["by"]): void {
    const isServices = by === "user" && truncatesItself(this.#effective());
    for (const item of cut) {
      this.#replies.get(item.responseId)?.settledItems.add(item.itemId);
      const event = isServices ? undefined : truncationFor(item);
      if (event && this.#connection.isReady) this.#send(event);
    }
  }

  #interruption(
    by: Interruption["by"],
    cut: readonly HeardItem[],
  ): Interruption {
    const last = cut.findLast((item) => item.heardMs > 0) ?? cut[0];
    return {
      by,
      heardMs: Math.floor(cut.reduce((sum, item) => sum + item.heardMs, 0)),
      heardText: cut
        .map((item) =>
          heardText(
            this.#transcripts.textOf(item.itemId),
            item.heardMs,
            item.receivedMs,
          ),
        )
        .filter((text) => text !== "")
        .join(" "),
      responseId: last?.responseId,
      itemId: last?.itemId,
    };
  }

  /** Items of an interrupted response whose audio never came far enough to be heard are taken out of the memory. */
  #dropUnheard(reply: Reply, output: readonly ResponseItem[]): void {
    if (!this.#playback.hasListeners || truncatesItself(this.#effective()))
      return;
    for (const item of output) {
      const itemId = item.id;
      if (!itemId || !isSpokenMessage(item) || reply.settledItems.has(itemId))
        continue;
      reply.settledItems.add(itemId);
      this.#transcripts.forget(itemId);
      this.#send({ type: "conversation.item.delete", item_id: itemId });
    }
  }

  // ── what the service says ──

  #onEvent(event: AnyServerEvent): void {
    this.#events.raw(event);
    if (isKnownServerEvent(event)) this.#handle(event);
  }

  #handle(event: ServerEvent): void {
    const now = performance.now();
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        return this.#onSpeechStarted();
      case "input_audio_buffer.speech_stopped":
        return this.#onSpeechStopped(now);
      case "conversation.item.created":
        if (event.item.id) this.#outbox.acknowledge(event.item.id);
        if (event.item.id) this.#sequencer.itemKnown(event.item.id);
        return;
      case "conversation.item.input_audio_transcription.delta":
        return this.#transcripts.userPiece(event.item_id, event.delta ?? "");
      case "conversation.item.input_audio_transcription.completed":
        return this.#transcripts.userWhole(event.item_id, event.transcript);
      case "conversation.item.input_audio_transcription.failed":
        return this.#events.fault(
          new VoiceLiveError(
            "VOICE_LIVE_TRANSCRIPTION",
            `The user's words were not transcribed: ${printable(event.error.message)}`,
            { nextStep: "The conversation goes on." },
          ),
        );
      case "response.created":
        return this.#onResponseCreated(event.response);
      case "response.text.delta":
      case "response.audio_transcript.delta":
        if (!this.#isStale(event.response_id))
          this.#transcripts.assistantPiece(
            event.response_id,
            event.item_id,
            event.delta,
          );
        if (event.type === "response.text.delta") this.#metrics.delta(now);
        return;
      case "response.text.done":
        return this.#onTextDone(event.response_id, event.item_id, event.text);
      case "response.audio_transcript.done":
        return this.#onTextDone(
          event.response_id,
          event.item_id,
          event.transcript,
        );
      case "response.audio.done":
        return this.#onAudioDone(
          event.response_id,
          event.item_id,
          event.content_index,
        );
      case "response.output_item.done":
        return this.#onItemDone(event.response_id, event.item);
      case "response.done":
        return this.#onResponseDone(event.response, now);
      case "error":
        return this.#onServiceError(event.error, now);
      case "warning":
        return this.#warn(
          event.warning.code ?? "service",
          printable(event.warning.message),
        );
      default:
        return;
    }
  }

  #onSpeechStarted(): void {
    this.#isUserSpeaking = true;
    this.#activeAt = performance.now();
    this.#sequencer.speechStarted();
    this.#silence.speechStarted();
    if (interruptsItself(this.#effective())) this.#interrupt("user");
    this.#updatePhase();
  }

  #onSpeechStopped(now: number): void {
    this.#isUserSpeaking = false;
    this.#silence.speechStopped();
    this.#metrics.endOfTurn(now);
    this.#sequencer.speechStopped(answersTurns(this.#effective()), now);
    this.#updatePhase();
  }

  #onResponseCreated(response: VoiceLiveResponse): void {
    // Outside the conversation, on the flow's own request: it takes no turn (protocol.md §9.1).
    if (
      response.conversation_id === null &&
      this.#sequencer.activeResponseId !== undefined
    )
      return void this.#beginReply(response.id, response);
    const isCancelled = this.#sequencer.created(response.id);
    const reply = this.#beginReply(response.id, response);
    if (isCancelled)
      this.#replies.begin(response.id, this.#generation - 1, reply.format);
    this.#updatePhase();
  }

  #isStale(responseId: string): boolean {
    const reply = this.#replies.get(responseId);
    return reply !== undefined && reply.generation !== this.#generation;
  }

  #onTextDone(responseId: string, itemId: string, text: string): void {
    if (!this.#isStale(responseId))
      this.#transcripts.assistantWhole(responseId, itemId, text);
  }

  #onAudioDone(responseId: string, itemId: string, contentIndex: number): void {
    const reply = this.#replies.get(responseId);
    if (reply && !this.#isStale(responseId))
      this.#playback.finishItem(positionOf(reply, itemId, contentIndex));
  }

  #onItemDone(responseId: string, item: ResponseItem): void {
    const call = callOf(responseId, item);
    if (call) this.#replies.get(responseId)?.calls.push(call);
    if (!item.id) return;
    this.#transcripts.itemDone(item.id);
    this.#settleTranscripts();
  }

  #onResponseDone(response: VoiceLiveResponse, now: number): void {
    const status = response.status ?? "completed";
    const reply = this.#replies.get(response.id);
    const isStale = this.#isStale(response.id);
    if (reply) reply.isDone = true;
    this.#activeAt = now;
    if (response.usage)
      this.#tell("usage", { responseId: response.id, ...response.usage });
    this.#tell(
      "turn",
      { ...this.#metrics.report(response.id, status) },
      response.id,
    );
    this.#playback.finishReply(response.id);
    if (status === "cancelled" && !isStale)
      this.#stopPlayback(
        response.status_details?.reason === "turn_detected" ? "user" : "flow",
        true,
      );
    if (reply && (isStale || status === "cancelled"))
      this.#dropUnheard(reply, response.output ?? []);
    if (status === "failed") this.#events.fault(failedResponse(response));
    if (status === "incomplete")
      this.#warn(
        "incomplete",
        `The reply was cut short: ${printable(response.status_details?.reason ?? "no reason given")}`,
      );
    if (reply && !isStale && status !== "cancelled" && status !== "failed")
      this.#calls.run(response.id, reply.calls);
    this.#settleTranscripts();
    this.#sequencer.done(response.id, now);
    this.#updatePhase();
  }

  #onServiceError(
    details: Parameters<typeof diagnoseServiceError>[0],
    now: number,
  ): void {
    const eventId = details.event_id ?? "";
    const isActive =
      details.code === "conversation_already_has_active_response";
    const wasRequest =
      eventId !== "" && this.#sequencer.refused(eventId, isActive, now);
    if (wasRequest && isActive) return;
    if (eventId !== "") this.#outbox.refused(eventId);
    if (!isHarmless(details)) this.#events.fault(diagnoseServiceError(details));
  }

  // ── sending ──

  #submit(items: readonly RequestItem[]): readonly string[] {
    const outgoing = items.map(
      (item) => ({ ...item, id: item.id ?? createId("item") }) as OutgoingItem,
    );
    for (const item of outgoing) this.#outbox.add(item);
    if (this.#connection.isReady)
      this.#outbox.sendAll((item) => this.#sendItem(item));
    return outgoing.map((item) => item.id);
  }

  #sendSettings(settings: RequestSession): void {
    if (this.#connection.isReady)
      this.#send({ type: "session.update", session: settings });
  }

  #sendItem(item: OutgoingItem): string {
    return this.#send({ type: "conversation.item.create", item });
  }

  #sendResponseCreate(
    eventId: string,
    { params, additionalInstructions }: ResponseRequest,
  ): void {
    this.#send({
      type: "response.create",
      event_id: eventId,
      ...(params && { response: params }),
      ...(additionalInstructions !== undefined && {
        additional_instructions: additionalInstructions,
      }),
    });
  }

  #send(event: ClientEvent): string {
    return this.#connection.send(event);
  }

  #wakeIn(ms: number): void {
    const wake = setTimeout(() => {
      this.#wakes.delete(wake);
      this.#sequencer.tick(performance.now());
    }, ms);
    this.#wakes.add(wake);
  }

  // ── telling ──

  #tell(
    kind: LifeEvent["kind"],
    payload: Readonly<Record<string, unknown>>,
    responseId?: string,
  ): void {
    this.#events.life({ kind, payload, responseId });
  }

  #warn(
    code: string,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#tell("warning", { code, message, ...more });
  }

  #updatePhase(): void {
    const phase = this.#currentPhase();
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#events.status();
  }

  #currentPhase(): Phase {
    if (this.#isUserSpeaking) return "listening";
    if (this.#playback.isActive) return "speaking";
    return this.#sequencer.isBusy ? "thinking" : "idle";
  }
}

function failedResponse(response: VoiceLiveResponse): VoiceLiveError {
  const { error } = (response.status_details ?? {}) as {
    error?: {
      code?: string | null;
      type?: string | null;
      message?: string | null;
    } | null;
  };
  const said = [error?.code ?? error?.type, error?.message]
    .filter((part) => typeof part === "string" && part !== "")
    .join(": ");
  return new VoiceLiveError(
    "VOICE_LIVE_RESPONSE",
    said ? `The reply failed: ${printable(said)}` : "The reply failed",
    {
      nextStep: "The conversation goes on; ask again.",
      retryable: true,
      service: { type: error?.type ?? null, code: error?.code ?? null },
    },
  );
}
