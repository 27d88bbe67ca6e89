import type { AudioFormat } from "../audio";
import {
  serializeClientEvent,
  serializeRawEvent,
  type ClientEvent,
  type RequestItem,
  type RequestSession,
  type ResponseCreateParams,
  type ResponseSession,
} from "../protocol";
import { Assistant } from "./assistant";
import type { AudioTap } from "./audio-tap";
import { encodeOffer } from "./avatar-sdp";
import { DEFAULT_CALL_LIMITS } from "./call-limits";
import { Connection } from "./connection";
import type { ConnectionState } from "./connection-machine";
import { approvalOf, type ConversationEvents } from "./conversation-events";
import type { ConversationPolicy } from "./conversation-policy";
import {
  afterReached,
  describeReached,
  type ReachedLimit,
} from "./cost-limits";
import { VoiceLiveError, wordsOf } from "./errors";
import { REFERENCE_FEATURE, wantsReference } from "./echo";
import { exactSpeech } from "./exact-speech";
import { LiveSettings } from "./live-settings";
import type { OutletSource } from "./playback";
import { McpCalls } from "./mcp-calls";
import { PoliteEnd } from "./polite-end";
import type { Marks } from "./response-marks";
import { DEFAULT_BOUNDS } from "./history";
import { ItemOrder } from "./item-order";
import { Memory } from "./memory";
import { DEFAULT_RENEWAL } from "./renewal";
import { Reporter } from "./reporter";
import { ServiceEvents } from "./service-events";
import type { ShortWay } from "./short-way";
import { SessionLife } from "./session-life";
import { hasTurnDetection, inputFormat } from "./session-settings";
import { SideEvents } from "./side-events";
import { SilenceWatch } from "./silence-watch";
import { readStoredHistory, type StoredHistory } from "./stored-history";
import { TurnMetrics } from "./turn-metrics";
import { Turns } from "./turns";
import { UserAudio, type AtEnd } from "./user-audio";

/** A room and a device need about so long to fall silent. */
const ECHO_TAIL_MS = 350;

/** What goes on between user and assistant. */
export type Phase = "idle" | "listening" | "thinking" | "speaking";

/** A microphone that is on sends far more often; who has typed waits about so long. */
const ACTIVE_MS = 5_000;

/**
 * One caller's talk. It outlives sockets; each socket is one session of the service.
 *
 *     sound   flow ─▶ UserAudio ─▶ Lane ─▶ service ─▶ ServiceEvents ─▶ Assistant ─▶ flow
 *     events  Turns ─▶ Connection ─▶ service ─▶ Connection ─▶ ServiceEvents, one line for each kind ─▶ Turns
 */
