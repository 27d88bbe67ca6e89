import {
  dialectFor,
  type AnyServerEvent,
  type ClientEvent,
  type Dialect,
  type Missing,
  type RequestItem,
  type RequestSession,
  type ResponseSession,
  type ServerErrorDetails,
} from "../protocol";
import type { AudioSink } from "./audio-intake";
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
import { diagnoseServiceError } from "./diagnosis";
import { toVoiceLiveError, VoiceLiveError, type ErrorCode } from "./errors";
import type { Route } from "./host-watch";
import { Renewal, type RenewalPolicy } from "./renewal";
import type { ServiceAccess } from "./service-access";
import { ServiceSession, type SessionListeners } from "./service-session";
import type { SessionTarget } from "./session-target";
import { UnreadableFrames } from "./unreadable-frames";

/** A cause that needs a person is looked at again once a minute, in case it was mended elsewhere. */
const SLOW_RETRY_MS = 60_000;
/** Faults behind which the host may be out of reach. */
const NETWORK_CODES: ReadonlySet<ErrorCode> = new Set([
  "VOICE_LIVE_NETWORK",
  "VOICE_LIVE_TIMEOUT",
  "VOICE_LIVE_PROXY",
]);
/** States in which it matters that the host is back. */
const AWAITS_HOST: ReadonlySet<ConnectionState["name"]> = new Set([
  "waiting",
  "connecting",
]);
/** Handshakes of an active caller that may fail before it queues like everybody. */
const URGENT_FAILURES = 3;

/** What a connection tells its conversation. Nothing of an older socket is ever told. */
export interface ConnectionListeners {
  stateChanged(state: ConnectionState): void;
  /** The session has its settings and knows what was said before; audio may flow. */
  ready(session: ServiceSession): void;
  /** Another session has taken the place of the one that was ready. */
  renewed(session: ServiceSession, reason: "pause" | "limit"): void;
  /** A successor is being prepared, or no longer. */
  changing(isChanging: boolean): void;
  /** Settings changed on a ready session. */
  updated(session: ResponseSession): void;
  /** The socket that was ready is gone. */
  lost(): void;
  event(event: AnyServerEvent): void;
  fault(fault: VoiceLiveError): void;
  /** Parts of an event that the service does not have, and that were not sent. */
  missing(missing: readonly Missing[]): void;
  drained(): void;
}

export interface ConnectionOptions {
  readonly access: ServiceAccess;
  /** Asked at each session's start: an agent's conversation goes on under its id. */
  readonly target: () => SessionTarget;
  /** Flags of the address, such as `client_ec_reference:true` (protocol.md §2.2). */
  readonly features?: readonly string[];
  /** Asked at each session's start, since tools may have changed. */
  readonly settings: () => RequestSession;
  readonly renewal: RenewalPolicy;
  /** Resolves when the memory is there. Never rejects. */
  readonly remembered: () => Promise<void>;
  /** What was said before and is not among these ids, which are completed. */
  readonly missing: (known: Set<string>) => readonly RequestItem[];
  /** Nobody speaks and nothing is under way. */
  readonly isPause: () => boolean;
  readonly listeners: ConnectionListeners;
  /** Somebody waits for this conversation: its handshakes go before those of others. */
  readonly isActive: () => boolean;
  /** Uniform in [0, 1); for the jitter of retries. */
  readonly random?: () => number;
}

