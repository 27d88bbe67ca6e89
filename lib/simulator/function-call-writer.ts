import { createId, type ResponseFunctionCallItem } from "../protocol";
import { ArgumentPieces } from "./argument-pieces";
import type { StoredItem } from "./conversation-items";
import {
  closeOutputItem,
  openOutputItem,
  type OutputSink,
  type OutputWriter,
} from "./output-writer";

/** Writes one function call. @see protocol.md §12 D */
export class FunctionCallWriter implements OutputWriter {
  readonly stored: StoredItem;
  readonly #item: ResponseFunctionCallItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #pieces: ArgumentPieces;

  constructor(
    sink: OutputSink,
    outputIndex: number,
    name: string,
    args: string,
  ) {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#pieces = new ArgumentPieces(args);
    this.#item = {
      id: createId("item"),
      object: "realtime.item",
      type: "function_call",
      status: "in_progress",
      name,
      call_id: createId("call"),
      arguments: "",
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
      type: "response.function_call_arguments.delta",
      ...this.#locator(),
      delta,
    });
  }

  close(status: "completed" | "incomplete"): void {
    this.#sink.send({
      type: "response.function_call_arguments.done",
      ...this.#locator(),
      arguments: this.#item.arguments ?? "",
      name: this.#item.name,
    });
    closeOutputItem(this.#sink, this.#outputIndex, this.#item, status);
  }

  #locator() {
    return {
      response_id: this.#sink.responseId,
      item_id: this.#item.id,
      output_index: this.#outputIndex,
      call_id: this.#item.call_id,
    };
  }
}
