import { BoundedMap } from "../bounded-map";
import type {
  CheckedCall,
  Conversation,
  ConversationHub,
  HubListeners,
  VoiceLiveError,
} from "../client";
import { GenerationGate, type VoiceAge } from "../soundcard/generation-gate";
import type { NodeMessage, PageState } from "./page-protocol";
import type { TalkPage } from "./page-server";

/** Calls that pages have been shown; of older ones no result comes. */
const MAX_CALLS = 500;
/** Pages whose users may ask for another conversation; who has not asked by then has to pause. */
const MAX_ENDED = 1_000;

export interface ViewOptions {
  readonly hub: ConversationHub;
  /** Pages that what is said in this conversation goes to. */
  readonly pagesOf: (conversation: Conversation) => readonly TalkPage[];
  /** All that are open. */
  readonly pages: () => readonly TalkPage[];
  /** Who has the pages open runs Node-RED; others are told the code of a fault alone. */
  readonly isOperator: boolean;
}

/** Shows on pages what goes on in their conversations: state, words, calls, latency, interruptions. */
export class ConversationView {
  readonly #options: ViewOptions;
  readonly #flushes = new WeakMap<TalkPage, PageFlushes>();
  readonly #states = new WeakMap<TalkPage, PageState>();
  /** Conversations in which pages have a part: what is said may go to another page of the same one alone. */
  readonly #conversations = new WeakMap<TalkPage, Conversation>();
  /** Pages that were told that they are recorded. */
  readonly #recorded = new WeakSet<TalkPage>();
  /** Code of the fault that a page was told last, until its conversation is well again. */
  readonly #faults = new WeakMap<TalkPage, string>();
  /** By conversation and call. */
  readonly #calls = new Set<string>();
  /** Keys of conversations that were ended for their pages, by page: a session may know its callers by something else. */
  readonly #endedKeys = new BoundedMap<string, string>(MAX_ENDED);
  readonly #remove: () => void;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#remove = options.hub.listen(this.#listeners());
  }

  close(): void {
    this.#remove();
  }

  /** Tells a page that has just been opened how its conversation stands. */
  greet(page: TalkPage, conversation: Conversation | undefined): void {
    if (conversation) this.#showConversation(page, conversation);
    else this.#showState(page, "idle");
  }

  /** The user of a page asks for another conversation on purpose, where the last one was ended: no pause is needed. */
  allowAgain({ id }: TalkPage): void {
    const key = this.#endedKeys.get(id);
    if (key === undefined) return;
    this.#endedKeys.delete(id);
    this.#options.hub.allowAgain(key);
  }

  /** Pages show this call already. */
  knowsCall(conversation: string, callId: string): boolean {
    return this.#calls.has(`${conversation} ${callId}`);
  }

  /**
   * Sound of an interrupted reply may still be on its way.
   * @returns false when it is not to be heard any more
   */
  isCurrent(page: TalkPage, age: VoiceAge): boolean {
    return this.#flushesOf(page).isCurrent(age);
  }

  /** Stops what a page plays, once for each interruption, by however many ways it is told. */
  flush(page: TalkPage, age: VoiceAge): void {
    this.#flushesOf(page).flush(age);
  }

  /** Why what a page wants cannot be done. */
  showFault(page: TalkPage, { code, message }: VoiceLiveError): void {
    const text = this.#options.isOperator ? message : code;
    page.send({ type: "notice", level: "error", text });
  }

  /** A connection that is tried again and again has the same fault each time. */
  #showOnce(page: TalkPage, fault: VoiceLiveError): void {
    if (this.#faults.get(page) === fault.code) return;
    this.#faults.set(page, fault.code);
    this.showFault(page, fault);
  }

  #flushesOf(page: TalkPage): PageFlushes {
    const flushes = this.#flushes.get(page) ?? new PageFlushes(page);
    this.#flushes.set(page, flushes);
    return flushes;
  }

  #listeners(): HubListeners {
    const { pagesOf } = this.#options;
    return {
      transcript: (conversation, { who, text, isFinal, itemId, heard }) =>
        this.#show(conversation, {
          type: "transcript",
          id: itemId,
          who,
          text,
          final: isFinal,
          ...(heard !== undefined && { heard }),
        }),
      call: (conversation, call) => this.#showCall(conversation, call),
      answered: (conversation, { callId, output }) =>
        this.#show(conversation, {
          type: "call-result",
          id: callId,
          output,
          failed: false,
        }),
      callFault: (conversation, { code }, { callId }) =>
        this.#show(conversation, {
          type: "call-result",
          id: callId,
          output: code,
          failed: true,
        }),
      interrupted: (conversation) => {
        for (const page of pagesOf(conversation))
          this.flush(page, ageOf(conversation));
      },
      life: (conversation, { kind, payload }) => {
        const turn = kind === "turn" ? turnMessage(payload) : undefined;
        if (turn) this.#show(conversation, turn);
      },
      status: (conversation) => {
        for (const page of pagesOf(conversation)) {
          this.#showConversation(page, conversation);
          if (conversation.state.name === "ready") this.#faults.delete(page);
        }
      },
      recorded: (conversation) => {
        for (const page of this.#pagesIn(conversation))
          this.#showRecorded(page, conversation);
      },
      fault: (conversation, fault) => {
        for (const page of pagesOf(conversation)) this.#showOnce(page, fault);
      },
      ended: (conversation, reason) => {
        for (const page of this.#pagesIn(conversation)) {
          this.#showState(page, "idle");
          if (reason !== "operator" && reason !== "limit") continue;
          this.#endedKeys.set(page.id, conversation.key);
          closeEnded(page);
        }
      },
    };
  }

  #showCall(conversation: Conversation, call: CheckedCall): void {
    const { callId, name, args } = call;
    this.#calls.add(`${conversation.key} ${callId}`);
    const [oldest] = this.#calls;
    if (this.#calls.size > MAX_CALLS && oldest !== undefined)
      this.#calls.delete(oldest);
    this.#show(conversation, {
      type: "call",
      id: callId,
      name,
      arguments: args,
    });
  }

  #showConversation(page: TalkPage, conversation: Conversation): void {
    this.#conversations.set(page, conversation);
    this.#showState(page, stateOf(conversation));
    this.#showRecorded(page, conversation);
    const { state } = conversation;
    if ("fault" in state) this.#showOnce(page, state.fault);
  }

  #showRecorded(page: TalkPage, conversation: Conversation): void {
    const isRecorded = this.#options.hub.isRecorded(conversation);
    if (isRecorded === this.#recorded.has(page)) return;
    if (isRecorded) this.#recorded.add(page);
    else this.#recorded.delete(page);
    page.send({ type: "recorded", isRecorded });
  }

  #pagesIn(conversation: Conversation): readonly TalkPage[] {
    return this.#options
      .pages()
      .filter((page) => this.#conversations.get(page) === conversation);
  }

  #showState(page: TalkPage, state: PageState): void {
    if (this.#states.get(page) === state) return;
    this.#states.set(page, state);
    page.send({ type: "state", state });
  }

  #show(conversation: Conversation, message: NodeMessage): void {
    for (const page of this.#options.pagesOf(conversation)) page.send(message);
  }
}

