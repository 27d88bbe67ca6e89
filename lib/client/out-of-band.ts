import { isDeepStrictEqual } from "node:util";
import type { ResponseCreateParams, VoiceLiveResponse } from "../protocol";
import { VoiceLiveError } from "./errors";
import type { ResponseRequest } from "./response-sequencer";

/** More than this, unanswered by the service, are a runaway flow. */
const MAX_WAITING = 50;

export interface OutOfBandOptions {
  readonly createEventId: () => string;
  readonly send: (eventId: string, request: ResponseRequest) => void;
}

/** Does the response stay out of the conversation? */
export function isOutOfBand(params: ResponseCreateParams | undefined): boolean {
  return params?.conversation === "none";
}

/**
 * Responses beside the conversation (protocol.md §9.1): they wait for nobody and nobody waits for them.
 * A request without an answer when the socket goes is asked again in the next session.
 */
export class OutOfBand {
  readonly #options: OutOfBandOptions;
  #waiting: ResponseRequest[] = [];
  /** Without a response yet, oldest first, by event id. */
  readonly #sent = new Map<string, ResponseRequest>();
  readonly #running = new Set<string>();

  constructor(options: OutOfBandOptions) {
    this.#options = options;
  }

  /**
   * @param isReady - there is a session to ask
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait
   */
  request(request: ResponseRequest, isReady: boolean): void {
    if (this.#waiting.length + this.#sent.size >= MAX_WAITING)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `${MAX_WAITING} out-of-band responses wait for the service`,
        { nextStep: "Ask for fewer at a time." },
      );
    this.#waiting.push(request);
    if (isReady) this.sessionReady();
  }

  sessionReady(): void {
    for (const request of this.#waiting.splice(0)) {
      const eventId = this.#options.createEventId();
      this.#sent.set(eventId, request);
      this.#options.send(eventId, request);
    }
  }

  sessionLost(): void {
    this.#waiting.unshift(...this.#sent.values());
    this.#sent.clear();
    this.#running.clear();
  }

  /**
   * @param isAwaited - the conversation expects a response of its own, so that one without a word about its place is that
   * @returns whether the response answers one of these requests
   */
  created(response: VoiceLiveResponse, isAwaited: boolean): boolean {
    const { id, conversation_id: conversationId } = response;
    const isPlaced = typeof conversationId === "string";
    if (isPlaced || (conversationId === undefined && isAwaited)) return false;
    const eventId = this.#find(response);
    if (eventId === undefined) return false;
    this.#sent.delete(eventId);
    this.#running.add(id);
    return true;
  }

  /** @returns whether the response was one of these */
  done(responseId: string): boolean {
    return this.#running.delete(responseId);
  }

  /** @returns whether the refused event was one of these requests */
  refused(eventId: string): boolean {
    return this.#sent.delete(eventId);
  }

  /** The service answers in any order; what it repeats of the request tells which. */
  #find({ metadata }: VoiceLiveResponse): string | undefined {
    const entries = [...this.#sent];
    const same = entries.find(
      ([, { params }]) =>
        metadata && isDeepStrictEqual(params?.metadata, { ...metadata }),
    );
    return (same ?? entries[0])?.[0];
  }
}
