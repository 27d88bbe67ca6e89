import type { VoiceLiveResponse } from "../protocol";

/** A service that answers an MCP result by itself begins within this time; else it waits to be asked (protocol.md §12 E). */
const BY_ITSELF_WITHIN_MS = 1_000;

/** As many as calls of functions by default: a model that needs more steps for one question is going round in circles. */
const MAX_IN_A_ROW = 10;

export interface McpFollowUpOptions {
  /** A response is running or on its way. */
  readonly isBusy: () => boolean;
  readonly request: () => void;
  /** The model has called too often since the user said something: nothing more is asked for. */
  readonly onLimit: () => void;
}

/** Asks for the answer to an MCP result, unless the service gives it unasked. */
export class McpFollowUp {
  readonly #options: McpFollowUpOptions;
  #wait: NodeJS.Timeout | undefined;
  #inARow = 0;

  constructor(options: McpFollowUpOptions) {
    this.#options = options;
  }

  /** A call has its outcome, or was denied. Inside a response that goes on, its end decides. */
  callEnded(): void {
    if (!this.#options.isBusy()) this.#begin();
  }

  /** A response that ends with a call has not told the user what came of it. */
  responseDone({ status, output }: VoiceLiveResponse): void {
    const isCallLast = output?.at(-1)?.type === "mcp_call";
    if (isCallLast && (status ?? "completed") === "completed") this.#begin();
  }

  /** What the model does from here on is for the user's new question. */
  userTurn(): void {
    this.#inARow = 0;
  }

  /** The service answers. */
  responseCreated(): void {
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#wait);
    this.#wait = undefined;
  }

  #begin(): void {
    this.stop();
    this.#wait = setTimeout(() => {
      this.#wait = undefined;
      // Whatever is being said has the result before it already.
      if (!this.#options.isBusy()) this.#ask();
    }, BY_ITSELF_WITHIN_MS);
  }

  #ask(): void {
    if (this.#inARow >= MAX_IN_A_ROW) return this.#options.onLimit();
    this.#inARow++;
    this.#options.request();
  }
}
