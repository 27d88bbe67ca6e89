import {
  createId,
  type ClientEvent,
  type RequestItem,
  type ResponseItem,
  type ServerErrorDetails,
  type VoiceLiveResponse,
} from "../protocol";
import type { CallLimitOptions } from "./call-limits";
import { CallRunner } from "./call-runner";
import type { CheckedCall } from "./conversation-events";
import { toVoiceLiveError, type VoiceLiveError } from "./errors";
import { lateResult } from "./late-result";
import { isOutOfBand, OutOfBand } from "./out-of-band";
import { Outbox } from "./outbox";
import { ResponseSequencer, type ResponseRequest } from "./response-sequencer";
import type { FunctionCall } from "./tool-calls";
import { TextStreams } from "./text-streams";
import type { ToolBox } from "./tools";
import { WaitWords } from "./wait-words";

export interface TurnsOptions {
  readonly tools: ToolBox;
  readonly callLimits: CallLimitOptions;
  readonly isReady: () => boolean;
  /** @throws VoiceLiveError when no session is there or on its way */
  readonly requireConnecting: () => void;
  /** Sends to the present session. @returns the event id */
  readonly send: (event: ClientEvent) => string;
  /** When the service said something of a response last, on the clock of `performance.now()`. */
  readonly progressAt: () => number;
  /** A call with checked arguments is for the flow to answer. */
  readonly onCall: (call: CheckedCall) => void;
  /** A call with checked arguments is for the flow to approve first. */
  readonly onApproval: (call: CheckedCall) => void;
  /** A call that never reaches the flow, or was not answered in time. */
  readonly onCallFault: (fault: VoiceLiveError, call: FunctionCall) => void;
  readonly onFault: (fault: VoiceLiveError) => void;
  /** The service has all of a text that came in pieces. */
  readonly onTextComplete: (itemId: string, text: string) => void;
  /** Something was asked for or given up outside an event of the service. */
  readonly onChanged: () => void;
}

/** What a response that begins is. */
export interface Beginning {
  /** Beside the conversation. */
  readonly isOutOfBand: boolean;
  /** An interrupt by flow overtook it, so that nothing of it may be heard. */
  readonly isCancelled: boolean;
}