/** One conversation's way to the service, over any number of sessions. Runs the effects of `stepConnection`. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners: ConnectionListeners;
  readonly #dialect: Dialect;
  readonly #random: () => number;
  readonly #renewal: Renewal;
  #machine = INITIAL;
  #current: ServiceSession | undefined;
  /** Of the last session; it counts until the next one speaks. */
  #session: ResponseSession | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of the last handshake. */
  #route: Route | undefined;
  #unwatch: (() => void) | undefined;
  /** Takes what the present session says. */
  audioTo: AudioSink | undefined;
  readonly #unreadable = new UnreadableFrames();
  /** Faults that were reported since the last session that settled. */
  readonly #told = new Set<ErrorCode>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#listeners = options.listeners;
    const { service, apiVersion } = options.access;
    this.#dialect = dialectFor(service, apiVersion);
    this.#random = options.random ?? Math.random;
    this.#renewal = new Renewal({
      policy: options.renewal,
      open: () => this.#createSuccessor(),
      isPause: () => this.isReady && options.isPause(),
      missing: options.missing,
      takeOver: (successor, reason) => this.#takeOver(successor, reason),
      onChanging: (isChanging) => this.#listeners.changing(isChanging),
      random: this.#random,
    });
  }

  get state(): ConnectionState {
    return this.#machine.state;
  }

  get isReady(): boolean {
    return this.#machine.state.name === "ready";
  }

  /** The service's id of this session; empty before the first. */
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
    return this.#requireReady().send(event);
  }

  /** Sends an event that this package does not know, as it is. */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    this.#requireReady().sendRaw(event);
  }

  /** Stops reading while the flow is behind; the service is held back. */
  setPaused(isPaused: boolean): void {
    this.#current?.setPaused(isPaused);
  }

  /** Something has ended: a session that is to be renewed may use the pause. */
  lookForPause(): void {
    this.#renewal.look();
  }

  #requireReady(): ServiceSession {
    if (this.#current && this.isReady) return this.#current;
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
    if (!AWAITS_HOST.has(after.name)) this.#stopWatching();
    if (after.name === "ready" && after.settled) this.#told.clear();
    if (before.name === "ready" && after.name !== "ready")
      this.#listeners.lost();
    if (before !== after) this.#listeners.stateChanged(after);
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "open":
        return this.#open();
      case "startSettling":
        return this.#after(SHORT_SESSION_MS, { type: "settled" });
      case "retry":
        return this.#after(
          effect.atLeastMs +
            retryDelayMs(effect.attempt, this.#random(), this.#isUrgent()),
          { type: "retryDue" },
        );
      case "retrySlowly":
        return this.#after(SLOW_RETRY_MS, { type: "retryDue" });
      case "cancelTimers":
        return clearTimeout(this.#timer);
      case "close":
        this.#renewal.stop();
        this.#current?.close();
        this.#current = undefined;
    }
  }

  #after(ms: number, input: ConnectionInput): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#step(input), ms);
  }

  #open(): void {
    const session: ServiceSession = this.#createSession(
      {
        opened: () => this.#step({ type: "opened" }),
        configured: () => void this.#restore(session),
        ended: (fault) => this.#onEnded(session, fault),
      },
      () => this.#isUrgent(),
    );
    this.#makeCurrent(session);
    session.open();
  }

  #makeCurrent(session: ServiceSession): void {
    this.#current = session;
    session.speakTo(this.audioTo);
  }

  /** A successor takes over with a session's whole life before it: it is in no hurry. */
  #createSuccessor(): ServiceSession {
    const session: ServiceSession = this.#createSession(
      {
        opened: () => undefined,
        configured: () => this.#renewal.configured(),
        ended: (fault) => this.#onSuccessorEnded(session, fault),
      },
      () => false,
    );
    return session;
  }

  #createSession(
    life: Pick<SessionListeners, "opened" | "configured" | "ended">,
    isUrgent: () => boolean,
  ): ServiceSession {
    // Nothing is heard of a session that is not the present one, nor of one that is over.
    const ifCurrent = (run: () => void): void => {
      if (session === this.#current) run();
    };
    const session: ServiceSession = new ServiceSession({
      access: this.#options.access,
      target: this.#options.target(),
      features: this.#options.features ?? [],
      dialect: this.#dialect,
      apiVersion: this.#options.access.apiVersion,
      settings: this.#options.settings,
      isUrgent,
      listeners: {
        ...life,
        updated: (settings) =>
          ifCurrent(() => this.#listeners.updated(settings)),
        event: (event) => ifCurrent(() => this.#onEvent(session, event)),
        unreadable: (reason) => this.#onUnreadable(reason),
        fault: (fault) => this.#listeners.fault(fault),
        missing: (missing) => this.#listeners.missing(missing),
        drained: () => ifCurrent(() => this.#listeners.drained()),
      },
    });
    return session;
  }

  /** One that fails again and again would use up the places of all others. */
  #isUrgent(): boolean {
    return this.#machine.failures < URGENT_FAILURES && this.#options.isActive();
  }

  async #restore(session: ServiceSession): Promise<void> {
    try {
      await this.#options.remembered();
      if (session !== this.#current) return;
      session.restore(this.#options.missing(session.knownIds), () =>
        this.#onRestored(session),
      );
    } catch (thrown) {
      this.#listeners.fault(toVoiceLiveError(thrown));
    }
  }

  #onRestored(session: ServiceSession): void {
    if (session !== this.#current || !session.session) return;
    this.#step({ type: "configured" });
    this.#renewal.plan(session.session, session.ageMs);
    this.#listeners.ready(session);
  }

  #takeOver(successor: ServiceSession, reason: "pause" | "limit"): void {
    this.#current?.close();
    this.#makeCurrent(successor);
    this.#session = successor.session;
    this.#listeners.renewed(successor, reason);
    if (successor.session)
      this.#renewal.plan(successor.session, successor.ageMs);
  }

  #onEvent(session: ServiceSession, event: AnyServerEvent): void {
    this.#session = session.session ?? this.#session;
    if (event.type === "error" && this.isReady) this.#noteFarewell(event);
    this.#listeners.event(event);
    this.#renewal.look();
  }

  /** The conversation reports an error that announces the end; the end itself adds nothing to it. */
  #noteFarewell(event: AnyServerEvent): void {
    const { error } = event as { error: ServerErrorDetails };
    const { severity, code } = diagnoseServiceError(error);
    if (severity === "retry" || severity === "stop") this.#told.add(code);
  }

  #onUnreadable(reason: string): void {
    const fault = this.#unreadable.add(reason, performance.now());
    if (fault) this.#listeners.fault(fault);
  }

  #onEnded(session: ServiceSession, fault: VoiceLiveError): void {
    this.#route = session.route ?? this.#route;
    this.#step({ type: "lost", fault });
    if (NETWORK_CODES.has(fault.code)) this.#watchHost();
    const { state } = this.#machine;
    this.#tellOnce(isPausing(state) ? state.fault : fault);
  }

  /** Until it takes over, a successor that ends is only tried again. */
  #onSuccessorEnded(session: ServiceSession, fault: VoiceLiveError): void {
    if (session === this.#current) return this.#onEnded(session, fault);
    this.#tellOnce(fault);
    this.#renewal.failed();
  }

  /** Until the session is ready, or nobody wants it any more. */
  #watchHost(): void {
    const { watch } = this.#options.access;
    if (!watch || !this.#route || this.#machine.state.name !== "waiting")
      return;
    this.#stopWatching();
    this.#unwatch = watch.wait(this.#route, () =>
      this.#step({ type: "reachable" }),
    );
  }

  #stopWatching(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** A night without network is one line in the log, not one for each retry. */
  #tellOnce(fault: VoiceLiveError): void {
    if (this.#told.has(fault.code)) return;
    this.#told.add(fault.code);
    this.#listeners.fault(fault);
  }
}
