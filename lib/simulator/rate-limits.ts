import type { RateLimit } from "../protocol";

const MINUTE_MS = 60_000;

/** What is left of the tokens of a minute. @see protocol.md §6 `rate_limits.updated`, §14 */
export class RateLimits {
  readonly #tokensPerMinute: number;
  #minuteAt = performance.now();
  #used = 0;

  constructor(tokensPerMinute: number) {
    this.#tokensPerMinute = tokensPerMinute;
  }

  use(tokens: number): void {
    this.#turnMinute();
    this.#used += tokens;
  }

  /** As the service tells it at the start of a response. */
  describe(): RateLimit[] {
    this.#turnMinute();
    const limit = this.#tokensPerMinute;
    const restMs = this.#minuteAt + MINUTE_MS - performance.now();
    return [
      {
        name: "tokens",
        limit,
        remaining: Math.max(0, limit - this.#used),
        reset_seconds: Math.ceil(restMs / 1000),
      },
    ];
  }

  #turnMinute(): void {
    const now = performance.now();
    if (now - this.#minuteAt < MINUTE_MS) return;
    this.#minuteAt = now;
    this.#used = 0;
  }
}
