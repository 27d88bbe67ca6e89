import { counted } from "./counted";
import { VoiceLiveError } from "./errors";

export interface CallLimitOptions {
  /** Calls of one conversation that may start in any 60 s. */
  readonly callsPerMinute: number;
  /** Responses in a row that may call functions before the user says something again. */
  readonly callSteps: number;
}

export const DEFAULT_CALL_LIMITS: CallLimitOptions = {
  callsPerMinute: 60,
  callSteps: 10,
};

const WINDOW_MS = 60_000;
/** Each waits with a timer of its own; a flow that has so many open does not answer any more. */
const MAX_PENDING = 100;

/**
 * Ends what a model does in circles: calls that come too fast, and calls that follow on each other's results without end.
 * Once a limit was reached nothing more is run until the user speaks again; the model gets one response to say so.
 */
export class CallLimits {
  readonly #options: CallLimitOptions;
  #startedAt: number[] = [];
  #steps = 0;
  #isOver = false;
  #hasAskedLast = false;

  constructor(options: CallLimitOptions) {
    this.#options = options;
  }

  /** A limit was reached in this turn of the user. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The user said something. */
  userTurn(): void {
    this.#steps = 0;
    this.#isOver = false;
    this.#hasAskedLast = false;
  }

  /** A response has ended with calls. */
  step(): void {
    this.#steps++;
  }

  /**
   * @param pending - calls that wait for their results
   * @returns why the call may not start; its start is counted otherwise
   */
  admit(
    name: string,
    now: number,
    pending: number,
  ): VoiceLiveError | undefined {
    const { callSteps, callsPerMinute } = this.#options;
    this.#startedAt = this.#startedAt.filter((at) => now - at < WINDOW_MS);
    if (this.#steps > callSteps)
      return this.#refusal(
        name,
        `${counted(callSteps, "response", "responses")} in a row called functions`,
      );
    if (this.#startedAt.length >= callsPerMinute)
      return this.#refusal(
        name,
        `${counted(callsPerMinute, "function was", "functions were")} called within a minute`,
      );
    if (pending >= MAX_PENDING)
      return this.#refusal(name, `${pending} calls wait for their results`);
    this.#startedAt.push(now);
    return undefined;
  }

  /** @returns true once in a turn that is over: the model may answer, without functions */
  takeLast(): boolean {
    if (this.#hasAskedLast) return false;
    this.#hasAskedLast = true;
    return true;
  }

  #refusal(name: string, cause: string): VoiceLiveError {
    this.#isOver = true;
    return new VoiceLiveError(
      "VOICE_LIVE_LIMIT",
      `The function ${name.slice(0, 80)} was not called: ${cause}`,
      {
        nextStep:
          "The model was told to answer without; the limits are set in the session node.",
      },
    );
  }
}
