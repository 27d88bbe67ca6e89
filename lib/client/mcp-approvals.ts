import { VoiceLiveError } from "./errors";

type State = "pending" | "answered" | "stale";

/** Closed requests are remembered to name a late or second word; old ones only cost memory. */
const MAX_REMEMBERED = 100;

/** MCP calls that wait for the flow's word (protocol.md §12 E). */
export class McpApprovals {
  readonly #requests = new Map<string, State>();

  get isWaiting(): boolean {
    return [...this.#requests.values()].includes("pending");
  }

  /** @returns false for a request that is known: the service tells of its items more than once */
  open(requestId: string): boolean {
    if (this.#requests.has(requestId)) return false;
    this.#requests.set(requestId, "pending");
    for (const [oldest, state] of this.#requests) {
      if (this.#requests.size <= MAX_REMEMBERED) break;
      if (state !== "pending") this.#requests.delete(oldest);
    }
    return true;
  }

  /** @throws VoiceLiveError when the request is unknown, was answered, or belongs to an earlier session */
  answer(requestId: string): void {
    const state = this.#requests.get(requestId);
    if (state !== "pending") throw refusal(requestId, state);
    this.#requests.set(requestId, "answered");
  }

  sessionLost(): void {
    for (const [requestId, state] of this.#requests)
      if (state === "pending") this.#requests.set(requestId, "stale");
  }
}

function refusal(
  requestId: string,
  state: "answered" | "stale" | undefined,
): VoiceLiveError {
  const what = `The approval request ${requestId.slice(0, 80)}`;
  if (state === "answered")
    return new VoiceLiveError(
      "VOICE_LIVE_CALL_ANSWERED",
      `${what} has had its answer`,
      { nextStep: "Send one «approve» or «deny» for each." },
    );
  if (state === "stale")
    return new VoiceLiveError(
      "VOICE_LIVE_CALL_LATE",
      `${what} belongs to a session that has ended`,
      {
        nextStep:
          "Nothing needs to be done: the model asks again if it still needs it.",
      },
    );
  return new VoiceLiveError("VOICE_LIVE_CALL_UNKNOWN", `${what} is not known`, {
    nextStep: "Keep msg.voice as the event node sent it.",
  });
}
