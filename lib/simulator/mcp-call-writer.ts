import {
  createId,
  type McpApprovalRequestItem,
  type McpCallItem,
} from "../protocol";
import { ArgumentPieces } from "./argument-pieces";
import type { McpStep } from "./behaviour";
import type { StoredItem } from "./conversation-items";
import {
  openOutputItem,
  type OutputSink,
  type OutputWriter,
  sendItemDone,
} from "./output-writer";

/**
 * Writes one call of an MCP server's tool. @see protocol.md §12 E
 *
 * ```
 *   arguments ─▶ close ─────────────────────────▶ in_progress ─▶ completed | failed ─▶ done
 *        └─ askApproval ─ (response ends) ─ approve ─┘      └─ deny ─▶ failed ─▶ done
 * ```
 */
export class McpCallWriter implements OutputWriter {
  readonly stored: StoredItem;
  readonly #item: McpCallItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #step: McpStep;
  readonly #pieces: ArgumentPieces;

  constructor(
    sink: OutputSink,
    outputIndex: number,
    serverLabel: string,
    step: McpStep,
  ) {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#step = step;
    this.#pieces = new ArgumentPieces(JSON.stringify(step.arguments ?? {}));
    this.#item = {
      id: createId("item"),
      object: "realtime.item",
      type: "mcp_call",
      server_label: serverLabel,
      name: step.mcp,
      arguments: "",
      approval_request_id: null,
      output: null,
      error: null,
    };
    this.stored = { item: this.#item };
    openOutputItem(sink, outputIndex, this.stored);
  }

  /** Characters of the next delta; 0 when all is written. */
  get nextCharacters(): number {
    return this.#pieces.nextCharacters;
  }

  writeDelta(): void {
    const delta = this.#pieces.next();
    this.#item.arguments = (this.#item.arguments ?? "") + delta;
    this.#sink.send({
      type: "response.mcp_call_arguments.delta",
      ...this.#locator(),
      response_id: this.#sink.responseId,
      delta,
    });
  }

  /** Asks the client, with an item of its own; the call stays open until `approve` or `deny`. */
  askApproval(): StoredItem {
    this.#finishArguments();
    const item: McpApprovalRequestItem = {
      id: createId("item"),
      object: "realtime.item",
      type: "mcp_approval_request",
      server_label: this.#item.server_label,
      name: this.#item.name,
      arguments: this.#item.arguments ?? "",
    };
    this.#item.approval_request_id = item.id;
    openOutputItem(this.#sink, this.#outputIndex + 1, { item });
    sendItemDone(this.#sink, this.#outputIndex + 1, item);
    return { item };
  }

  approve(): void {
    this.#run();
  }

  deny(): void {
    this.#fail("The call was not approved.");
  }

  close(status: "completed" | "incomplete"): void {
    this.#finishArguments();
    if (status === "completed") this.#run();
    else this.#fail("The response ended before the call was made.");
  }

  #run(): void {
    this.#sink.send({
      type: "response.mcp_call.in_progress",
      ...this.#locator(),
    });
    if (this.#step.error !== undefined) return this.#fail(this.#step.error);
    this.#item.output = textOf(this.#step.output ?? "ok");
    this.#sink.send({
      type: "response.mcp_call.completed",
      ...this.#locator(),
    });
    sendItemDone(this.#sink, this.#outputIndex, this.#item);
  }

  #fail(message: string): void {
    this.#item.error = { type: "mcp_error", message };
    this.#sink.send({ type: "response.mcp_call.failed", ...this.#locator() });
    sendItemDone(this.#sink, this.#outputIndex, this.#item);
  }

  #finishArguments(): void {
    this.#sink.send({
      type: "response.mcp_call_arguments.done",
      ...this.#locator(),
      response_id: this.#sink.responseId,
      arguments: this.#item.arguments ?? "",
    });
  }

  #locator() {
    return { item_id: this.#item.id, output_index: this.#outputIndex };
  }
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}
