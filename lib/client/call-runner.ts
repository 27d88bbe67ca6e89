import { toVoiceLiveError, VoiceLiveError } from "./errors";
import { ToolCallLedger, type FunctionCall } from "./tool-calls";
import type { ToolBox } from "./tools";

export interface CallRunnerOptions {
  readonly tools: ToolBox;
  /** A call with checked arguments is for the flow to answer. */
  readonly onCall: (call: FunctionCall, args: unknown) => void;
  /** A call that never reaches the flow, or was not answered in time; the model has been told. */
  readonly onFault: (fault: VoiceLiveError, call: FunctionCall) => void;
  /** @returns id of the item that carries the result */
  readonly sendOutput: (call: FunctionCall, output: string) => string;
  /** All calls of a response are answered, the last by this item: the model may go on. */
  readonly requestFollowUp: (itemId: string) => void;
}

/** Runs the calls of one conversation: hands them to the flow, watches the time, gives the results back. */
export class CallRunner {
  readonly #options: CallRunnerOptions;
  readonly #ledger = new ToolCallLedger();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: CallRunnerOptions) {
    this.#options = options;
  }

  /** @param calls - completed calls of a response that is done */
  run(responseId: string, calls: readonly FunctionCall[]): void {
    for (const call of this.#ledger.open(responseId, calls)) this.#start(call);
  }

  /**
   * Gives a result back.
   * @param output - text for the model
   * @param wantsFollowUp - false holds the spoken reply to it
   * @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session
   */
  answer(callId: string, output: string, wantsFollowUp: boolean): void {
    const { call, followUp } = this.#ledger.answer(callId, wantsFollowUp);
    this.#finish(call, output, followUp);
  }

  sessionLost(): void {
    this.#stopTimers();
    this.#ledger.sessionLost();
  }

  close(): void {
    this.#stopTimers();
  }

  #start(call: FunctionCall): void {
    const { tools, onCall } = this.#options;
    try {
      const args = tools.readArguments(call.name, call.arguments);
      // Counted from here, so that a flow which answers at once finds its timer to stop.
      const timeoutMs = tools.timeoutMs(call.name);
      if (timeoutMs)
        this.#timers.set(
          call.callId,
          setTimeout(() => this.#onTimeout(call, timeoutMs), timeoutMs),
        );
      onCall(call, args);
    } catch (thrown) {
      this.#refuse(call, toVoiceLiveError(thrown));
    }
  }

  /** The model hears the reason, so that it can correct itself or tell the user. */
  #refuse(call: FunctionCall, fault: VoiceLiveError): void {
    const { followUp } = this.#ledger.answer(call.callId, true);
    this.#tellModel(call, fault.message, followUp);
    this.#options.onFault(fault, call);
  }

  #onTimeout(call: FunctionCall, timeoutMs: number): void {
    const closed = this.#ledger.timeOut(call.callId);
    if (!closed) return;
    this.#tellModel(
      call,
      `no result within ${timeoutMs / 1_000} s`,
      closed.followUp,
    );
    const fault = new VoiceLiveError(
      "VOICE_LIVE_CALL_TIMEOUT",
      `The function ${call.name} gave no result within ${timeoutMs / 1_000} s`,
      {
        nextStep:
          "The model was told; check that the flow reaches a function result node.",
      },
    );
    this.#options.onFault(fault, call);
  }

  /** Nobody asked for this output, so a failure to send it goes to the flow, and not up into a timer. */
  #tellModel(call: FunctionCall, error: string, followUp: boolean): void {
    try {
      this.#finish(call, JSON.stringify({ error }), followUp);
    } catch (thrown) {
      this.#options.onFault(toVoiceLiveError(thrown), call);
    }
  }

  #finish(call: FunctionCall, output: string, followUp: boolean): void {
    clearTimeout(this.#timers.get(call.callId));
    this.#timers.delete(call.callId);
    const itemId = this.#options.sendOutput(call, output);
    if (followUp) this.#options.requestFollowUp(itemId);
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
