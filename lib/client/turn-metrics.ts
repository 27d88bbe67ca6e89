/** What one turn felt like. Milliseconds; `null` where that did not happen. */
export interface TurnReport {
  readonly responseId: string;
  readonly status: string;
  /** End of the user's speech to the first audio or text from the service. */
  readonly eot_to_first_delta_ms: number | null;
  /** End of the user's speech to the first audio that left for the flow. */
  readonly eot_to_first_out_ms: number | null;
  /** Start of the interruption before this turn to the flush. */
  readonly interrupt_to_flush_ms: number | null;
  /** Start of the handshake to the settings in effect, of the session that the turn was in. */
  readonly connect_ms: number | null;
}

/** Stop-watch of one conversation's turns. Times are of one monotonic clock. */
export class TurnMetrics {
  #endOfTurn: number | null = null;
  #firstDelta: number | null = null;
  #firstOut: number | null = null;
  #interruptToFlush: number | null = null;
  #connect: number | null = null;

  /** A session is ready. */
  connected(tookMs: number): void {
    this.#connect = Math.round(tookMs);
  }

  /** The user, or the flow in the user's place, is done. */
  endOfTurn(now: number): void {
    this.#endOfTurn = now;
    this.#firstDelta = null;
    this.#firstOut = null;
  }

  /** Audio of this turn has left for the flow. */
  get isOut(): boolean {
    return this.#firstOut !== null;
  }

  delta(now: number): void {
    this.#firstDelta ??= now;
  }

  out(now: number): void {
    this.#firstOut ??= now;
  }

  interrupted(tookMs: number): void {
    this.#interruptToFlush = tookMs;
  }

  /**
   * Figures of the response that ended. A response that only called functions leaves the watch running:
   * the user still waits for the answer.
   */
  report(responseId: string, status: string): TurnReport {
    const report: TurnReport = {
      responseId,
      status,
      eot_to_first_delta_ms: since(this.#endOfTurn, this.#firstDelta),
      eot_to_first_out_ms: since(this.#endOfTurn, this.#firstOut),
      interrupt_to_flush_ms: this.#interruptToFlush,
      connect_ms: this.#connect,
    };
    if (this.#firstDelta !== null) {
      this.#endOfTurn = null;
      this.#firstDelta = null;
      this.#firstOut = null;
    }
    this.#interruptToFlush = null;
    return report;
  }
}

function since(start: number | null, end: number | null): number | null {
  return start === null || end === null ? null : Math.round(end - start);
}
