import {
  createId,
  fitClientEvent,
  hasClientEvent,
  imagesToVersion,
  parseServerFrame,
  serializeClientEvent,
  serializeRawEvent,
  type AnyServerEvent,
  type ClientEvent,
  type Dialect,
  type Missing,
  type RequestItem,
  type RequestSession,
  type ResponseSession,
  type ServerErrorDetails,
} from "../protocol";
import { AudioIntake, type AudioSink } from "./audio-intake";
import { diagnoseServiceError, faultOf } from "./diagnosis";
import { toVoiceLiveError, VoiceLiveError } from "./errors";
import { routeOf, type Route } from "./host-watch";
import { RestoredItems } from "./restored-items";
import type { ServiceAccess } from "./service-access";
import { checkTarget, sessionUrl, type SessionTarget } from "./session-target";
import type { AudioWire } from "./short-way";
import { Transport } from "./transport";

/** Token, handshake, settings and memory together; each part has limits of its own, this one is for a peer that says nothing. */
const READY_WITHIN_MS = 30_000;
/** An error that ends the session is followed by the close at once (protocol.md §12 J); this is for a service that forgets it. */
const FAREWELL_MS = 5_000;

/** What a session tells its owner; nothing after `ended` or `close()`. */
export interface SessionListeners {
  /** The socket is open, and the settings are on their way. */
  opened(): void;
  /** The service has taken the settings. */
  configured(): void;
  /** Settings changed later. */
  updated(session: ResponseSession): void;
  event(event: AnyServerEvent): void;
  unreadable(reason: string): void;
  fault(fault: VoiceLiveError): void;
  /** Parts of an event that the service does not have, and that were not sent. */
  missing(missing: readonly Missing[]): void;
  drained(): void;
  /** Once: the socket is gone, or never came to be. */
  ended(fault: VoiceLiveError): void;
}

export interface SessionOptions {
  readonly access: ServiceAccess;
  readonly target: SessionTarget;
  readonly features: readonly string[];
  readonly dialect: Dialect;
  readonly apiVersion: string;
  /** Asked when the socket is open. */
  readonly settings: () => RequestSession;
  /** Somebody waits for it: its handshake goes before those of others. */
  readonly isUrgent: () => boolean;
  readonly listeners: SessionListeners;
}

/**
 * One session of the service: one socket, from the place in the handshake budget to its end.
 *
 *     waiting for a place ─▶ handshake ─opened─▶ settings ─configured─▶ memory (restore) ─▶ in use ─▶ ended
 */
