import { VoiceLiveError } from "./errors";

/** A call the model made, as its response ended. */
export interface FunctionCall {
  readonly callId: string;
  readonly itemId: string;
  readonly responseId: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

/** A call whose result nobody waits for any more, but whose result may still come. */
interface Late {
  readonly why: "timedOut" | "stale";
  /** Its arguments, which can be long, are left out. */
  readonly call: FunctionCall;
}

/** What a call waits for. */
type Expected = "result" | "approval";

interface Batch {
  readonly responseId: string;
  readonly pending: Set<string>;
  wantsFollowUp: boolean;
}

interface Entry {
  readonly call: FunctionCall;
  readonly batch: Batch;
}

/** Closed calls are remembered to name a late or second result; old ones only cost memory. */
const MAX_REMEMBERED = 500;

/**
 * Which calls wait for a result (design.md §5.3). All calls of one response are answered before one follow-up
 * is asked for.
 */
export class ToolCallLedger {
  readonly #pending = new Map<string, Entry>();
  /** Of an answered call, as nearly all are, no more than its id: a long talk makes hundreds. */
  readonly #closed = new Map<string, "answered" | Late>();

  /** @returns the calls that are new; a repeated call id is not run twice */
  open(
    responseId: string,
    calls: readonly FunctionCall[],
  ): readonly FunctionCall[] {
    const unique = new Map(calls.map((call) => [call.callId, call]));
    const fresh = [...unique.values()].filter(
      ({ callId }) => !this.#pending.has(callId) && !this.#closed.has(callId),
    );
    const batch: Batch = {
      responseId,
      pending: new Set(fresh.map((call) => call.callId)),
      wantsFollowUp: false,
    };
    for (const call of fresh) this.#pending.set(call.callId, { call, batch });
    return fresh;
  }

  /**
   * Takes a result.
   * @param wantsFollowUp - false holds the reply to it
   * @returns the call, and whether a follow-up response is to be asked for
   * @throws VoiceLiveError when the call is unknown, was answered, timed out, or belongs to an earlier session
   */
  answer(
    callId: string,
    wantsFollowUp: boolean,
  ): { call: FunctionCall; followUp: boolean } {
    const entry = this.#pendingEntry(callId);
    const { call } = entry;
    return { call, followUp: this.#close(entry, "answered", wantsFollowUp) };
  }

  /**
   * @param expected - what the flow means to answer with
   * @throws VoiceLiveError as `answer` does
   */
  pendingCall(callId: string, expected: Expected = "result"): FunctionCall {
    return this.#pendingEntry(callId, expected).call;
  }

  /** @returns the call when it was given up, or its session has ended, before its result came */
  lateCall(callId: string): FunctionCall | undefined {
    const closed = this.#closed.get(callId);
    return closed === "answered" ? undefined : closed?.call;
  }

  /** The late result was taken after all; there is no second one. */
  takeLate(callId: string): void {
    if (this.#closed.has(callId)) this.#closed.set(callId, "answered");
  }

  /** @returns undefined when the call was answered meanwhile */
  timeOut(
    callId: string,
  ): { call: FunctionCall; followUp: boolean } | undefined {
    const entry = this.#pending.get(callId);
    if (!entry) return undefined;
    const { call } = entry;
    return { call, followUp: this.#close(entry, "timedOut", true) };
  }

  /** The socket that asked is gone; results that still come are late. */
  sessionLost(): void {
    for (const { call } of this.#pending.values())
      this.#remember(call, "stale");
  }

  get pending(): readonly FunctionCall[] {
    return [...this.#pending.values()].map(({ call }) => call);
  }

  #pendingEntry(callId: string, expected: Expected = "result"): Entry {
    const entry = this.#pending.get(callId);
    if (!entry) throw refusal(callId, this.#closed.get(callId), expected);
    return entry;
  }

  #close(
    { call, batch }: Entry,
    end: "answered" | Late["why"],
    wantsFollowUp: boolean,
  ): boolean {
    this.#remember(call, end);
    batch.pending.delete(call.callId);
    batch.wantsFollowUp ||= wantsFollowUp;
    return batch.pending.size === 0 && batch.wantsFollowUp;
  }

  #remember(call: FunctionCall, end: "answered" | Late["why"]): void {
    this.#pending.delete(call.callId);
    this.#closed.set(
      call.callId,
      end === "answered" ? end : { why: end, call: { ...call, arguments: "" } },
    );
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > MAX_REMEMBERED) this.#closed.delete(oldest ?? "");
  }
}

const NEXT_STEPS = {
  result: {
    answered: "Send one result for each call.",
    unknown: "Keep msg.voice as the function call node sent it.",
  },
  approval: {
    answered: "Send one «approve» or «deny» for each approval event.",
    unknown: "Keep msg.voice as the event node sent it.",
  },
} as const;

function refusal(
  callId: string,
  closed: "answered" | Late | undefined,
  expected: Expected,
): VoiceLiveError {
  const what = `The function call ${callId.slice(0, 80)}`;
  if (closed === "answered")
    return new VoiceLiveError(
      "VOICE_LIVE_CALL_ANSWERED",
      `${what} has had its ${expected === "result" ? "result" : "answer"}`,
      { nextStep: NEXT_STEPS[expected].answered },
    );
  if (closed?.why === "timedOut")
    return new VoiceLiveError(
      "VOICE_LIVE_CALL_LATE",
      `${what} was given up before its result came`,
      {
        nextStep:
          "Answer sooner, or raise the time limit of the function node.",
      },
    );
  if (closed?.why === "stale")
    return new VoiceLiveError(
      "VOICE_LIVE_CALL_LATE",
      `${what} belongs to a session that has ended`,
      {
        nextStep:
          "Nothing needs to be done: the model asks again if it still needs the answer.",
      },
    );
  return new VoiceLiveError("VOICE_LIVE_CALL_UNKNOWN", `${what} is not known`, {
    nextStep: NEXT_STEPS[expected].unknown,
  });
}