export class Conversation {
  /** Here, for it is asked for each frame. */
  readonly #shortWay: ShortWay;
  readonly key: string;
  readonly #policy: ConversationPolicy;
  readonly #events: ConversationEvents;
  readonly #connection: Connection;
  readonly #user: UserAudio;
  readonly #assistant: Assistant;
  readonly #turns: Turns;
  readonly #mcp: McpCalls;
  readonly #side: SideEvents;
  readonly #metrics = new TurnMetrics();
  readonly #silenceWatch: SilenceWatch;
  readonly #settings: LiveSettings;
  readonly #reporter: Reporter;
  readonly #memory: Memory;
  readonly #order = new ItemOrder();
  readonly #service: ServiceEvents;
  readonly #life: SessionLife;
  /** Once it has begun. */
  #ending: PoliteEnd | undefined;
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
    this.#reporter = new Reporter(events);
    this.#settings = new LiveSettings(policy, () => this.session);
    this.#memory = new Memory({
      key,
      bounds: policy.historyBounds ?? DEFAULT_BOUNDS,
      store: policy.historyStore,
      onFault: (fault) => events.fault(fault),
    });
    this.#silenceWatch = new SilenceWatch(policy.silenceMs ?? 0, (silentMs) =>
      this.#reporter.report("silence", { silentMs }),
    );
    this.#connection = this.#createConnection();
    this.#user = this.#createUserAudio();
    this.#shortWay = this.#user.shortWay;
    this.#assistant = this.#createAssistant();
    this.#turns = this.#createTurns();
    this.#mcp = this.#createMcpCalls();
    this.#side = new SideEvents({
      report: (event) => this.#events.life(event),
      isStale: (responseId) => this.#assistant.isStale(responseId),
    });
    this.#service = this.#createServiceEvents();
    this.#connection.audioTo = this.#service;
    this.#life = this.#createSessionLife();
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

  /** Microphone audio is being lost, because the service does not take it. */
  get isLosingAudio(): boolean {
    return this.#user.isDropping;
  }

  /** Total of microphone audio that was lost, ms. */
  get droppedMs(): number {
    return this.#user.droppedMs;
  }

  /** Settings in effect, as the service says. */
  get session(): ResponseSession | undefined {
    return this.#connection.session;
  }

  /** Time of the last input or output, on the clock of `performance.now()`. */
  get activeAt(): number {
    return this.#assistant.isSpeaking
      ? performance.now()
      : Math.max(this.#activeAt, this.#shortWay.arrivedAt);
  }

  /** @throws VoiceLiveError `VOICE_LIVE_LIMIT` when the day's limit is reached */
  connect(): void {
    this.#policy.costs.admit();
    this.#connection.connect();
  }

  /** Ends the session; the conversation can be connected again. */
  disconnect(): void {
    this.#turns.interrupt();
    this.#connection.disconnect();
    this.#assistant.interrupt("flow", false);
    this.#policy.costs.reset();
    this.#updatePhase();
  }

  /**
   * Takes nothing more from the user, and waits until the reply that is being spoken has been heard.
   * @param end - called then, or when that takes too long
   */
  endPolitely(reached: ReachedLimit, end: () => void): void {
    if (this.#ending || this.state.name === "idle") return;
    this.#reporter.warn("limit", describeReached(reached), {
      nextStep: afterReached(reached),
      ...reached,
    });
    this.#ending = new PoliteEnd(end);
    this.#shortWay.leave();
    this.#turns.finish();
    this.#updatePhase();
  }

  /**
   * Ends everything, for good.
   * @param reason - told in the `closed` event
   * @param isForgotten - whoever comes back under its key is new
   */
  close(reason: string, isForgotten = false): void {
    this.#closeReason = reason;
    // Nothing of it will be heard any more; who remembers or records it has to know how much was.
    if (this.#assistant.isSpeaking) this.#assistant.interrupt("flow", false);
    this.#connection.disconnect();
    this.#assistant.close();
    this.#user.close();
    this.#silenceWatch.stop();
    this.#ending?.stop();
    this.#turns.close();
    this.#mcp.close();
    this.#memory.close(isForgotten);
  }

  addOutlet(source: OutletSource): void {
    this.#assistant.addOutlet(source);
  }

  removeOutlet(source: OutletSource): void {
    this.#assistant.removeOutlet(source);
  }

  /**
   * Listens to what the user says and the loudspeaker plays. The tap must not throw.
   * @returns a function that takes it away
   */
  addTap(tap: AudioTap): () => void {
    const remove = [this.#user.addTap(tap), this.#assistant.addTap(tap)];
    return () => remove.forEach((each) => each());
  }

  /**
   * @param audio - any length; read only
   * @param chunkMs - length of the frames it is sent in; 40 by default
   */
  appendAudio(audio: Buffer, format: AudioFormat, chunkMs?: number): void {
    if (this.#shortWay.send(audio, format, chunkMs) || this.#ending) return;
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

  /** @returns a number that is higher for an item that began later, whenever its words come */
  placeOf(itemId: string): number {
    return this.#order.placeOf(itemId);
  }

  /** What is told with everything that belongs to a response: whether it is out of band, and its metadata. */
  marksOf(responseId: string): Marks {
    return this.#assistant.marksOf(responseId);
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
   * @param params - overrides for that response, which then is one of its own
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when nobody is connecting, the cause when connecting is given up, `VOICE_LIVE_LIMIT` when too many wait
   */
  say(
    items: readonly RequestItem[],
    wantsResponse: boolean,
    params?: ResponseCreateParams,
  ): void {
    this.#requireConnecting();
    checkWritable({ type: "response.create", response: params ?? {} });
    for (const item of items)
      checkWritable({ type: "conversation.item.create", item });
    const itemIds = this.#turns.submit(items);
    this.#activeAt = performance.now();
    if (!wantsResponse) return;
    this.#metrics.endOfTurn(this.#activeAt);
    this.#turns.request({ itemIds, params });
  }

  /**
   * Takes a piece of a text that comes in pieces; the first begins an item.
   * @param name - tells texts apart that are open at once
   * @throws VoiceLiveError as `say` does
   */
  streamText(name: string, piece: string): void {
    this.#requireConnecting();
    this.#activeAt = performance.now();
    this.#turns.streamText(name, piece);
  }

  /**
   * The streamed text is complete.
   * @param wantsResponse - and asks for a response to it
   * @param params - overrides for that response
   * @throws VoiceLiveError as `say` does
   */
  finishText(
    name: string,
    wantsResponse: boolean,
    params?: ResponseCreateParams,
  ): void {
    this.#requireConnecting();
    checkWritable({ type: "response.create", response: params ?? {} });
    const itemIds = [this.#turns.finishText(name)];
    this.#activeAt = performance.now();
    if (!wantsResponse) return;
    this.#metrics.endOfTurn(this.#activeAt);
    this.#turns.request({ itemIds, params });
  }

  /**
   * The assistant says exactly this (protocol.md §9.1, `pre_generated_assistant_message`).
   * @param params - overrides for this response
   */
  sayExactly(text: string, params: ResponseCreateParams = {}): void {
    this.respond({ ...params, ...exactSpeech(text) });
  }

  /**
   * Gives the result of a function call back.
   * @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session
   */
  answerCall(callId: string, output: string, wantsFollowUp: boolean): void {
    this.#activeAt = performance.now();
    this.#turns.answerCall(callId, output, wantsFollowUp);
    this.#events.answered({ callId, output });
  }

  /**
   * Lets a function call run that waits for approval.
   * @throws VoiceLiveError when the call is unknown, answered, late or waits for no approval
   */
  approveCall(callId: string): void {
    this.#activeAt = performance.now();
    this.#turns.approveCall(callId);
  }

  /**
   * Keeps a function call from running.
   * @param reason - for the model
   * @throws VoiceLiveError as `approveCall` does
   */
  denyCall(callId: string, reason: string): void {
    this.#activeAt = performance.now();
    this.#turns.denyCall(callId, reason);
  }

  /**
   * The flow's word on a call of an MCP server's tool.
   * @param requestId - of the `approval` event
   * @throws VoiceLiveError when the request is unknown, was answered, or belongs to an earlier session
   */
  answerApproval(requestId: string, isApproved: boolean): void {
    this.#activeAt = performance.now();
    this.#mcp.answer(requestId, isApproved);
  }

  /**
   * Offers the service a WebRTC connection for the avatar; an `avatar` event brings the answer.
   * @param offer - session description, its JSON, or the bare SDP
   * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it is no offer, `VOICE_LIVE_NOT_CONNECTED` when no session is ready
   */
  connectAvatar(offer: unknown): void {
    const client_sdp = encodeOffer(offer);
    this.#connection.sendRaw({ type: "session.avatar.connect", client_sdp });
  }

  /** The flow interrupts the assistant. */
  interrupt(): void {
    // Without a session nothing is on its way; what waits for one is dropped, not interrupted.
    const isAnswering = this.#connection.isReady && this.#turns.isBusy;
    this.#turns.interrupt();
    // What the avatar says is not in our hands, but on its way to the browser (protocol.md §5).
    if (this.#settings.effective.modalities?.includes("avatar"))
      this.#tell({ type: "output_audio_buffer.clear" });
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
    this.#sendSettings(this.#settings.change(settings));
  }

  /** Function nodes came or went: the present session is told, unless nothing changed in the end. */
  toolsChanged(): void {
    const change = this.#settings.toolsToTell();
    if (change) this.#sendSettings(change);
  }

  /**
   * Sends an event of the flow's own making. A `response.create` waits for its turn like all others.
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when no session is ready
   */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    checkJson(() => serializeRawEvent(event));
    if (event["type"] !== "response.create") {
      return this.#connection.sendRaw(event);
    }
    const { response, additional_instructions: additional } = event;
    this.respond(
      response ?? undefined,
      typeof additional === "string" ? additional : undefined,
    );
  }

  /** What is remembered of the talk: what `importHistory` takes. */
  exportHistory(): StoredHistory {
    return this.#memory.export();
  }

  /** Tells the flow what is remembered, as a `history` event, as soon as what was stored is there. */
  async reportHistory(): Promise<void> {
    await this.#memory.ready();
    this.#reporter.report("history", { ...this.#memory.export() });
  }

  /** Forgets what was said, also in the present session. */
  clearHistory(): void {
    for (const itemId of this.#memory.history.itemIds)
      this.#tell({ type: "conversation.item.delete", item_id: itemId });
    this.#memory.clear();
  }

  /**
   * Remembers this instead of what was said.
   * @param stored - what an export gave
   * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it is no export
   */
  importHistory(stored: unknown): void {
    const checked = readStoredHistory(stored);
    this.clearHistory();
    this.#memory.import(checked);
    for (const item of this.#memory.history.missing(new Set()))
      this.#tell({ type: "conversation.item.create", item });
  }

  /**
   * A device reports how much it has played.
   * @param playedMs - position inside the item; without one inside the reply; without either since `start`
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
      target: () => this.#life.target,
      isActive: () =>
        this.#turns.isBusy || performance.now() - this.activeAt < ACTIVE_MS,
      features: wantsReference(this.#settings.asked) ? [REFERENCE_FEATURE] : [],
      settings: () => this.#settings.asked,
      renewal: this.#policy.renewal ?? DEFAULT_RENEWAL,
      remembered: () => this.#memory.ready(),
      missing: (known) => this.#life.missing(known),
      isPause: () => this.#phase === "idle" && this.#life.isSettled,
      listeners: {
        stateChanged: (state) => this.#onState(state),
        ready: (session) => this.#life.ready(session),
        renewed: (session, reason) => this.#life.renewed(session, reason),
        changing: (isChanging) => this.#user.keepForNext(isChanging),
        updated: (session) => this.#life.updated(session),
        lost: () => this.#life.lost(this.state.name === "idle"),
        event: (event) => this.#service.event(event),
        fault: (fault) => this.#events.fault(fault),
        missing: (missing) => this.#reporter.warnAboutSettings([], missing),
        drained: () => this.#user.drain(),
      },
    });
  }

  #createUserAudio(): UserAudio {
    const settings = this.#settings.asked;
    return new UserAudio({
      format: inputFormat(settings),
      reference: wantsReference(settings)
        ? (startAt, samples) => this.#assistant.reference(startAt, samples)
        : undefined,
      isGateClosed:
        this.#policy.echo === "half-duplex"
          ? () => this.#isGateClosed()
          : undefined,
      commit: () => {
        this.#metrics.endOfTurn(performance.now());
        this.#tell({ type: "input_audio_buffer.commit" });
      },
      respond: () => this.respond(),
      hasTurnDetection: () => hasTurnDetection(this.#settings.effective),
      onDropping: (isDropping) => this.#onDropping(isDropping),
      onEndlessTurn: () => this.#service.speechStopped(false),
    });
  }

  #onDropping(isDropping: boolean): void {
    if (isDropping)
      this.#reporter.warn(
        "uplink",
        "The service does not take audio fast enough; the oldest is dropped",
      );
    this.#events.status();
  }

  #createAssistant(): Assistant {
    const settings = this.#settings.asked;
    return new Assistant({
      referenceRate: wantsReference(settings)
        ? inputFormat(settings).sampleRate
        : undefined,
      settings: () => this.#settings.effective,
      tell: (event) => this.#tell(event),
      setPaused: (isPaused) => this.#connection.setPaused(isPaused),
      onTranscript: (transcript) => {
        this.#order.placeOf(transcript.itemId);
        this.#memory.history.written(transcript);
        this.#events.transcript(transcript);
      },
      onInterrupted: (interruption) => this.#events.interrupted(interruption),
      onPlayedOut: () => this.#updatePhase(),
    });
  }

  #isGateClosed(): boolean {
    const { echoTailMs = ECHO_TAIL_MS } = this.#policy;
    return !this.#assistant.isQuiet(performance.now(), echoTailMs);
  }

  #createTurns(): Turns {
    return new Turns({
      tools: this.#policy.tools,
      callLimits: this.#policy.callLimits ?? DEFAULT_CALL_LIMITS,
      isReady: () => this.#connection.isReady,
      progressAt: () => this.#service.progressAt,
      requireConnecting: () => this.#requireConnecting(),
      send: (event) => this.#connection.send(event),
      onCall: (call) => this.#events.call(call),
      onApproval: (call) => this.#events.life(approvalOf(call)),
      onCallFault: (fault, call) => this.#events.callFault(fault, call),
      onFault: (fault) => this.#events.fault(fault),
      // The service placed the item before its words came.
      onTextComplete: (itemId, text) =>
        this.#memory.history.written({
          who: "user",
          text,
          itemId,
          isFinal: true,
        }),
      onChanged: () => this.#updatePhase(),
    });
  }

  #createMcpCalls(): McpCalls {
    return new McpCalls({
      send: (event) => this.#connection.send(event),
      isBusy: () => this.#turns.isBusy || this.#service.isUserSpeaking,
      requestFollowUp: () => this.#turns.request({ itemIds: [] }),
      onFault: (fault) => this.#events.fault(fault),
      report: (event) => this.#events.life(event),
    });
  }

  #createServiceEvents(): ServiceEvents {
    return new ServiceEvents({
      user: this.#user,
      assistant: this.#assistant,
      turns: this.#turns,
      mcp: this.#mcp,
      side: this.#side,
      metrics: this.#metrics,
      costs: this.#policy.costs,
      history: this.#memory.history,
      order: this.#order,
      reporter: this.#reporter,
      events: this.#events,
      unreadableFrames: () => this.#connection.unreadableFrames,
      settings: () => this.#settings.effective,
      onActivity: () => (this.#activeAt = performance.now()),
      onChanged: () => this.#updatePhase(),
      onAudio: () => this.#updatePhase(),
    });
  }

  #createSessionLife(): SessionLife {
    return new SessionLife({
      policy: this.#policy,
      settings: this.#settings,
      memory: this.#memory,
      metrics: this.#metrics,
      reporter: this.#reporter,
      user: this.#user,
      assistant: this.#assistant,
      turns: this.#turns,
      mcp: this.#mcp,
      side: this.#side,
      service: this.#service,
      tellSettings: (settings) => this.#sendSettings(settings),
      onChanged: () => this.#updatePhase(),
    });
  }

  // ── life ──

  #onState(state: ConnectionState): void {
    this.#policy.costs.connected(state.name === "ready");
    if (state.name === "configuring") {
      this.#reporter.report("connected", { target: this.#policy.target });
    }
    if (state.name === "idle") {
      this.#reporter.report("closed", { reason: this.#closeReason });
    }
    this.#updatePhase();
    this.#events.status();
  }

  // ── sending ──

  #requireConnecting(): void {
    const { state } = this;
    // What needs a person to mend would keep the message for ever: who sends it is told why, each time.
    if (state.name === "stopped") throw state.fault;
    if (this.#ending)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        "The conversation is ending, because it has reached a limit",
        { nextStep: "Wait for its closed event." },
      );
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

  #updatePhase(): void {
    const phase = this.#currentPhase();
    this.#silenceWatch.update(phase === "idle" && this.#connection.isReady);
    this.#ending?.check(
      !this.#assistant.isSpeaking && this.#turns.activeResponseId === undefined,
    );
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#service.isSpeakingTold = phase === "speaking";
      this.#events.status();
    }
    this.#connection.lookForPause();
  }

  #currentPhase(): Phase {
    if (this.#service.isUserSpeaking) return "listening";
    if (this.#assistant.isSpeaking) return "speaking";
    return this.#turns.isBusy ? "thinking" : "idle";
  }
}

/** Refuses at once what would otherwise fail later, when nobody can say which message it came from. */
function checkWritable(event: ClientEvent): void {
  checkJson(() => serializeClientEvent(event));
}

function checkJson(write: () => string): void {
  try {
    write();
  } catch (thrown) {
    throw new VoiceLiveError("VOICE_LIVE_PAYLOAD", wordsOf(thrown), {
      nextStep: "Send values that JSON can hold.",
      cause: thrown,
    });
  }
}