/**
 * Who speaks next (design.md §5.3): items on their way to the service, the responses that are asked for, and the
 * function calls that wait for results.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #sequencer: ResponseSequencer;
  readonly #calls: CallRunner;
  readonly #words: WaitWords;
  readonly #outbox = new Outbox();
  readonly #streams: TextStreams;
  readonly #outOfBand: OutOfBand;
  #isFinishing = false;
  /** Of the last answer of a model that goes round in circles. */
  #lastAnswer: ResponseRequest | undefined;
  /** By length of the wait: only the newest of each kind is waited for. */
  readonly #wakes = new Map<number, NodeJS.Timeout>();

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#sequencer = new ResponseSequencer(
      {
        send: (eventId, request) => this.#sendRequest(eventId, request),
        cancel: (responseId) =>
          this.#tell({ type: "response.cancel", response_id: responseId }),
        wakeIn: (ms) => this.#wakeIn(ms),
        progressAt: options.progressAt,
      },
      () => createId("event"),
    );
    this.#streams = new TextStreams({
      isReady: options.isReady,
      send: (event) => options.send(event),
      onComplete: options.onTextComplete,
    });
    this.#outOfBand = new OutOfBand({
      createEventId: () => createId("event"),
      send: (eventId, request) => this.#sendRequest(eventId, request),
    });
    this.#words = new WaitWords({
      request: (request) => this.request(request),
      withdraw: (request) => this.#sequencer.withdraw(request),
      onFault: options.onCallFault,
    });
    this.#calls = new CallRunner({
      tools: options.tools,
      limits: options.callLimits,
      onCall: (call, args) => options.onCall({ ...call, args }),
      onApproval: (call, args) => options.onApproval({ ...call, args }),
      onFault: options.onCallFault,
      sendOutput: (call, output) => this.#submitOutput(call, output),
      requestFollowUp: (itemId, isLast) => this.#followUp(itemId, isLast),
      sendLate: (call, output) => this.#submitLate(call, output),
      words: this.#words,
    });
  }

  /** A response is running, asked for, expected or waiting to be asked for. */
  get isBusy(): boolean {
    return this.#sequencer.isBusy;
  }

  /** Nothing is under way that only the present session knows of. */
  get isSettled(): boolean {
    return !this.isBusy && this.#outbox.isEmpty && !this.#calls.isWaiting;
  }

  get activeResponseId(): string | undefined {
    return this.#sequencer.activeResponseId;
  }

  /** Function calls that were not run because of a limit. */
  get refusedCalls(): number {
    return this.#calls.refused;
  }

  /**
   * Asks for a response, as soon as one may begin; one beside the conversation may at any time.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many of those wait
   */
  request(request: ResponseRequest): void {
    if (this.#isFinishing) return;
    if (isOutOfBand(request.params))
      return this.#outOfBand.request(request, this.#options.isReady());
    this.#sequencer.request(request, performance.now());
    this.#options.onChanged();
  }

  /**
   * Adds items to the conversation; they wait while there is no session.
   * @returns their ids
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait
   */
  submit(items: readonly RequestItem[]): readonly string[] {
    const outgoing = items.map((item) => ({
      ...item,
      id: item.id ?? createId("item"),
    }));
    this.#outbox.add(outgoing);
    const ids = outgoing.map((item) => item.id);
    if (!this.#options.isReady()) return ids;
    try {
      this.#sendItems();
    } catch (thrown) {
      // Whoever is told that a message was refused would send it again.
      this.#outbox.withdraw(ids);
      throw thrown;
    }
    return ids;
  }

  /**
   * Takes a piece of a text that comes in pieces.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many texts are open or one is too long
   */
  streamText(name: string, piece: string): void {
    this.#streams.append(name, piece);
  }

  /** @returns id of the item that holds the streamed text */
  finishText(name: string): string {
    return this.#streams.finish(name);
  }

  /** @throws VoiceLiveError when the call is unknown, answered, late or of an earlier session */
  answerCall(callId: string, output: string, wantsFollowUp: boolean): void {
    this.#calls.answer(callId, output, wantsFollowUp);
  }

  /** @throws VoiceLiveError when the call is unknown, answered, late or waits for no approval */
  approveCall(callId: string): void {
    this.#calls.approve(callId);
  }

  /**
   * @param reason - for the model
   * @throws VoiceLiveError as `approveCall` does
   */
  denyCall(callId: string, reason: string): void {
    this.#calls.deny(callId, reason);
  }

  /** The flow says stop: nothing that was asked for before is wanted. */
  interrupt(): void {
    this.#words.hush();
    this.#sequencer.interrupt();
  }

  /** The conversation is about to end: the response that runs is the last, and its calls are not run. */
  finish(): void {
    this.#isFinishing = true;
    this.#words.hush();
    this.#sequencer.finish();
  }

  sessionReady(): void {
    this.#sendItems();
    this.#streams.sessionReady();
    this.#outOfBand.sessionReady();
    this.#sequencer.connectionReady(performance.now());
  }

  sessionLost(): void {
    this.#outbox.sessionLost();
    this.#calls.sessionLost();
    this.#streams.sessionLost();
    this.#outOfBand.sessionLost();
    this.#sequencer.connectionLost();
  }

  close(): void {
    this.#calls.close();
    for (const wake of this.#wakes.values()) clearTimeout(wake);
    this.#wakes.clear();
  }

  speechStarted(): void {
    this.#words.hush();
    this.#sequencer.speechStarted();
  }

  /** @param willAnswer - the service answers the turn by itself */
  speechStopped(willAnswer: boolean): void {
    this.#sequencer.speechStopped(willAnswer, performance.now());
  }

  /** The service has the item. */
  itemCreated(item: ResponseItem): void {
    this.#outbox.acknowledge(item.id);
    this.#sequencer.itemKnown(item.id);
    if (item.type === "message" && item.role === "user") this.#onUserTurn();
  }

  /** A response outside the conversation takes no turn (protocol.md §9.1). */
  responseCreated(response: VoiceLiveResponse): Beginning {
    const isOurs = this.#outOfBand.created(
      response,
      this.#sequencer.awaitsResponse,
    );
    const isForeign =
      response.conversation_id === null &&
      this.#sequencer.activeResponseId !== undefined;
    if (isOurs || isForeign) return { isOutOfBand: true, isCancelled: false };
    const isCancelled = this.#sequencer.created(response.id, performance.now());
    return { isOutOfBand: false, isCancelled };
  }

  /** @param calls - to run, of this response */
  responseDone(responseId: string, calls: readonly FunctionCall[]): void {
    if (this.#outOfBand.done(responseId)) return;
    if (!this.#isFinishing) this.#calls.run(responseId, calls);
    this.#sequencer.done(responseId, performance.now());
  }

  /**
   * The service refused one of our events.
   * @returns true when nobody needs to hear of it, because it is asked for again
   */
  refused({ code, event_id: eventId }: ServerErrorDetails): boolean {
    if (!eventId) return false;
    const isActive = code === "conversation_already_has_active_response";
    const now = performance.now();
    const wasRequest = this.#sequencer.refused(eventId, isActive, now);
    if (!wasRequest && !this.#outOfBand.refused(eventId))
      this.#outbox.refused(eventId);
    return wasRequest && isActive;
  }

  /** What the user says is answered by a response of its own; a last answer that still waits would be a second one. */
  #onUserTurn(): void {
    this.#calls.userTurn();
    this.#words.hush();
    if (this.#lastAnswer) this.#sequencer.withdraw(this.#lastAnswer);
    this.#lastAnswer = undefined;
  }

  #followUp(itemId: string, isLast: boolean): void {
    const itemIds = [itemId];
    if (!isLast) return this.request({ itemIds });
    this.#lastAnswer = { itemIds, params: { tool_choice: "none" } };
    this.request(this.#lastAnswer);
  }

  #submitOutput({ callId }: FunctionCall, output: string): string {
    const id = createId("item");
    this.submit([
      { type: "function_call_output", id, call_id: callId, output },
    ]);
    return id;
  }

  /** There may be no session to come that could take it. */
  #submitLate({ name }: FunctionCall, output: string): string {
    this.#options.requireConnecting();
    const id = createId("item");
    this.submit([{ ...lateResult(name, output), id }]);
    return id;
  }

  #sendItems(): void {
    this.#outbox.sendAll((item) =>
      this.#options.send({ type: "conversation.item.create", item }),
    );
  }

  #sendRequest(
    eventId: string,
    { params, additionalInstructions }: ResponseRequest,
  ): void {
    this.#tell({
      type: "response.create",
      event_id: eventId,
      ...(params && { response: params }),
      ...(additionalInstructions !== undefined && {
        additional_instructions: additionalInstructions,
      }),
    });
  }

  #tell(event: ClientEvent): void {
    if (this.#options.isReady()) this.#options.send(event);
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#wakes.get(ms));
    this.#wakes.set(
      ms,
      setTimeout(() => {
        this.#wakes.delete(ms);
        this.#tick();
      }, ms),
    );
  }

  /** Runs in a timer: what is thrown here would end the process. */
  #tick(): void {
    try {
      this.#sequencer.tick(performance.now());
      this.#options.onChanged();
    } catch (thrown) {
      this.#options.onFault(toVoiceLiveError(thrown));
    }
  }
}
