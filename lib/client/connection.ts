import {
  createId,
  dialectFor,
  fitClientEvent,
  hasClientEvent,
  parseServerFrame,
  serializeAppend,
  serializeClientEvent,
  serializeRawEvent,
  type AnyServerEvent,
  type AudioDelta,
  type ClientEvent,
  type Dialect,
  type Missing,
  type RequestSession,
  type ResponseSession,
  type ServerErrorDetails,
} from "../protocol";
import { retryDelayMs } from "./backoff";
import {
  INITIAL,
  isPausing,
  SHORT_SESSION_MS,
  stepConnection,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
} from "./connection-machine";
import { diagnoseServiceError, faultOf } from "./diagnosis";
import { toVoiceLiveError, VoiceLiveError, type ErrorCode } from "./errors";
import type { ServiceAccess } from "./service-access";
import { checkTarget, sessionUrl, type SessionTarget } from "./session-target";
import { Transport } from "./transport";
import { UnreadableFrames } from "./unreadable-frames";

/** Token, handshake and settings together; each part has limits of its own, this one is for a peer that says nothing. */
const READY_WITHIN_MS = 30_000;
/** A cause that needs a person is looked at again once a minute, in case it was mended elsewhere. */
const SLOW_RETRY_MS = 60_000;
/** Handshakes of an active caller that may fail before it queues like everybody. */
const URGENT_FAILURES = 3;
/** An error that ends the session is followed by the close at once (protocol.md §12 J); this is for a service that forgets it. */
const FAREWELL_MS = 5_000;

/** What a connection tells its conversation. Nothing of an older socket is ever told. */
export interface ConnectionListeners {
  stateChanged(state: ConnectionState): void;
  /** The session has its settings; audio may flow. `session` is what the service really applied. */
  ready(session: ResponseSession, connectMs: number): void;
  /** Settings changed on a ready session. */
  updated(session: ResponseSession): void;
  /** The socket that was ready is gone. */
  lost(): void;
  event(event: AnyServerEvent): void;
  audio(event: AudioDelta, audio: Buffer): void;
  fault(fault: VoiceLiveError): void;
  /** Parts of an event that the service does not have, and that were not sent. */
  missing(missing: readonly Missing[]): void;
  drained(): void;
}

export interface ConnectionOptions {
  readonly access: ServiceAccess;
  readonly target: SessionTarget;
  /** Flags of the address, such as `client_ec_reference:true` (protocol.md §2.2). */
  readonly features?: readonly string[];
  /** Asked at each session's start, since tools may have changed. */
  readonly settings: () => RequestSession;
  readonly listeners: ConnectionListeners;
  /** Somebody waits for this conversation: its handshakes go before those of others. */
  readonly isActive?: () => boolean;
  /** Uniform in [0, 1); for the jitter of retries. */
  readonly random?: () => number;
}

