import type { AudioFormat } from "../audio";
import {
  isKnownServerEvent,
  serializeClientEvent,
  type AnyServerEvent,
  type AudioDelta,
  type ClientEvent,
  type RequestItem,
  type RequestSession,
  type ResponseCreateParams,
  type ResponseSession,
  type ServerErrorDetails,
  type ServerEvent,
  type VoiceLiveResponse,
} from "../protocol";
import { Assistant } from "./assistant";
import { Connection } from "./connection";
import type { ConnectionState } from "./connection-machine";
import type { ConversationEvents, LifeEvent } from "./conversation-events";
import {
  diagnoseResponse,
  diagnoseServiceError,
  diagnoseTranscription,
  isHarmless,
} from "./diagnosis";
import { toVoiceLiveError, VoiceLiveError } from "./errors";
import {
  echoSettings,
  REFERENCE_FEATURE,
  wantsReference,
  type EchoMode,
} from "./echo";
import type { OutletSource } from "./playback";
import { printable } from "./redact";
import type { ServiceAccess } from "./service-access";
import {
  answersTurns,
  composeSettings,
  hasTurnDetection,
  inputFormat,
  interruptsItself,
  unappliedSettings,
} from "./session-settings";
import type { SessionTarget } from "./session-target";
import { SilenceWatch } from "./silence-watch";
import type { ToolBox } from "./tools";
import { TurnMetrics } from "./turn-metrics";
import { Turns } from "./turns";
import { UserAudio, type AtEnd } from "./user-audio";

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
  /** Default `none`. */
  readonly echo?: EchoMode;
  /** Half-duplex: how long the microphone stays closed after the estimated end of playout, ms; default 350. */
  readonly echoTailMs?: number;
  /** A silence of both sides is told each time it has lasted so long, ms; 0, the default: never. */
  readonly silenceMs?: number;
  readonly tools: ToolBox;
  /** Settings that spare conversions, where all the flow's devices agree on a format. */
  readonly nativeFormats: () => RequestSession;
}

/** A room and a device need about so long to fall silent. */
const ECHO_TAIL_MS = 350;

/** What goes on between user and assistant. */
export type Phase = "idle" | "listening" | "thinking" | "speaking";

/**
 * One caller's talk. It outlives sockets; each socket is one session of the service.
 *
 *     flow ─▶ UserAudio ─▶ Connection ─▶ service ─▶ Connection ─▶ Assistant ─▶ flow
 *                              ▲   │ events
 *                            Turns ◀── #handle: one line for each kind of event
 */
export class Conversation {
  readonly key: string;
  readonly #policy: ConversationPolicy;
  readonly #events: ConversationEvents;
  readonly #connection: Connection;
  readonly #user: UserAudio;
  readonly #assistant: Assistant;
  readonly #turns: Turns;
  readonly #metrics = new TurnMetrics();
  readonly #silenceWatch: SilenceWatch;
  /** Formats are chosen once: audio may be under way. */
  readonly #nativeFormats: RequestSession;
  /** Settings given by messages, on top of the node's. */
  #overrides: RequestSession = {};
  /** Tools the service was last told of, as JSON. */
  #toldTools = "[]";
  #isUserSpeaking = false;
  #hasGreeted = false;
  #activeAt = performance.now();
  #phase: Phase = "idle";
  #closeReason = "disconnected";

