import { CallLimits, type CallLimitOptions } from "./call-limits";
import { toVoiceLiveError, VoiceLiveError } from "./errors";
import { ToolCallLedger, type FunctionCall } from "./tool-calls";
import type { ToolBox } from "./tools";
import type { WaitWords } from "./wait-words";

export interface CallRunnerOptions {
  readonly tools: ToolBox;
  readonly limits: CallLimitOptions;
  /** A call with checked arguments is for the flow to answer. */
  readonly onCall: (call: FunctionCall, args: unknown) => void;
  /** A call with checked arguments is for the flow to approve first. */
  readonly onApproval: (call: FunctionCall, args: unknown) => void;
  /** A call that never reaches the flow, or was not answered in time; the model has been told. */
  readonly onFault: (fault: VoiceLiveError, call: FunctionCall) => void;
  /** @returns id of the item that carries the result */
  readonly sendOutput: (call: FunctionCall, output: string) => string;
  /**
   * All calls of a response are answered, the last by this item: the model may go on.
   * @param isLast - without calling functions again
   */
  readonly requestFollowUp: (itemId: string, isLast: boolean) => void;
  /**
   * Adds the result of a call that was given up to the conversation.
   * @returns id of the item that carries it
   */
  readonly sendLate: (call: FunctionCall, output: string) => string;
  /** What is said while calls wait. */
  readonly words: WaitWords;
}

/** Far more than any model reads. */
const MAX_OUTPUT_CHARACTERS = 1_000_000;

/** Runs the calls of one conversation: hands them to the flow, watches the time, gives the results back. */
export class CallRunner {
  readonly #options: CallRunnerOptions;
  readonly #limits: CallLimits;
  readonly #ledger = new ToolCallLedger();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Calls that wait for approval. */
  readonly #unapproved = new Set<string>();
  #refused = 0;

  constructor(options: CallRunnerOptions) {
    this.#options = options;
    this.#limits = new CallLimits(options.limits);
  }

  /** Calls that were not run because of a limit. */
  get refused(): number {
    return this.#refused;
  }

  /** A call waits for its result. */
  get isWaiting(): boolean {
    return this.#ledger.pending.length > 0;
  }

  /** The user said something: what the model does from here on is an answer to that. */
  userTurn(): void {
    this.#limits.userTurn();
  }

  /** @param calls - completed calls of a response that is done */
  run(responseId: string, calls: readonly FunctionCall[]): void {
    const fresh = this.#ledger.open(responseId, calls);
    if (fresh.length > 0) this.#limits.step();
    for (const call of fresh) this.#start(call);
  }

  /**
   * Gives a result back; one that comes late is added to the conversation where its function says so.
   * @param output - text for the model
   * @param wantsFollowUp - false holds the spoken reply to it
   * @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session, or the result too long or impossible to send: then the call may be answered again
   */
  answer(callId: string, output: string, wantsFollowUp: boolean): void {
    const late = this.#ledger.lateCall(callId);
    if (late && this.#options.tools.speaksLate(late.name))
      return this.#answerLate(late, output, wantsFollowUp);
    const call = this.#ledger.pendingCall(callId);
    checkLength(call, output);
    const itemId = this.#options.sendOutput(call, output);
    const { followUp } = this.#ledger.answer(callId, wantsFollowUp);
    this.#close(call, itemId, followUp);
  }

  /**
   * Lets a call run that waits for approval; its time begins anew.
   * @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session, or waits for no approval
   */
  approve(callId: string): void {
    const call = this.#takeUnapproved(callId);
    // A deploy may have taken the function away meanwhile.
    this.#check(call, (args) => this.#handOver(call, args));
  }

  /**
   * Keeps a call from running; the model is told.
   * @param reason - for the model
   * @throws VoiceLiveError as `approve` does
   */
  deny(callId: string, reason: string): void {
    const call = this.#takeUnapproved(callId);
    const { followUp } = this.#ledger.answer(callId, true);
    this.#finish(call, writeError(reason), followUp);
  }

  sessionLost(): void {
    this.#stopTimers();
    this.#ledger.sessionLost();
  }

  close(): void {
    this.#stopTimers();
  }

  #answerLate(
    call: FunctionCall,
    output: string,
    wantsFollowUp: boolean,
  ): void {
    checkLength(call, output);
    const itemId = this.#options.sendLate(call, output);
    this.#ledger.takeLate(call.callId);
    if (wantsFollowUp)
      this.#options.requestFollowUp(itemId, this.#limits.isOver);
  }