/** One conversation's way to the service, over any number of sockets. Runs the effects of `stepConnection`. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners: ConnectionListeners;
  readonly #dialect: Dialect;
  #machine = INITIAL;
  /** Marks what belongs to an earlier socket as stale. */
  #generation = 0;
  #transport: Transport | undefined;
  #session: ResponseSession | undefined;
  #withdraw: (() => void) | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  readonly #unreadable = new UnreadableFrames();
  /** Why the service is about to end the session, as it said itself. */
  #announced: VoiceLiveError | undefined;
  /** Faults that were reported since the last session that settled. */
  readonly #told = new Set<ErrorCode>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#listeners = options.listeners;
    const { service = "voice-live", apiVersion } = options.access;
    this.#dialect = dialectFor(service, apiVersion);
  }

  get state(): ConnectionState {
    return this.#machine.state;
  }

  get isReady(): boolean {
    return this.#machine.state.name === "ready";
  }

  /** The service's id of this socket's life; empty before the first. */
  get sessionId(): string {
    return this.#session?.id ?? "";
  }

  /** Settings in effect, as the service says. */
  get session(): ResponseSession | undefined {
    return this.#session;
  }

  /** Messages of the service that could not be read. */
  get unreadableFrames(): number {
    return this.#unreadable.total;
  }

  get bufferedBytes(): number {
    return this.#transport?.bufferedBytes ?? 0;
  }

  connect(): void {
    this.#told.clear();
    this.#step({ type: "connect" });
  }

  disconnect(): void {
    this.#step({ type: "disconnect" });
  }

  /**
   * @returns the event id, by which an error of the service refers to it
   * @throws VoiceLiveError `VOICE_LIVE_NOT_CONNECTED` when no session is ready, `VOICE_LIVE_CONFIGURATION` when the service has no such event
   */
  send(event: ClientEvent): string {
    const transport = this.#requireReady();
    const event_id = event.event_id || createId("event");
    const fitted = this.#fit({ ...event, event_id });
    transport.send(serializeClientEvent(fitted, this.#dialect));
    return event_id;
  }

  #fit(event: ClientEvent): ClientEvent {
    if (!hasClientEvent(event.type, this.#dialect))
      throw new VoiceLiveError(
        "VOICE_LIVE_CONFIGURATION",
        `The service has no event ${event.type}`,
        { nextStep: "Choose Azure Voice Live as the resource's service." },
      );
    const { fitted, missing } = fitClientEvent(
      event,
      this.#dialect,
      this.#session?.instructions ?? "",
    );
    if (missing.length > 0) this.#listeners.missing(missing);
    return fitted;
  }

  /** Sends an event that this package does not know, as it is. */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    this.#requireReady().send(serializeRawEvent(event));
  }

  /** Sends one frame of audio; the caller has checked `isReady`. */
  sendAudio(frame: Buffer): void {
    this.#transport?.send(serializeAppend(frame));
  }

  /** Stops reading while the flow is behind; the service is held back. */
  setPaused(isPaused: boolean): void {
    if (this.#transport && this.#transport.isPaused !== isPaused) {
      if (isPaused) this.#transport.pause();
      else this.#transport.resume();
    }
  }

  #requireReady(): Transport {
    if (this.#transport && this.isReady) return this.#transport;
    throw new VoiceLiveError(
      "VOICE_LIVE_NOT_CONNECTED",
      "There is no session",
      { nextStep: "Send it again when the session is ready." },
    );
  }

  #step(input: ConnectionInput): void {
    const before = this.#machine.state;
    const { machine, effects } = stepConnection(this.#machine, input);
    this.#machine = machine;
    for (const effect of effects) this.#run(effect);
    const after = this.#machine.state;
    if (after.name === "ready" && after.settled) this.#told.clear();
    if (before.name === "ready" && after.name !== "ready")
      this.#listeners.lost();
    if (before !== after) this.#listeners.stateChanged(after);
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "open":
        return this.#open();
      case "configure":
        return this.#configure();
      case "startSettling":
        clearTimeout(this.#deadline);
        return this.#after(SHORT_SESSION_MS, { type: "settled" });
      case "retry":
        // On top of what the service asks for, so that those who were told the same do not come at once.
        return this.#after(
          effect.atLeastMs +
            retryDelayMs(
              effect.attempt,
              (this.#options.random ?? Math.random)(),
            ),
          { type: "retryDue" },
        );
      case "retrySlowly":
        return this.#after(Math.max(SLOW_RETRY_MS, effect.atLeastMs), {
          type: "retryDue",
        });
      case "cancelTimers":
        clearTimeout(this.#timer);
        clearTimeout(this.#deadline);
        return this.#withdraw?.();
      case "close":
        return this.#letGo();
    }
  }

  #after(ms: number, input: ConnectionInput): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#step(input), ms);
  }

  /** From here on nothing of the socket is listened to; it closes on its own within two seconds. */
  #letGo(): void {
    this.#generation++;
    this.#announced = undefined;
    this.#transport?.close();
    this.#transport = undefined;
  }

  #open(): void {
    const generation = ++this.#generation;
    this.#withdraw = this.#options.access.budget.request(
      () => this.#start(generation),
      () => this.#isUrgent(),
    );
  }

  /** One that fails again and again would use up the places of all others. */
  #isUrgent(): boolean {
    return (
      this.#machine.failures < URGENT_FAILURES &&
      (this.#options.isActive?.() ?? false)
    );
  }

  #start(generation: number): void {
    this.#withdraw = undefined;
    this.#startedAt = performance.now();
    this.#deadline = setTimeout(
      () => this.#lose(generation, faultOf("settings-silent")),
      READY_WITHIN_MS,
    );
    this.#handshake(generation).catch((thrown: unknown) =>
      this.#lose(generation, toVoiceLiveError(thrown)),
    );
  }

  async #handshake(generation: number): Promise<void> {
    const { access, target } = this.#options;
    checkTarget(target, access.service);
    const { endpoint, headers } = await access.locate();
    if (generation !== this.#generation) return;
    const url = sessionUrl(endpoint, access, target, this.#options.features);
    // Thrown from here it would reach the socket's emitter and end the process.
    const ifCurrent = (then: () => void): void => {
      try {
        if (generation === this.#generation) then();
      } catch (thrown) {
        this.#listeners.fault(toVoiceLiveError(thrown));
      }
    };
    this.#transport = new Transport(
      { url, headers },
      {
        opened: () => ifCurrent(() => this.#step({ type: "opened" })),
        received: (data) => ifCurrent(() => this.#receive(data)),
        closed: (fault) => this.#lose(generation, fault),
        drained: () => ifCurrent(() => this.#listeners.drained()),
      },
    );
  }

  #lose(generation: number, cause: VoiceLiveError): void {
    if (generation !== this.#generation) return;
    const fault = this.#announced ?? cause;
    if (fault.retryAfterMs !== undefined)
      this.#options.access.budget.holdFor(fault.retryAfterMs);
    this.#step({ type: "lost", fault });
    const { state } = this.#machine;
    this.#tellOnce(isPausing(state) ? state.fault : fault);
  }

  /** A night without network is one line in the log, not one for each retry. */
  #tellOnce(fault: VoiceLiveError): void {
    if (this.#told.has(fault.code)) return;
    this.#told.add(fault.code);
    this.#listeners.fault(fault);
  }

  /** Official samples, too, send the settings before `session.created` has come (protocol.md §2.5). */
  #configure(): void {
    this.#transport?.send(
      serializeClientEvent(
        {
          type: "session.update",
          event_id: createId("event"),
          session: this.#options.settings(),
        },
        this.#dialect,
      ),
    );
  }

  #receive(data: Buffer): void {
    const frame = parseServerFrame(data, this.#dialect);
    if (frame.kind === "audio")
      return this.#listeners.audio(frame.event, frame.audio);
    if (frame.kind === "event") return this.#dispatch(frame.event);
    const fault = this.#unreadable.add(frame.reason, performance.now());
    if (fault) this.#listeners.fault(fault);
  }

  #dispatch(event: AnyServerEvent): void {
    if (isSessionEvent(event)) {
      this.#session = event.session;
      if (event.type === "session.updated") this.#onUpdated(event.session);
    } else if (event.type === "error") {
      const { error } = event as { error: ServerErrorDetails };
      if (this.isReady) this.#onErrorWhileReady(error);
      else if (!this.#onErrorWhileOpening(error)) return;
    }
    this.#listeners.event(event);
  }

  #onUpdated(session: ResponseSession): void {
    if (this.isReady) return this.#listeners.updated(session);
    this.#step({ type: "configured" });
    if (this.isReady)
      this.#listeners.ready(session, performance.now() - this.#startedAt);
  }

  /**
   * The settings were the only thing sent so far, so a refused request is them. Talking on with other ones would be
   * worse than silence.
   * @returns whether the session goes on
   */
  #onErrorWhileOpening(details: ServerErrorDetails): boolean {
    const fault = diagnoseServiceError(details, "opening");
    if (!endsSession(fault)) return true;
    this.#lose(this.#generation, fault);
    return false;
  }

  /** The service says why it is about to close; where it does not close, we do. The conversation reports it. */
  #onErrorWhileReady(details: ServerErrorDetails): void {
    const fault = diagnoseServiceError(details);
    if (!endsSession(fault) || this.#announced) return;
    const generation = this.#generation;
    this.#announced = fault;
    this.#told.add(fault.code);
    this.#deadline = setTimeout(
      () => this.#lose(generation, fault),
      FAREWELL_MS,
    );
  }
}

function endsSession({ severity }: VoiceLiveError): boolean {
  return severity === "retry" || severity === "stop";
}

function isSessionEvent(event: AnyServerEvent): event is AnyServerEvent & {
  type: "session.created" | "session.updated";
  session: ResponseSession;
} {
  return event.type === "session.created" || event.type === "session.updated";
}
