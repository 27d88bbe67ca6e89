import {
  createId,
  type FileSearchCallItem,
  type WebSearchCallItem,
} from "../protocol";
import type { SearchStep } from "./behaviour";
import type { StoredItem } from "./conversation-items";
import {
  closeOutputItem,
  openOutputItem,
  type OutputSink,
  type OutputWriter,
} from "./output-writer";

/** The member of the session's `include` that asks for what was found. @see protocol.md §7.1 */
const RESULTS = "file_search_call.results";

/** Writes one search that the service makes by itself, in the web or in files. @see protocol.md §6, §8.1 */
export class SearchCallWriter implements OutputWriter {
  readonly stored: StoredItem;
  readonly #item: WebSearchCallItem | FileSearchCallItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #step: SearchStep;
  readonly #include: readonly string[];
  #sequenceNumber = 0;

  /** @param include - of the session */
  constructor(
    sink: OutputSink,
    outputIndex: number,
    step: SearchStep,
    include: readonly string[],
  ) {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#step = step;
    this.#include = include;
    this.#item = createItem(step);
    this.stored = { item: this.#item };
    openOutputItem(sink, outputIndex, this.stored);
    this.#tell("in_progress");
    this.#item.status = "searching";
    this.#tell("searching");
  }

  close(status: "completed" | "incomplete"): void {
    if (status === "completed") this.#tell("completed");
    if (this.#item.type === "file_search_call")
      this.#item.results = this.#include.includes(RESULTS)
        ? [...(this.#step.results ?? [])]
        : null;
    closeOutputItem(this.#sink, this.#outputIndex, this.#item, status);
  }

  #tell(stage: "in_progress" | "searching" | "completed"): void {
    const { search } = this.#step;
    this.#sink.send({
      type: `response.${search}_search_call.${stage}`,
      response_id: this.#sink.responseId,
      item_id: this.#item.id,
      output_index: this.#outputIndex,
      sequence_number: this.#sequenceNumber++,
    });
  }
}

function createItem({
  search,
  queries = [],
}: SearchStep): WebSearchCallItem | FileSearchCallItem {
  const item = {
    id: createId("item"),
    object: "realtime.item",
    status: "in_progress",
  };
  if (search === "file")
    return { ...item, type: "file_search_call", queries: [...queries] };
  const [query = ""] = queries;
  return {
    ...item,
    type: "web_search_call",
    action: { type: "search", query },
  };
}
