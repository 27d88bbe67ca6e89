import type { ClientEvent, ResponseItem, VoiceLiveResponse } from "../protocol";
import type { LifeEvent } from "./conversation-events";
import { toVoiceLiveError, type VoiceLiveError } from "./errors";
import { McpApprovals } from "./mcp-approvals";
import { McpFollowUp } from "./mcp-follow-up";
import { approvalRequest } from "./side-events";

export interface McpCallsOptions {
  readonly send: (event: ClientEvent) => void;
  /** Somebody speaks, or a response is on its way. */
  readonly isBusy: () => boolean;
  /** Asks for a response to what the call brought. */
  readonly requestFollowUp: () => void;
  readonly report: (event: LifeEvent) => void;
  readonly onFault: (fault: VoiceLiveError) => void;
}

const TOO_MANY_CALLS: LifeEvent = {
  kind: "warning",
  payload: {
    code: "mcp_calls",
    message:
      "The model calls MCP servers again and again; it is not asked on until the user says something",
  },
};

/** The flow's part in the calls that the service makes at MCP servers: its approval, and the answer afterwards. */
export class McpCalls {
  readonly #options: McpCallsOptions;
  readonly #approvals = new McpApprovals();
  readonly #followUp: McpFollowUp;

  constructor(options: McpCallsOptions) {
    this.#options = options;
    this.#followUp = new McpFollowUp({
      isBusy: options.isBusy,
      request: () => this.#requestFollowUp(),
      onLimit: () => options.report(TOO_MANY_CALLS),
    });
  }

  /** A call waits for the flow's word. */
  get isWaiting(): boolean {
    return this.#approvals.isWaiting;
  }

  /** An item that the service has made; it tells of each more than once. */
  item(item: ResponseItem): void {
    if (item.type === "message" && item.role === "user")
      this.#followUp.userTurn();
    if (item.type !== "mcp_approval_request") return;
    if (this.#approvals.open(item.id))
      this.#options.report(approvalRequest(item));
  }

  /**
   * The flow's word on a call.
   * @throws VoiceLiveError when the request is unknown, was answered, or belongs to an earlier session
   */
  answer(requestId: string, approve: boolean): void {
    this.#approvals.answer(requestId);
    this.#options.send({
      type: "conversation.item.create",
      item: {
        type: "mcp_approval_response",
        approval_request_id: requestId,
        approve,
      },
    });
    if (!approve) this.#followUp.callEnded();
  }

  callEnded(): void {
    this.#followUp.callEnded();
  }

  responseCreated(): void {
    this.#followUp.stop();
  }

  responseDone(response: VoiceLiveResponse): void {
    this.#followUp.responseDone(response);
  }

  sessionLost(): void {
    this.#approvals.sessionLost();
    this.#followUp.stop();
  }

  close(): void {
    this.#followUp.stop();
  }

  /** Runs in a timer: what is thrown here would end the process. */
  #requestFollowUp(): void {
    try {
      this.#options.requestFollowUp();
    } catch (thrown) {
      this.#options.onFault(toVoiceLiveError(thrown));
    }
  }
}
