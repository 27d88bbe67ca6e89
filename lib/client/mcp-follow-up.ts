import type { VoiceLiveResponse } from "../protocol";

/** A service that answers an MCP result by itself begins within this time; else it waits to be asked (protocol.md §12 E). */
const BY_ITSELF_WITHIN_MS = 1_000;

export interface McpFollowUpOptions {
  /** A response is running or on its way. */
  readonly isBusy: () => boolean;
  readonly request: () => void;
}

/** Asks for the answer to an MCP result, unless the service gives it unasked. */
export class McpFollowUp {
  readonly #options: McpFollowUpOptions;
  #wait: NodeJS.Timeout | undefined;

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
      if (!this.#options.isBusy()) this.#options.request();
    }, BY_ITSELF_WITHIN_MS);
  }
}
