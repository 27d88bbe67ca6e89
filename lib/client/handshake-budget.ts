/** The service counts handshakes when they arrive: one that was slow on its way would fall into the minute of those after it. */
const ARRIVAL_SPREAD_MS = 1_000;
const WINDOW_MS = 60_000 + ARRIVAL_SPREAD_MS;

export interface HandshakeRequest {
  /** Calls when a handshake may begin. */
  readonly start: () => void;
  /** Asked whenever a place becomes free, since a caller may begin to talk while waiting. */
  readonly isActive: () => boolean;
}

/**
 * Keeps the handshakes of one resource within the service's quota (protocol.md §14): in any 60 seconds
 * at most `perMinute` arrive. Conversations with an active caller go first; among equals, who came first.
 */
export class HandshakeBudget {
  readonly #perMinute: number;
  readonly #started: number[] = [];
  readonly #waiting: HandshakeRequest[] = [];
  #heldUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param perMinute - handshakes allowed in any 60 s, 1 or more */
  constructor(perMinute: number) {
    if (!Number.isInteger(perMinute) || perMinute < 1)
      throw new RangeError(
        `Expected \`perMinute\` to be a positive integer, got \`${perMinute}\``,
      );
    this.#perMinute = perMinute;
  }

  /**
   * Calls `start` when a handshake may begin, at once where the budget allows.
   * @param isActive - whether somebody waits for this conversation; asked again for each place that becomes free
   * @returns a function that gives the place back while it has not been used
   */
  request(
    start: () => void,
    isActive: () => boolean = () => false,
  ): () => void {
    const request = { start, isActive };
    this.#waiting.push(request);
    this.#serve();
    return () => this.#withdraw(request);
  }

  /** The service asks to be left alone: no handshake starts for so long. */
  holdFor(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + ms);
    this.#stopTimer();
    this.#serve();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #withdraw(request: HandshakeRequest): void {
    const index = this.#waiting.indexOf(request);
    if (index >= 0) this.#waiting.splice(index, 1);
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const waitMs = this.#waitMs(performance.now());
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#started.push(performance.now());
      this.#takeNext()?.start();
    }
  }

  #takeNext(): HandshakeRequest | undefined {
    const active = this.#waiting.findIndex(({ isActive }) => isActive());
    return this.#waiting.splice(Math.max(0, active), 1)[0];
  }

  #waitMs(now: number): number {
    while (
      this.#started[0] !== undefined &&
      now - this.#started[0] >= WINDOW_MS
    )
      this.#started.shift();
    const oldest = this.#started[0];
    const freeAt =
      oldest === undefined || this.#started.length < this.#perMinute
        ? now
        : oldest + WINDOW_MS;
    return Math.max(freeAt, this.#heldUntil) - now;
  }

  #wakeIn(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#serve();
    }, Math.ceil(waitMs));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
