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

type CallState = "pending" | "answered" | "timedOut" | "stale";

interface Batch {
  readonly responseId: string;
  readonly pending: Set<string>;
  wantsFollowUp: boolean;
}

interface Entry {
  call: FunctionCall;
  readonly batch: Batch;
  state: CallState;
}

/** Closed calls are remembered to name a late or second result; old ones only cost memory. */
const MAX_REMEMBERED = 500;

/**
 * Which calls wait for a result (design.md §5.3). All calls of one response are answered before one follow-up
 * is asked for.
 */
export class ToolCallLedger {
  readonly #entries = new Map<string, Entry>();

  /** @returns the calls that are new; a repeated call id is not run twice */
  open(
    responseId: string,
    calls: readonly FunctionCall[],
  ): readonly FunctionCall[] {
    const unique = new Map(calls.map((call) => [call.callId, call]));
    const fresh = [...unique.values()].filter(
      (call) => !this.#entries.has(call.callId),
    );
    const batch: Batch = {
      responseId,
      pending: new Set(fresh.map((call) => call.callId)),
      wantsFollowUp: false,
    };
    for (const call of fresh)
      this.#entries.set(call.callId, { call, batch, state: "pending" });
    this.#forgetOldest();
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

  /** @throws VoiceLiveError as `answer` does */
  pendingCall(callId: string): FunctionCall {
    return this.#pendingEntry(callId).call;
  }

  /** @returns the call when it was given up, or its session has ended, before its result came */
  lateCall(callId: string): FunctionCall | undefined {
    const entry = this.#entries.get(callId);
    const isLate = entry?.state === "timedOut" || entry?.state === "stale";
    return isLate ? entry.call : undefined;
  }

  /** The late result was taken after all; there is no second one. */
  takeLate(callId: string): void {
    const entry = this.#entries.get(callId);
    if (entry) this.#close(entry, "answered", false);
  }

  /** @returns undefined when the call was answered meanwhile */
  timeOut(
    callId: string,
  ): { call: FunctionCall; followUp: boolean } | undefined {
    const entry = this.#entries.get(callId);
    if (entry?.state !== "pending") return undefined;
    const { call } = entry;
    return { call, followUp: this.#close(entry, "timedOut", true) };
  }

  /** The socket that asked is gone; results that still come are late. */
  sessionLost(): void {
    for (const entry of this.#entries.values())
      if (entry.state === "pending") entry.state = "stale";
  }

  get pending(): readonly FunctionCall[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.state === "pending")
      .map((entry) => entry.call);
  }

  #pendingEntry(callId: string): Entry {
    const entry = this.#entries.get(callId);
    if (!entry)
      throw refusal(
        "VOICE_LIVE_CALL_UNKNOWN",
        callId,
        "is not known",
        "Keep msg.voice as the function call node sent it.",
      );
    if (entry.state === "answered")
      throw refusal(
        "VOICE_LIVE_CALL_ANSWERED",
        callId,
        "has had its result",
        "Send one result for each call.",
      );
    if (entry.state === "timedOut")
      throw refusal(
        "VOICE_LIVE_CALL_LATE",
        callId,
        "was given up before its result came",
        "Answer sooner, or raise the time limit of the function node.",
      );
    if (entry.state === "stale")
      throw refusal(
        "VOICE_LIVE_CALL_LATE",
        callId,
        "belongs to a session that has ended",
        "Nothing: the model asks again if it still needs the answer.",
      );
    return entry;
  }

  #close(entry: Entry, state: CallState, wantsFollowUp: boolean): boolean {
    entry.state = state;
    // What is remembered is the name; the arguments can be long.
    entry.call = { ...entry.call, arguments: "" };
    entry.batch.pending.delete(entry.call.callId);
    entry.batch.wantsFollowUp ||= wantsFollowUp;
    return entry.batch.pending.size === 0 && entry.batch.wantsFollowUp;
  }

  #forgetOldest(): void {
    for (const [callId, entry] of this.#entries) {
      if (this.#entries.size <= MAX_REMEMBERED) return;
      if (entry.state !== "pending") this.#entries.delete(callId);
    }
  }
}

function refusal(
  code:
    | "VOICE_LIVE_CALL_UNKNOWN"
    | "VOICE_LIVE_CALL_ANSWERED"
    | "VOICE_LIVE_CALL_LATE",
  callId: string,
  fault: string,
  nextStep: string,
): VoiceLiveError {
  return new VoiceLiveError(
    code,
    `The function call ${callId.slice(0, 80)} ${fault}`,
    { nextStep },
  );
}
