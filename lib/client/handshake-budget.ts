const WINDOW_MS = 60_000;

/**
 * Keeps the handshakes of one resource within the service's quota (protocol.md §14): in any 60 seconds
 * at most `perMinute` start. Waiting attempts are served in the order they came.
 */
export class HandshakeBudget {
  readonly #perMinute: number;
  readonly #started: number[] = [];
  readonly #waiting: (() => void)[] = [];
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
   * @returns a function that gives the place back while it has not been used
   */
  request(start: () => void): () => void {
    this.#waiting.push(start);
    this.#serve();
    return () => this.#withdraw(start);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #withdraw(start: () => void): void {
    const index = this.#waiting.indexOf(start);
    if (index >= 0) this.#waiting.splice(index, 1);
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const waitMs = this.#waitMs(performance.now());
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#started.push(performance.now());
      this.#waiting.shift()?.();
    }
  }

  #waitMs(now: number): number {
    while (
      this.#started[0] !== undefined &&
      now - this.#started[0] >= WINDOW_MS
    )
      this.#started.shift();
    const oldest = this.#started[0];
    return oldest === undefined || this.#started.length < this.#perMinute
      ? 0
      : oldest + WINDOW_MS - now;
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