  #start(call: FunctionCall): void {
    const { tools, onApproval } = this.#options;
    // The call in question is among those that are open.
    const pending = this.#ledger.pending.length - 1;
    const limit = this.#limits.admit(call.name, performance.now(), pending);
    if (limit) return this.#refuseForLimit(call, limit);
    this.#check(call, (args) => {
      if (!tools.needsApproval(call.name)) return this.#handOver(call, args);
      this.#watch(call, "not approved");
      this.#unapproved.add(call.callId);
      onApproval(call, args);
    });
  }

  #handOver(call: FunctionCall, args: unknown): void {
    // Counted from here, so that a flow which answers at once finds its timers to stop.
    this.#watch(call, "no result");
    const { tools, words } = this.#options;
    const waiting = tools.waitingText(call.name);
    if (waiting) words.begin(call, waiting);
    this.#options.onCall(call, args);
  }

  #check(call: FunctionCall, run: (args: unknown) => void): void {
    try {
      run(this.#options.tools.readArguments(call.name, call.arguments));
    } catch (thrown) {
      this.#refuse(call, toVoiceLiveError(thrown));
    }
  }

  /** The flow hears of it once in a turn, and the model answers once: it could go on calling for ever. */
  #refuseForLimit(call: FunctionCall, fault: VoiceLiveError): void {
    this.#refused++;
    const isFirst = this.#limits.takeLast();
    const { followUp } = this.#ledger.answer(call.callId, isFirst);
    this.#tellModel(call, fault.message, followUp);
    if (isFirst) this.#options.onFault(fault, call);
  }

  /** The model hears the reason, so that it can correct itself or tell the user. */
  #refuse(call: FunctionCall, fault: VoiceLiveError): void {
    const { followUp } = this.#ledger.answer(call.callId, true);
    this.#tellModel(call, fault.message, followUp);
    this.#options.onFault(fault, call);
  }

  #takeUnapproved(callId: string): FunctionCall {
    const call = this.#ledger.pendingCall(callId, "approval");
    if (!this.#unapproved.delete(callId))
      throw new VoiceLiveError(
        "VOICE_LIVE_CALL_UNKNOWN",
        `The function call ${callId.slice(0, 80)} waits for no approval`,
        { nextStep: "Send one «approve» or «deny» for each approval event." },
      );
    this.#stopTimer(callId);
    return call;
  }

  /** @param failing - what is told of a call whose time is over */
  #watch(call: FunctionCall, failing: Failing): void {
    const timeoutMs = this.#options.tools.timeoutMs(call.name);
    if (!timeoutMs) return;
    const timer = setTimeout(
      () => this.#onTimeout(call, failing, `within ${timeoutMs / 1_000} s`),
      timeoutMs,
    );
    this.#timers.set(call.callId, timer);
  }

  #onTimeout(call: FunctionCall, failing: Failing, span: string): void {
    const closed = this.#ledger.timeOut(call.callId);
    if (!closed) return;
    this.#tellModel(call, `${failing} ${span}`, closed.followUp);
    const [verb, nextStep] = UNANSWERED[failing];
    const fault = new VoiceLiveError(
      "VOICE_LIVE_CALL_TIMEOUT",
      `The function ${call.name} ${verb} ${failing} ${span}`,
      { nextStep },
    );
    this.#options.onFault(fault, call);
  }

  /** Nobody asked for this output, so a failure to send it goes to the flow, and not up into a timer. */
  #tellModel(call: FunctionCall, error: string, followUp: boolean): void {
    try {
      this.#finish(call, writeError(error), followUp);
    } catch (thrown) {
      this.#options.onFault(toVoiceLiveError(thrown), call);
    }
  }

  #finish(call: FunctionCall, output: string, followUp: boolean): void {
    this.#stopTimer(call.callId);
    this.#close(call, this.#options.sendOutput(call, output), followUp);
  }

  /** @param itemId - of the item that carries the result */
  #close({ callId }: FunctionCall, itemId: string, followUp: boolean): void {
    this.#stopTimer(callId);
    this.#options.words.end(callId);
    this.#unapproved.delete(callId);
    if (followUp) this.#options.requestFollowUp(itemId, this.#limits.isOver);
  }

  #stopTimer(callId: string): void {
    clearTimeout(this.#timers.get(callId));
    this.#timers.delete(callId);
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#options.words.hush();
    this.#unapproved.clear();
  }
}

type Failing = "no result" | "not approved";

/** How a function whose time is over is told of, and what to do about it. */
const UNANSWERED: Readonly<
  Record<Failing, readonly [verb: string, nextStep: string]>
> = {
  "no result": [
    "gave",
    "The model was told; check that the flow reaches a function result node.",
  ],
  "not approved": [
    "was",
    "The model was told; send the event node's «approval» message to a control node with «approve» or «deny» in time.",
  ],
};

function checkLength({ name }: FunctionCall, output: string): void {
  if (output.length > MAX_OUTPUT_CHARACTERS)
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      `The result of ${name} is longer than ${MAX_OUTPUT_CHARACTERS} characters`,
      { nextStep: "Send the part that the assistant needs." },
    );
}

function writeError(error: string): string {
  return JSON.stringify({ error });
}
