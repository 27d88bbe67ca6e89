import { toVoiceLiveError, type VoiceLiveError } from "./errors";
import { exactSpeech } from "./exact-speech";
import type { ResponseRequest } from "./response-sequencer";
import type { FunctionCall } from "./tool-calls";

/** What is said while a call waits, and after how long. */
export interface WaitingText {
  readonly text: string;
  readonly afterMs: number;
}

export interface WaitWordsOptions {
  readonly request: (request: ResponseRequest) => void;
  /** The request is not wanted any more, if it still waits. */
  readonly withdraw: (request: ResponseRequest) => void;
  /** A text could not be asked for. */
  readonly onFault: (fault: VoiceLiveError, call: FunctionCall) => void;
}

interface Wait {
  readonly call: FunctionCall;
  readonly timer: NodeJS.Timeout;
  request: ResponseRequest | undefined;
}

/** What the assistant says while function calls wait for their results: at most one text for the calls of one response. */
export class WaitWords {
  readonly #options: WaitWordsOptions;
  readonly #waits = new Map<string, Wait>();

  constructor(options: WaitWordsOptions) {
    this.#options = options;
  }

  begin(call: FunctionCall, { text, afterMs }: WaitingText): void {
    const timer = setTimeout(() => this.#say(call, text), afterMs);
    this.#waits.set(call.callId, { call, timer, request: undefined });
  }

  /** The call waits no longer; what is being said is said to its end. */
  end(callId: string): void {
    const wait = this.#waits.get(callId);
    if (!wait) return;
    clearTimeout(wait.timer);
    if (wait.request) this.#options.withdraw(wait.request);
    this.#waits.delete(callId);
  }

  /** The user speaks, or nobody is there to listen: the waits of now stay silent. */
  hush(): void {
    for (const callId of this.#waits.keys()) this.end(callId);
  }

  /** Runs in a timer: what is thrown here would end the process. */
  #say(call: FunctionCall, text: string): void {
    this.#hushOthers(call);
    const request = { itemIds: [], params: exactSpeech(text) };
    const wait = this.#waits.get(call.callId);
    if (wait) wait.request = request;
    try {
      this.#options.request(request);
    } catch (thrown) {
      this.#options.onFault(toVoiceLiveError(thrown), call);
    }
  }

  #hushOthers({ callId, responseId }: FunctionCall): void {
    for (const { call } of this.#waits.values())
      if (call.responseId === responseId && call.callId !== callId)
        this.end(call.callId);
  }
}
