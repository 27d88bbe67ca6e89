import {
  createId,
  type ResponseCreateParams,
  type ResponseSession,
  type ServerEvent,
  type TokenUsage,
} from "../protocol";
import { durationMs, type Sound } from "./audio-format";
import type { Answer, Behaviour, ResponseContext } from "./behaviour";
import type { ConversationItems, StoredItem } from "./conversation-items";
import { type ItemContext, readRequestItem } from "./item-schema";
import type { McpCallWriter } from "./mcp-call-writer";
import { invalidValue, RequestFault } from "./request-fault";
import { RateLimits } from "./rate-limits";
import { createResponseContext } from "./response-context";
import { type ResponseHost, ResponseRun } from "./response-runner";
import type { SessionSettings } from "./session-settings";
import {
  addToLedger,
  EMPTY_LEDGER,
  inputTokens,
  type UsageLedger,
} from "./usage";

export interface ResponderOptions {
  readonly items: ConversationItems;
  readonly settings: SessionSettings;
  /** Asked in order; the first answer counts. */
  readonly behaviours: readonly Behaviour[];
  readonly itemContext: ItemContext;
  readonly speed: number;
  /** Whether `response.create` ends a running response instead of failing. @see protocol.md §9.1, §16 */
  readonly cancelPrevious: boolean;
  /** Whether the result of an MCP call is answered without a `response.create`. @see protocol.md §12 E, §16 */
  readonly mcpFollowsUp: boolean;
  /** Told with what is left of it at the start of each response; `undefined` tells nothing. */
  readonly tokensPerMinute: number | undefined;
  readonly send: (event: ServerEvent) => void;
  readonly speak: (text: string) => Sound;
  readonly close: (code: number, reason: string) => void;
  readonly drop: () => void;
  /** Called after each response of the conversation. */
  readonly answered: () => void;
}

/** Runs responses: one at a time in the conversation, any number beside it. */
export class Responder {
  readonly conversationId = createId("conv");
  readonly #options: ResponderOptions;
  readonly #host: ResponseHost;
  readonly #outOfBand = new Set<ResponseRun>();
  /** MCP calls that wait for the client's word, by approval request. */
  readonly #approvals = new Map<string, McpCallWriter>();
  readonly #rateLimits: RateLimits | undefined;
  #active: ResponseRun | undefined;
  #isTurnWaiting = false;
  #newest: ResponseRun | undefined;
  #hasSpoken = false;
  #isClosed = false;
  #ledger = EMPTY_LEDGER;

