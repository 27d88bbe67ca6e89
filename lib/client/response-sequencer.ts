import type { ResponseCreateParams } from "../protocol";
import { VoiceLiveError } from "./errors";

/** A wish for a response. Plain ones may share a response; those with parameters get one of their own. */
export interface ResponseRequest {
  /** Items the response has to know; our own ids. */
  readonly itemIds: readonly string[];
  readonly params?: ResponseCreateParams | undefined;
  readonly additionalInstructions?: string | undefined;
}

/** `send` carries a `response.create` out; its error answers come back by `eventId`. */
export interface SequencerEffects {
  send(eventId: string, request: ResponseRequest): void;
  cancel(responseId: string): void;
  /** A wait has begun whose end may never be announced; `tick` has to be called when it is over. */
  wakeIn(ms: number): void;
  /** When the service said something of a response last. */
  progressAt(): number;
}

/**
 * The server starts a response right after a committed turn. If none comes by then it was noise
 * (protocol.md §15, trap 5) and our own requests go on.
 */
const AUTO_RESPONSE_WITHIN_MS = 5_000;
/** A `response.create` without any answer for so long was lost; it is sent again. */
const CREATED_WITHIN_MS = 15_000;
/**
 * A response of which nothing was heard for so long will not end by itself: the service has forgotten it. Models that
 * think longest before they speak stay well below.
 */
const SILENT_RESPONSE_MS = 120_000;
/** More wishes than this at once are a runaway flow. */
const MAX_QUEUED = 100;

/** A `response.create` that was sent, and the wishes it carries. */
interface Sent {
  readonly eventId: string;
  readonly requests: readonly ResponseRequest[];
}

type Busy =
  | { readonly state: "free" }
  | {
      readonly state: "requested";
      readonly sent: Sent;
      readonly sinceMs: number;
      readonly cancel: boolean;
    }
  | {
      readonly state: "active";
      readonly responseId: string;
      readonly sent: Sent | undefined;
    };

type UserTurn =
  | { readonly state: "none" }
  | { readonly state: "speaking" }
  | {
      readonly state: "committing";
      readonly sinceMs: number;
      /** The flow does not want the answer that is about to come. */
      readonly cancel: boolean;
    };

/**
 * Decides when `response.create` may go out (design.md §5.3).
 *
 * One response at a time: while one is requested or active, while the user speaks, and while the service is about
 * to answer a turn by itself, requests wait. Plain requests that wait together are served by one response, also by one
 * that the service starts, when it already knew their items. Requests with parameters keep their order.
 *
 * | queue item | barge-in by voice | interrupt by flow | socket lost |
 * |---|---|---|---|
 * | plain request | kept; the answer to the turn serves it | dropped | kept |
 * | with parameters | kept | dropped | kept |
 */
export class ResponseSequencer {
  readonly #effects: SequencerEffects;
  readonly #createEventId: () => string;
  #isOpen = false;
  #busy: Busy = { state: "free" };
  #turn: UserTurn = { state: "none" };
  /** When the active response began. */
  #createdMs = 0;
  #queue: ResponseRequest[] = [];
  readonly #known = new Set<string>();

  constructor(effects: SequencerEffects, createEventId: () => string) {
    this.#effects = effects;
    this.#createEventId = createEventId;
  }

  get activeResponseId(): string | undefined {
    return this.#busy.state === "active" ? this.#busy.responseId : undefined;
  }

  /** True while a response is running, asked for, expected or waiting to be asked for. */
  get isBusy(): boolean {
    return (
      this.#busy.state !== "free" ||
      this.#turn.state === "committing" ||
      this.#queue.length > 0
    );
  }