  constructor(
    key: string,
    policy: ConversationPolicy,
    events: ConversationEvents,
  ) {
    this.key = key;
    this.#policy = policy;
    this.#events = events;
    this.#nativeFormats = policy.nativeFormats();
    this.#silenceWatch = new SilenceWatch(policy.silenceMs ?? 0, (silentMs) =>
      this.#report("silence", { silentMs }),
    );
    this.#connection = this.#createConnection();
    this.#user = this.#createUserAudio();
    this.#assistant = this.#createAssistant();
    this.#turns = this.#createTurns();
  }

  get sessionId(): string {
    return this.#connection.sessionId;
  }

  /** Rises at every interruption; what carries a lower one is out of date. */
  get generation(): number {
    return this.#assistant.generation;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isMuted(): boolean {
    return this.#user.isMuted;
  }

  /** Settings in effect, as the service says. */
  get session(): ResponseSession | undefined {
    return this.#connection.session;
  }

  /** Time of the last input or output, on the clock of `performance.now()`. */
  get activeAt(): number {
    return this.#assistant.isSpeaking ? performance.now() : this.#activeAt;
  }

  connect(): void {
    this.#connection.connect();
  }

  /** Ends the session; the conversation can be connected again. */
  disconnect(): void {
    this.#turns.interrupt();
    this.#connection.disconnect();
    this.#assistant.interrupt("flow", false);
    this.#updatePhase();
  }

  /**
   * Ends everything, for good.
   * @param reason - told in the `closed` event
   */
  close(reason: string): void {
    this.#closeReason = reason;
    this.#connection.disconnect();
    this.#assistant.close();
    this.#user.close();
    this.#silenceWatch.stop();
    this.#turns.close();
  }

  addOutlet(source: OutletSource): void {
    this.#assistant.addOutlet(source);
  }

  removeOutlet(source: OutletSource): void {
    this.#assistant.removeOutlet(source);
  }

  /**
   * @param audio - any length; read only
   * @param chunkMs - length of the frames it is sent in; 40 by default
   */
  appendAudio(audio: Buffer, format: AudioFormat, chunkMs?: number): void {
    this.#activeAt = performance.now();
    this.#user.append(audio, format, chunkMs);
  }

  /** The speaker is done. */
  endOfSpeech(atEnd: AtEnd): void {
    this.#user.endOfSpeech(atEnd);
  }

  /** Turns the audio so far into an item of the user; starts no response. */
  commit(): void {
    this.#user.commit();
  }

  /** Forgets the audio so far. */
  clearInput(): void {
    this.#user.clear();
    this.#tell({ type: "input_audio_buffer.clear" });
  }

  /**
   * Asks for a response, as soon as one may begin.
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when nobody is connecting, the cause when connecting is given up, `VOICE_LIVE_PAYLOAD` for parameters that are not JSON
   */
  respond(
    params?: ResponseCreateParams,
    additionalInstructions?: string,
  ): void {
    this.#requireConnecting();
    checkWritable({ type: "response.create", response: params ?? {} });
    this.#activeAt = performance.now();
    this.#turns.request({ itemIds: [], params, additionalInstructions });
  }

  /**
   * Adds items to the conversation. They wait while the session is being opened.
   * @param wantsResponse - and asks for one response to all of them
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when nobody is connecting, the cause when connecting is given up, `VOICE_LIVE_LIMIT` when too many wait
   */
  say(items: readonly RequestItem[], wantsResponse: boolean): void {
    this.#requireConnecting();
    const itemIds = this.#turns.submit(items);
    this.#activeAt = performance.now();
    if (!wantsResponse) return;
    this.#metrics.endOfTurn(this.#activeAt);
    this.#turns.request({ itemIds });
  }

  /** The assistant says exactly this (protocol.md §9.1, `pre_generated_assistant_message`). */
  sayExactly(text: string): void {
    const content = [{ type: "text" as const, text }];
    this.respond({
      pre_generated_assistant_message: {
        type: "message",
        role: "assistant",
        content,
      },
    });
  }

  /**
   * Gives the result of a function call back.
   * @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session
   */
  answerCall(callId: string, output: string, wantsFollowUp: boolean): void {
    this.#activeAt = performance.now();
    this.#turns.answerCall(callId, output, wantsFollowUp);
  }

  /** The flow interrupts the assistant. */
  interrupt(): void {
    const isAnswering = this.#turns.isBusy;
    this.#turns.interrupt();
    this.#assistant.interrupt("flow", isAnswering);
    this.#updatePhase();
  }

  mute(): void {
    this.#user.mute();
    this.#events.status();
  }

  unmute(): void {
    this.#user.unmute();
    this.#events.status();
  }

  /**
   * Changes settings of this conversation, also for the sessions after this one.
   * @param settings - partial session object in wire names
   * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` for settings that are not JSON
   */
  updateSettings(settings: RequestSession): void {
    checkWritable({ type: "session.update", session: settings });
    this.#overrides = { ...this.#overrides, ...settings };
    const { tools } = settings;
    this.#sendSettings(
      tools
        ? composeSettings(settings, this.#policy.tools.definitions())
        : settings,
    );
  }

  /** Function nodes came or went: the present session is told, unless nothing changed in the end. */
  toolsChanged(): void {
    const { tools = [] } = this.#settings();
    if (JSON.stringify(tools) === this.#toldTools) return;
    this.#toldTools = JSON.stringify(tools);
    this.#sendSettings({ tools });
  }

  /**
   * Sends an event of the flow's own making. A `response.create` waits for its turn like all others.
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when no session is ready
   */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    if (event["type"] !== "response.create") {
      return this.#connection.sendRaw(event);
    }
    const { response, additional_instructions: additional } = event;
    this.respond(
      response ?? undefined,
      typeof additional === "string" ? additional : undefined,
    );
  }

  /**
   * A device reports how much it has played.
   * @param playedMs - position inside the item; without one, inside the reply
   * @param responseId - the reply, where the device knows it
   */
  reportPlayed(
    itemId: string | undefined,
    playedMs: number,
    responseId?: string,
  ): void {
    this.#assistant.reportPlayed(itemId, playedMs, responseId);
  }

  // ── parts ──

  #createConnection(): Connection {
    return new Connection({
      access: this.#policy.access,
      target: this.#policy.target,
      features: wantsReference(this.#settings()) ? [REFERENCE_FEATURE] : [],
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
        drained: () => this.#user.drain(),
      },
    });
  }

  #createUserAudio(): UserAudio {
    const settings = this.#settings();
    return new UserAudio({
      format: inputFormat(settings),
      reference: wantsReference(settings)
        ? (startAt, samples) => this.#assistant.reference(startAt, samples)
        : undefined,
      isGateClosed: () => this.#isGateClosed(),
      sendFrame: (frame) => this.#connection.sendAudio(frame),
      bufferedBytes: () => this.#connection.bufferedBytes,
      commit: () => {
        this.#metrics.endOfTurn(performance.now());
        this.#tell({ type: "input_audio_buffer.commit" });
      },
      respond: () => this.respond(),
      hasTurnDetection: () => hasTurnDetection(this.#effective()),
      onDropped: () =>
        this.#warn(
          "uplink",
          "The service does not take audio fast enough; the oldest is dropped",
        ),
      onEndlessTurn: () => this.#onSpeechStopped(false),
    });
  }

  #createAssistant(): Assistant {
    const settings = this.#settings();
    return new Assistant({
      referenceRate: wantsReference(settings)
        ? inputFormat(settings).sampleRate
        : undefined,
      settings: () => this.#effective(),
      tell: (event) => this.#tell(event),
      setPaused: (isPaused) => this.#connection.setPaused(isPaused),
      onTranscript: (transcript) => this.#events.transcript(transcript),
      onInterrupted: (interruption) => this.#events.interrupted(interruption),
      onPlayedOut: () => this.#updatePhase(),
    });
  }

  #isGateClosed(): boolean {
    const { echo, echoTailMs = ECHO_TAIL_MS } = this.#policy;
    if (echo !== "half-duplex") return false;
    return !this.#assistant.isQuiet(performance.now(), echoTailMs);
  }

  #createTurns(): Turns {
    return new Turns({
      tools: this.#policy.tools,
      isReady: () => this.#connection.isReady,
      send: (event) => this.#connection.send(event),
      onCall: (call) => this.#events.call(call),
      onCallFault: (fault, call) => this.#events.callFault(fault, call),
      onFault: (fault) => this.#events.fault(fault),
      onChanged: () => this.#updatePhase(),
    });
  }

  // ── life ──

  /** What is asked for: the node's settings, what messages changed, and the flow's tools. */
  #settings(): RequestSession {
    return composeSettings(
      {
        ...this.#nativeFormats,
        ...echoSettings(this.#policy.echo ?? "none"),
        ...this.#policy.settings,
        ...this.#overrides,
      },
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
    if (state.name === "configuring") {
      this.#report("connected", { target: this.#policy.target });
    }
    if (state.name === "idle") {
      this.#report("closed", { reason: this.#closeReason });
    }
    this.#updatePhase();
    this.#events.status();
  }

  #onReady(session: ResponseSession, connectMs: number): void {
    const notApplied = unappliedSettings(this.#settings(), session);
    this.#report("ready", {
      session,
      notApplied,
      connect_ms: Math.round(connectMs),
    });
    this.#warnAboutSettings(notApplied);
    this.#user.sessionReady();
    this.#greet();
    this.#turns.sessionReady();
    this.#updatePhase();
  }

  #onUpdated(session: ResponseSession): void {
    this.#report("updated", { session });
    this.#warnAboutSettings(unappliedSettings(this.#settings(), session));
  }

  #warnAboutSettings(names: readonly string[]): void {
    if (names.length === 0) return;
    const message = `The service did not apply: ${names.join(", ")}`;
    this.#warn("settings", message, { settings: names });
  }

  /** What has come is still played; everything that only the lost session knew is given up. */
  #onLost(): void {
    this.#isUserSpeaking = false;
    this.#user.sessionLost();
    this.#turns.sessionLost();
    this.#assistant.sessionLost();
    if (this.state.name !== "idle") this.#report("closed", { reason: "lost" });
  }

  #greet(): void {
    const { greeting } = this.#policy;
    if (this.#hasGreeted || greeting.mode === "none") return;
    if (greeting.text.trim() === "") return;
    this.#hasGreeted = true;
    if (greeting.mode === "exact") this.sayExactly(greeting.text);
    else this.respond({ instructions: greeting.text });
  }

  // ── what the service says ──

  #onAudio(event: AudioDelta, audio: Buffer): void {
    this.#metrics.delta(performance.now());
    if (this.#assistant.audio(event, audio)) {
      this.#metrics.out(performance.now());
    }
    this.#updatePhase();
  }

  #onEvent(event: AnyServerEvent): void {
    this.#events.raw(event);
    if (isKnownServerEvent(event)) this.#handle(event);
  }

  #handle(event: ServerEvent): void {
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        return this.#onSpeechStarted();
      case "input_audio_buffer.speech_stopped":
        return this.#onSpeechStopped(answersTurns(this.#effective()));
      case "conversation.item.created":
        return this.#turns.itemCreated(event.item.id);
      case "conversation.item.input_audio_transcription.delta":
        return this.#assistant.userPiece(event.item_id, event.delta ?? "");
      case "conversation.item.input_audio_transcription.completed":
        return this.#assistant.userWhole(event.item_id, event.transcript);
      case "conversation.item.input_audio_transcription.failed":
        return this.#events.fault(diagnoseTranscription(event.error));
      case "response.created":
        return this.#onResponseCreated(event.response);
      case "response.text.delta":
        this.#metrics.delta(performance.now());
        return this.#assistant.textPiece(event, event.delta);
      case "response.audio_transcript.delta":
        return this.#assistant.textPiece(event, event.delta);
      case "response.text.done":
        return this.#assistant.textWhole(event, event.text);
      case "response.audio_transcript.done":
        return this.#assistant.textWhole(event, event.transcript);
      case "response.audio_timestamp.delta":
        return this.#assistant.word(
          event,
          event.text,
          event.audio_offset_ms + (event.audio_duration_ms ?? 0),
        );
      case "response.audio.done":
        return this.#assistant.audioDone(event);
      case "response.output_item.done":
        return this.#assistant.itemDone(event.response_id, event.item);
      case "response.done":
        return this.#onResponseDone(event.response);
      case "error":
        return this.#onServiceError(event.error);
      case "warning":
        return this.#warn(
          event.warning.code ?? "service",
          printable(event.warning.message),
        );
      default:
        return;
    }
  }

  /** The service stops by itself when it hears the user; a cancel of ours would race with it (protocol.md §15 trap 3). */
  #onSpeechStarted(): void {
    this.#isUserSpeaking = true;
    this.#activeAt = performance.now();
    this.#turns.speechStarted();
    this.#user.speechStarted();
    if (interruptsItself(this.#effective())) {
      const active = this.#turns.activeResponseId;
      const isAnswering =
        active !== undefined && !this.#assistant.isStale(active);
      const isInterruption = this.#assistant.interrupt("user", isAnswering);
      if (isInterruption) {
        this.#metrics.interrupted(performance.now() - this.#activeAt);
      }
    }
    this.#updatePhase();
  }

  #onSpeechStopped(willAnswer: boolean): void {
    const now = performance.now();
    this.#isUserSpeaking = false;
    this.#user.speechStopped();
    this.#metrics.endOfTurn(now);
    this.#turns.speechStopped(willAnswer);
    this.#updatePhase();
  }

  #onResponseCreated(response: VoiceLiveResponse): void {
    const isCancelled = this.#turns.responseCreated(response);
    this.#assistant.beginReply(response, isCancelled);
    this.#updatePhase();
  }

  #onResponseDone(response: VoiceLiveResponse): void {
    const { id, usage, status_details: details } = response;
    const status = response.status ?? "completed";
    this.#activeAt = performance.now();
    if (usage) this.#report("usage", { responseId: id, ...usage }, id);
    this.#report("turn", this.#figures(id, status), id);
    const calls = this.#assistant.responseDone(response);
    if (status === "failed") this.#events.fault(diagnoseResponse(response));
    if (status === "incomplete") {
      const reason = printable(details?.reason ?? "no reason given");
      this.#warn("incomplete", `The reply was cut short: ${reason}`);
    }
    this.#turns.responseDone(id, calls);
    this.#updatePhase();
  }

  #onServiceError(details: ServerErrorDetails): void {
    if (this.#turns.refused(details) || isHarmless(details)) return;
    this.#events.fault(diagnoseServiceError(details));
  }

  // ── sending ──

  #requireConnecting(): void {
    const { state } = this;
    // What needs a person to mend would keep the message for ever: who sends it is told why, each time.
    if (state.name === "stopped") throw state.fault;
    if (state.name !== "idle") return;
    throw new VoiceLiveError(
      "VOICE_LIVE_NOT_CONNECTED",
      "The conversation is not connected",
      { nextStep: "Send «connect» to a control node first." },
    );
  }

  #sendSettings(session: RequestSession): void {
    this.#tell({ type: "session.update", session });
  }

  /** Tells the present session; there is nothing to tell without one. */
  #tell(event: ClientEvent): void {
    if (this.#connection.isReady) this.#connection.send(event);
  }

  // ── reporting ──

  /** How the turn felt, and all that was lost so far: each drop is counted and visible (design.md §5.5). */
  #figures(responseId: string, status: string): Record<string, unknown> {
    return {
      ...this.#metrics.report(responseId, status),
      underruns: this.#assistant.takeUnderruns(),
      uplink_dropped_ms: Math.round(this.#user.droppedMs),
      late_deltas: this.#assistant.lateDeltas,
      unreadable_frames: this.#connection.unreadableFrames,
    };
  }

  #report(
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
    this.#report("warning", { code, message, ...more });
  }

  #updatePhase(): void {
    const phase = this.#currentPhase();
    this.#silenceWatch.update(phase === "idle" && this.#connection.isReady);
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#events.status();
  }

  #currentPhase(): Phase {
    if (this.#isUserSpeaking) return "listening";
    if (this.#assistant.isSpeaking) return "speaking";
    return this.#turns.isBusy ? "thinking" : "idle";
  }
}

/** Refuses at once what would otherwise fail later, when nobody can say which message it came from. */
function checkWritable(event: ClientEvent): void {
  try {
    serializeClientEvent(event);
  } catch (thrown) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      toVoiceLiveError(thrown).message,
      { nextStep: "Send values that JSON can hold." },
    );
  }
}