export class ServiceSession {
  readonly #options: SessionOptions;
  readonly #listeners: SessionListeners;
  readonly #intake: AudioIntake;
  readonly #restored = new RestoredItems();
  #transport: Transport | undefined;
  #session: ResponseSession | undefined;
  #asked: RequestSession = {};
  #startedAt = 0;
  #isConfigured = false;
  #isOver = false;
  #withdraw: (() => void) | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #route: Route | undefined;
  /** Why the service is about to end the session, as it said itself. */
  #announced: VoiceLiveError | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#listeners = options.listeners;
    this.#intake = new AudioIntake((thrown) =>
      this.#listeners.fault(toVoiceLiveError(thrown)),
    );
  }

  /** Settings in effect, as the service says. */
  get session(): ResponseSession | undefined {
    return this.#session;
  }

  /** What it was asked for when it began. */
  get asked(): RequestSession {
    return this.#asked;
  }

  /** Milliseconds since its handshake began. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Where its handshake went; undefined when it never came so far. */
  get route(): Route | undefined {
    return this.#route;
  }

  /** For a session that becomes the present one; when it is closed it says nothing any more. */
  speakTo(sink: AudioSink | undefined): void {
    this.#intake.sink = this.#isOver ? undefined : sink;
  }

  /** Takes audio, once the socket is open. */
  get wire(): AudioWire | undefined {
    return this.#transport?.wire;
  }

  /** Ids of the items of earlier sessions that this one has been told. */
  get knownIds(): Set<string> {
    return this.#restored.ids;
  }

  /** Begins the handshake as soon as the budget has a place. */
  open(): void {
    this.#withdraw = this.#options.access.budget.request(
      () => this.#start(),
      this.#options.isUrgent,
    );
  }

  /** From here on nothing of it is listened to; the socket closes on its own within two seconds. */
  close(): void {
    this.#isOver = true;
    this.#intake.sink = undefined;
    this.#withdraw?.();
    clearTimeout(this.#deadline);
    this.#transport?.close();
  }

  /**
   * @returns the event id, by which an error of the service refers to it
   * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when the service has no such event
   */
  send(event: ClientEvent): string {
    const { dialect, apiVersion } = this.#options;
    const eventId = event.event_id || createId("event");
    expectKnown(event, dialect);
    const { fitted, missing } = fitClientEvent(
      imagesToVersion({ ...event, event_id: eventId }, apiVersion, dialect),
      dialect,
      this.#session?.instructions ?? "",
    );
    // What the settings lack is told with the session's first word.
    if (missing.length > 0 && this.#isConfigured)
      this.#listeners.missing(missing);
    this.#transport?.send(serializeClientEvent(fitted, dialect));
    return eventId;
  }

  /** Sends an event that this package does not know, as it is. */
  sendRaw(event: Readonly<Record<string, unknown>>): void {
    this.#transport?.send(serializeRawEvent(event));
  }

  /** Stops reading while the flow is behind; the service is held back. */
  setPaused(isPaused: boolean): void {
    if (!this.#transport || this.#transport.isPaused === isPaused) return;
    if (isPaused) this.#transport.pause();
    else this.#transport.resume();
  }

  /**
   * Tells the session what was said before it.
   * @param then - runs when the service has all of them, or has refused what it does not have
   */
  restore(items: readonly RequestItem[], then: () => void): void {
    this.#restored.begin(
      items,
      (item) => this.send({ type: "conversation.item.create", item }),
      () => {
        clearTimeout(this.#deadline);
        then();
      },
    );
  }

  #start(): void {
    this.#withdraw = undefined;
    this.#startedAt = performance.now();
    this.#deadline = setTimeout(
      () => this.#end(faultOf("settings-silent")),
      READY_WITHIN_MS,
    );
    this.#handshake().catch((thrown: unknown) =>
      this.#end(toVoiceLiveError(thrown)),
    );
  }

  async #handshake(): Promise<void> {
    const { access, target, features } = this.#options;
    checkTarget(target, access.service);
    const { endpoint, ...means } = await access.locate();
    if (this.#isOver) return;
    this.#route = routeOf(endpoint, means.connect);
    const url = sessionUrl(endpoint, access, target, features);
    this.#transport = new Transport(
      { url, ...means },
      {
        opened: () => this.#guarded(() => this.#configure()),
        taker: this.#intake,
        received: (data) => this.#guarded(() => this.#receive(data)),
        closed: (fault) => this.#end(fault),
        drained: () => this.#guarded(() => this.#listeners.drained()),
      },
    );
  }

  /** What is thrown here would reach the socket's emitter and end the process. */
  #guarded(run: () => void): void {
    try {
      if (!this.#isOver) run();
    } catch (thrown) {
      this.#listeners.fault(toVoiceLiveError(thrown));
    }
  }

  #end(cause: VoiceLiveError): void {
    if (this.#isOver) return;
    this.close();
    const fault = this.#announced ?? cause;
    if (fault.retryAfterMs !== undefined)
      this.#options.access.budget.holdFor(fault.retryAfterMs);
    this.#listeners.ended(fault);
  }

  /** Official samples, too, send the settings before `session.created` has come (protocol.md §2.5). */
  #configure(): void {
    this.#asked = this.#options.settings();
    this.send({ type: "session.update", session: this.#asked });
    this.#listeners.opened();
  }

  #receive(data: Buffer): void {
    const frame = parseServerFrame(data, this.#options.dialect);
    if (frame.kind === "audio")
      return this.#intake.receive(data, frame.event, frame.audio);
    if (frame.kind === "event") return this.#dispatch(frame.event);
    this.#listeners.unreadable(frame.reason);
  }

  #dispatch(event: AnyServerEvent): void {
    if (this.#restored.isAbout(event)) return this.#restored.take(event);
    if (isSessionEvent(event)) this.#session = event.session;
    if (event.type === "error" && !this.#survives(errorOf(event))) return;
    this.#listeners.event(event);
    if (event.type === "session.updated") this.#onUpdated();
  }

  #onUpdated(): void {
    const wasConfigured = this.#isConfigured;
    this.#isConfigured = true;
    if (!wasConfigured) this.#listeners.configured();
    else if (this.#session) this.#listeners.updated(this.#session);
  }

  /** @returns false when the session is over by this error */
  #survives(details: ServerErrorDetails): boolean {
    // Before the settings are taken they were the only thing sent, so a refused request is them: talking on with other
    // ones would be worse than silence.
    const place = this.#isConfigured ? undefined : "opening";
    const fault = diagnoseServiceError(details, place);
    if (fault.severity !== "retry" && fault.severity !== "stop") return true;
    if (this.#isConfigured) this.#expectEnd(fault);
    else this.#end(fault);
    return this.#isConfigured;
  }

  /** The service says why it is about to close; where it does not close, we do. */
  #expectEnd(fault: VoiceLiveError): void {
    if (this.#announced) return;
    this.#announced = fault;
    this.#deadline = setTimeout(() => this.#end(fault), FAREWELL_MS);
  }
}

function expectKnown({ type }: ClientEvent, dialect: Dialect): void {
  if (hasClientEvent(type, dialect)) return;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `The service has no event ${type}`,
    { nextStep: "Choose Azure Voice Live as the resource's service." },
  );
}

function errorOf(event: AnyServerEvent): ServerErrorDetails {
  return (event as { error: ServerErrorDetails }).error;
}

function isSessionEvent(event: AnyServerEvent): event is AnyServerEvent & {
  type: "session.created" | "session.updated";
  session: ResponseSession;
} {
  return event.type === "session.created" || event.type === "session.updated";
}