  /** A response of the conversation has been asked for or is about to come by itself. */
  get awaitsResponse(): boolean {
    return (
      this.#busy.state === "requested" || this.#turn.state === "committing"
    );
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait */
  request(request: ResponseRequest, nowMs: number): void {
    if (this.#queue.length >= MAX_QUEUED)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `${MAX_QUEUED} requests for a response wait already`,
        { nextStep: "Ask for fewer until the session is ready again." },
      );
    this.#queue.push(request);
    this.#advance(nowMs);
  }

  /** The service has the item. */
  itemKnown(itemId: string): void {
    if (this.#awaits(itemId)) this.#known.add(itemId);
  }

  /**
   * A response has begun. Which side asked for it shows only later: a refusal of ours means that the service did.
   * @returns true when an interrupt by flow overtook it, so that nothing of it may be heard
   */
  created(responseId: string, nowMs: number): boolean {
    const busy = this.#busy;
    const sent = busy.state === "requested" ? busy.sent : undefined;
    const turn = this.#turn;
    const isCancelled =
      busy.state === "requested"
        ? busy.cancel
        : turn.state === "committing" && turn.cancel;
    if (!sent) this.#serveByService();
    this.#busy = { state: "active", responseId, sent };
    this.#createdMs = nowMs;
    this.#effects.wakeIn(SILENT_RESPONSE_MS);
    if (turn.state === "committing") this.#turn = { state: "none" };
    if (isCancelled) this.#effects.cancel(responseId);
    return isCancelled;
  }

  done(responseId: string, nowMs: number): void {
    if (this.#busy.state !== "active" || this.#busy.responseId !== responseId)
      return;
    this.#busy = { state: "free" };
    this.#advance(nowMs);
  }

  /**
   * The service refused our `response.create`.
   * @param isActive - because another response is running: then the request waits for its end
   * @returns false when `eventId` is not ours
   */
  refused(eventId: string, isActive: boolean, nowMs: number): boolean {
    const busy = this.#busy;
    if (busy.state === "free" || busy.sent?.eventId !== eventId) return false;
    if (isActive) this.#queue.unshift(...busy.sent.requests);
    if (busy.state === "active") {
      this.#busy = { ...busy, sent: undefined };
    } else {
      this.#busy = { state: "free" };
      if (isActive && this.#turn.state !== "speaking")
        this.#awaitService(nowMs);
      else this.#advance(nowMs);
    }
    return true;
  }

  speechStarted(): void {
    this.#turn = { state: "speaking" };
  }

  /** @param willAnswer - the service answers the turn by itself (`create_response`) */
  speechStopped(willAnswer: boolean, nowMs: number): void {
    if (willAnswer) {
      this.#awaitService(nowMs);
    } else {
      this.#turn = { state: "none" };
      this.#advance(nowMs);
    }
  }

  /** The flow says stop: nothing that was asked for before is wanted. */
  interrupt(): void {
    this.#queue = [];
    this.#known.clear();
    const busy = this.#busy;
    if (busy.state === "active") {
      this.#busy = { ...busy, sent: busy.sent && withoutRequests(busy.sent) };
      this.#effects.cancel(busy.responseId);
    }
    if (busy.state === "requested")
      this.#busy = { ...busy, sent: withoutRequests(busy.sent), cancel: true };
    if (this.#turn.state === "committing")
      this.#turn = { ...this.#turn, cancel: true };
  }

  /** The request is not wanted any more: if it still waits, or has to be asked for again. */
  withdraw(request: ResponseRequest): void {
    this.#remove([request]);
    const busy = this.#busy;
    if (busy.state === "free" || !busy.sent) return;
    const requests = busy.sent.requests.filter((each) => each !== request);
    this.#busy = { ...busy, sent: { ...busy.sent, requests } };
  }

  /** Nothing that waits is asked for any more; what runs goes on. */
  finish(): void {
    this.#queue = [];
    this.#known.clear();
  }

  /** The socket is gone; what was in flight is asked for again on the next. */
  connectionLost(): void {
    if (this.#busy.state === "requested")
      this.#queue.unshift(...this.#busy.sent.requests);
    this.#busy = { state: "free" };
    this.#turn = { state: "none" };
    this.#isOpen = false;
  }

  connectionReady(nowMs: number): void {
    this.#isOpen = true;
    this.#advance(nowMs);
  }

  /** A wait announced by `wakeIn` is over. */
  tick(nowMs: number): void {
    if (
      this.#turn.state === "committing" &&
      nowMs - this.#turn.sinceMs >= AUTO_RESPONSE_WITHIN_MS
    )
      this.#turn = { state: "none" };
    const busy = this.#busy;
    if (
      busy.state === "requested" &&
      nowMs - busy.sinceMs >= CREATED_WITHIN_MS
    ) {
      this.#busy = { state: "free" };
      this.#queue.unshift(...busy.sent.requests);
    }
    if (busy.state === "active") this.#watchSilence(nowMs);
    this.#advance(nowMs);
  }

  #watchSilence(nowMs: number): void {
    const heardMs = Math.max(this.#createdMs, this.#effects.progressAt());
    const leftMs = heardMs + SILENT_RESPONSE_MS - nowMs;
    if (leftMs > 0) this.#effects.wakeIn(leftMs);
    else this.#busy = { state: "free" };
  }

  #awaitService(nowMs: number): void {
    this.#turn = { state: "committing", sinceMs: nowMs, cancel: false };
    this.#effects.wakeIn(AUTO_RESPONSE_WITHIN_MS);
  }

  #advance(nowMs: number): void {
    if (
      !this.#isOpen ||
      this.#busy.state !== "free" ||
      this.#turn.state !== "none"
    )
      return;
    const first = this.#queue[0];
    if (!first) return;
    const requests = isPlain(first) ? this.#queue.filter(isPlain) : [first];
    this.#remove(requests);
    const eventId = this.#createEventId();
    this.#busy = {
      state: "requested",
      sent: { eventId, requests },
      sinceMs: nowMs,
      cancel: false,
    };
    this.#send(eventId, first, nowMs);
  }

  /** What cannot be written will never be answered; the next one must not wait for that. */
  #send(eventId: string, request: ResponseRequest, nowMs: number): void {
    try {
      this.#effects.send(eventId, request);
    } catch (thrown) {
      this.#busy = { state: "free" };
      this.#advance(nowMs);
      throw thrown;
    }
    this.#effects.wakeIn(CREATED_WITHIN_MS);
  }

  /** A response that the service started answers every plain request whose items it knew. */
  #serveByService(): void {
    this.#remove(
      this.#queue.filter(
        (request) =>
          isPlain(request) &&
          request.itemIds.length > 0 &&
          request.itemIds.every((id) => this.#known.has(id)),
      ),
    );
  }

  #remove(requests: readonly ResponseRequest[]): void {
    this.#queue = this.#queue.filter((request) => !requests.includes(request));
    for (const id of requests.flatMap((request) => request.itemIds))
      this.#known.delete(id);
  }

  #awaits(itemId: string): boolean {
    return this.#queue.some((request) => request.itemIds.includes(itemId));
  }
}

/** Nobody wants it any more, but the service may still answer it. */
function withoutRequests({ eventId }: Sent): Sent {
  return { eventId, requests: [] };
}

function isPlain(request: ResponseRequest): boolean {
  return (
    request.params === undefined && request.additionalInstructions === undefined
  );
}
