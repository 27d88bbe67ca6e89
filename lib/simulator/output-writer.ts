import type { ResponseItem, ServerEvent } from "../protocol";
import type { StoredItem } from "./conversation-items";

/** Where a writer puts what it writes. */
export interface OutputSink {
  readonly responseId: string;
  send(event: ServerEvent): void;
  /**
   * Adds an output item to the conversation.
   * @returns the id of the item before it, or `undefined` when the response is kept out of the conversation
   */
  store(stored: StoredItem): string | null | undefined;
}

/** An output item that is being written: a message or a call. */
export interface OutputWriter {
  readonly stored: StoredItem;
  /** Sends the `.done` events of everything still open. @see protocol.md §12 */
  close(status: "completed" | "incomplete"): void;
}

/** Announces an output item: `response.output_item.added`, then `conversation.item.created`. @see protocol.md §12 A8–9 */
export function openOutputItem(
  sink: OutputSink,
  outputIndex: number,
  stored: StoredItem,
): void {
  sink.send({
    type: "response.output_item.added",
    response_id: sink.responseId,
    output_index: outputIndex,
    item: snapshot(stored.item),
  });
  const previousId = sink.store(stored);
  if (previousId === undefined) return;
  sink.send({
    type: "conversation.item.created",
    item: snapshot(stored.item),
    previous_item_id: previousId,
  });
}

/** Ends an output item with its outcome. */
export function closeOutputItem(
  sink: OutputSink,
  outputIndex: number,
  item: ResponseItem,
  status: "completed" | "incomplete",
): void {
  item.status = status;
  sendItemDone(sink, outputIndex, item);
}

/** Ends an output item that tells its outcome by other members than `status`. */
export function sendItemDone(
  sink: OutputSink,
  outputIndex: number,
  item: ResponseItem,
): void {
  sink.send({
    type: "response.output_item.done",
    response_id: sink.responseId,
    output_index: outputIndex,
    item: snapshot(item),
  });
}

/** A copy, since the item goes on changing while listeners may keep the event. */
export function snapshot(item: ResponseItem): ResponseItem {
  return structuredClone(item);
}