  constructor(options: ResponderOptions) {
    this.#options = options;
    const { tokensPerMinute } = options;
    if (tokensPerMinute !== undefined)
      this.#rateLimits = new RateLimits(tokensPerMinute);
    this.#host = {
      send: options.send,
      speak: options.speak,
      close: options.close,
      drop: options.drop,
      awaitApproval: (requestId, call) => this.#approvals.set(requestId, call),
      store: (stored) => options.items.insert(stored) ?? null,
      finished: (response, usage) => this.#finished(response, usage),
    };
  }

  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** Whether any audio has gone out, which locks the voice. @see protocol.md §15.7 */
  get hasSpoken(): boolean {
    return this.#hasSpoken || this.#newest?.firstAudioAt !== undefined;
  }

  get usage(): UsageLedger {
    return this.#ledger;
  }

  /**
   * Answers `response.create`.
   * @throws RequestFault when one is active or an override is refused
   */
  create(request: ResponseCreateParams, additionalInstructions = ""): void {
    const isOutOfBand = request.conversation === "none";
    const settings = this.#effectiveSettings(request, additionalInstructions);
    const prepared = this.#prepare(request, settings);
    if (this.#active && !isOutOfBand) this.#makeRoom(this.#active);
    this.#run(request, settings, prepared);
  }

  /** Answers a turn that was found by detection, after the running response if there is one. */
  answerTurn(): void {
    if (this.#active) this.#isTurnWaiting = true;
    else
      this.#run(
        {},
        this.#options.settings.current,
        this.#prepare({}, this.#options.settings.current),
      );
  }

  /** @returns whether an MCP call waits for the client's word on this request */
  awaitsApproval(requestId: string): boolean {
    return this.#approvals.has(requestId);
  }

  /** The client's word on an MCP call. @see protocol.md §12 E */
  approve(requestId: string, isApproved: boolean): void {
    const call = this.#approvals.get(requestId);
    this.#approvals.delete(requestId);
    if (isApproved) call?.approve();
    else call?.deny();
    if (this.#options.mcpFollowsUp) this.answerTurn();
  }

  /** @throws RequestFault when there is no such response */
  cancel(responseId: string | null | undefined): void {
    const response = this.#find(responseId);
    if (!response) {
      throw new RequestFault(
        "response_cancel_not_active",
        "Cancellation failed: no active response found.",
        responseId ? "response_id" : null,
      );
    }
    response.cancel("client_cancelled");
  }

  /** The user speaks: ends the conversation's response. */
  interrupt(): void {
    this.#isTurnWaiting = false;
    this.#active?.cancel("turn_detected");
  }

  /**
   * The newest message that a listener who started at once is still hearing.
   * @returns the item and how much of it was heard, whole ms
   */
  stillPlaying():
    { readonly stored: StoredItem; readonly heardMs: number } | undefined {
    const startedAt = this.#newest?.firstAudioAt;
    const stored = this.#newest?.output.findLast(
      ({ sound }) => sound !== undefined,
    );
    if (startedAt === undefined || !stored?.sound) return undefined;
    const heardMs = Math.floor(performance.now() - startedAt);
    return heardMs < durationMs(stored.sound) ? { stored, heardMs } : undefined;
  }

  /** Ends everything silently, because the socket is gone. */
  close(): void {
    this.#isClosed = true;
    this.#isTurnWaiting = false;
    this.#active?.abandon();
    for (const response of this.#outOfBand) response.abandon();
  }

  #makeRoom(active: ResponseRun): void {
    if (!this.#options.cancelPrevious) {
      throw new RequestFault(
        "conversation_already_has_active_response",
        `Conversation already has an active response in progress: ${active.id}. Wait until the response is finished before creating a new one.`,
      );
    }
    active.cancel("client_cancelled");
  }

  #find(responseId: string | null | undefined): ResponseRun | undefined {
    if (!responseId) return this.#active;
    if (this.#active?.id === responseId) return this.#active;
    return [...this.#outOfBand].find(({ id }) => id === responseId);
  }

  #effectiveSettings(
    request: ResponseCreateParams,
    additionalInstructions: string,
  ): ResponseSession {
    const { current } = this.#options.settings;
    const effective: ResponseSession = { ...current };
    for (const [name, value] of Object.entries(request)) {
      if (value === undefined || value === null) continue;
      this.#options.settings.check(name, value, "response");
      const setting = OVERRIDES.get(name);
      if (setting !== undefined) Object.assign(effective, { [setting]: value });
    }
    this.#options.settings.checkModel(effective, "response");
    const instructions = [
      effective.instructions ?? "",
      additionalInstructions,
    ].filter((text) => text !== "");
    return { ...effective, instructions: instructions.join("\n") };
  }

  #prepare(request: ResponseCreateParams, settings: ResponseSession): Prepared {
    const given = request.input_items?.map((item) => this.#readItem(item));
    const added =
      request.append_input_items?.map((item) => this.#readItem(item)) ?? [];
    const items = [...(given ?? this.#options.items.all), ...added];
    const message = request.pre_generated_assistant_message;
    const spoken =
      message === undefined || message === null
        ? undefined
        : [{ say: preGeneratedText(message) }];
    return {
      items,
      answer: spoken,
      context: createResponseContext(items, settings, request),
    };
  }

  #readItem(item: Parameters<typeof readRequestItem>[0]): StoredItem {
    return readRequestItem(item, this.#options.itemContext);
  }

  #run(
    request: ResponseCreateParams,
    settings: ResponseSession,
    prepared: Prepared,
  ): void {
    // What the client still says while its socket closes is not answered.
    if (this.#isClosed) return;
    const response = new ResponseRun(this.#host, {
      conversationId: this.conversationId,
      settings,
      request,
      inputTokens: inputTokens(prepared.items, settings),
      speed: this.#options.speed,
    });
    if (request.conversation === "none") this.#outOfBand.add(response);
    else this.#active = this.#newest = response;
    // Its own errors end the response as failed, so there is nothing left to catch.
    void response.start(() => {
      this.#tellRateLimits();
      return prepared.answer ?? this.#decide(prepared.context);
    });
  }

  #tellRateLimits(): void {
    if (!this.#rateLimits) return;
    this.#options.send({
      type: "rate_limits.updated",
      rate_limits: this.#rateLimits.describe(),
    });
  }

  #decide(context: ResponseContext): Answer {
    for (const behaviour of this.#options.behaviours) {
      const answer = behaviour(context);
      if (answer) return answer;
    }
    return [];
  }

  #finished(response: ResponseRun, usage: TokenUsage | undefined): void {
    this.#hasSpoken ||= response.firstAudioAt !== undefined;
    if (usage) this.#ledger = addToLedger(this.#ledger, usage);
    this.#rateLimits?.use(usage?.total_tokens ?? 0);
    if (this.#outOfBand.delete(response)) return;
    this.#active = undefined;
    if (this.#isClosed) return;
    this.#options.answered();
    this.#isTurnWaiting ||=
      this.#options.mcpFollowsUp && response.endsWithMcpCall;
    if (!this.#isTurnWaiting) return;
    this.#isTurnWaiting = false;
    this.answerTurn();
  }
}

interface Prepared {
  readonly items: readonly StoredItem[];
  readonly answer: Answer | undefined;
  readonly context: ResponseContext;
}

/** Members of `response.create` that replace a setting once, and which. @see protocol.md §9.1, §15.13 */
const OVERRIDES: ReadonlyMap<string, string> = new Map([
  ...[
    "modalities",
    "instructions",
    "voice",
    "output_audio_format",
    "tools",
    "tool_choice",
    "temperature",
    "reasoning_effort",
    "interim_response",
    "animation",
  ].map((name) => [name, name] as const),
  ["max_output_tokens", "max_response_output_tokens"],
  ["max_response_output_tokens", "max_response_output_tokens"],
]);

function preGeneratedText(
  message: NonNullable<ResponseCreateParams["pre_generated_assistant_message"]>,
): string {
  const [part, ...others] = Array.isArray(message.content)
    ? message.content
    : [];
  if (
    part?.type !== "text" ||
    typeof part.text !== "string" ||
    others.length > 0
  ) {
    throw invalidValue(
      "response.pre_generated_assistant_message.content",
      "exactly one text part",
      message.content,
    );
  }
  return part.text;
}