/** Its conversation was ended: an open microphone would go on for nobody. */
export function closeEnded(page: TalkPage): void {
  page.close("ended", "Its conversation was ended");
}

/** Keeps a page from hearing what was interrupted, and from being told of one interruption twice. */
class PageFlushes {
  readonly #page: TalkPage;
  readonly #gate = new GenerationGate();
  #flushed = "";

  constructor(page: TalkPage) {
    this.#page = page;
  }

  isCurrent(age: VoiceAge): boolean {
    const verdict = this.#gate.judge(age);
    if (verdict === "newer") this.#flush(age);
    return verdict !== "stale";
  }

  flush(age: VoiceAge): void {
    if (this.#gate.judge(age) !== "stale") this.#flush(age);
  }

  #flush({ conversation, sessionId, generation }: VoiceAge): void {
    const flushed = `${conversation} ${sessionId} ${generation}`;
    if (flushed === this.#flushed) return;
    this.#flushed = flushed;
    this.#page.flush();
  }
}

function ageOf({ key, sessionId, generation }: Conversation): VoiceAge {
  return { conversation: key, sessionId, generation };
}

/** @returns undefined for a turn that nobody waited for, and for one that made no sound */
export function turnMessage(
  payload: Readonly<Record<string, unknown>>,
): NodeMessage | undefined {
  const latencyMs = payload["eot_to_first_out_ms"];
  return typeof latencyMs === "number" && Number.isFinite(latencyMs)
    ? { type: "turn", latencyMs }
    : undefined;
}

function stateOf({ state, phase }: Conversation): PageState {
  switch (state.name) {
    case "idle":
      return "idle";
    case "connecting":
    case "configuring":
      return "connecting";
    case "waiting":
      return "reconnecting";
    case "stopped":
      return "stopped";
    case "ready":
      return READY[phase];
  }
}

const READY = {
  idle: "listening",
  listening: "user-speaking",
  thinking: "thinking",
  speaking: "speaking",
} as const;
