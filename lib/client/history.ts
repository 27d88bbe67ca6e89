import { createId, type RequestItem, type ResponseItem } from "../protocol";
import type { Transcript } from "./transcripts";
import type { StoredEntry } from "./stored-history";

export interface HistoryBounds {
  readonly maxItems: number;
  readonly maxCharacters: number;
}

/** design.md §5.5 */
export const DEFAULT_BOUNDS: HistoryBounds = {
  maxItems: 50,
  maxCharacters: 16_000,
};

type Role = "user" | "assistant" | "system";

interface MessageEntry {
  readonly kind: "message";
  readonly id: string;
  readonly role: Role;
  /** Undefined while it is spoken or transcribed. */
  text: string | undefined;
  readonly placedAt: number;
}

interface CallEntry {
  readonly kind: "call";
  readonly id: string;
  readonly callId: string;
  name: string;
  arguments: string;
  outputId: string | undefined;
  output: string | undefined;
}

type Entry = MessageEntry | CallEntry;

/** A transcription that has not come after so long is not waited for. */
const TRANSCRIBED_WITHIN_MS = 10_000;

/**
 * What was said so far, as text: what a later session of the same conversation is told. Bounded; the oldest goes first.
 * Entries stand in the order in which the service placed their items; their texts come when they were heard or said.
 */
export class History {
  readonly #bounds: HistoryBounds;
  readonly #onChanged: () => void;
  #entries: Entry[] = [];

  constructor(bounds: HistoryBounds, onChanged: () => void = () => undefined) {
    this.#bounds = bounds;
    this.#onChanged = onChanged;
  }

  /** Number of entries that a later session would be told. */
  get size(): number {
    return this.#entries.filter(isWhole).length;
  }

  /** The user said something that nobody wrote down. */
  get hasUnwritten(): boolean {
    return this.#entries.some(
      (entry) =>
        entry.kind === "message" &&
        entry.role === "user" &&
        entry.text === undefined,
    );
  }

  /** The last word is the user's: nobody has answered it. */
  get awaitsAnswer(): boolean {
    const last = this.#entries.findLast(isWhole);
    return last?.kind === "message" && last.role === "user";
  }

  /** Is every user turn of the last seconds written down? */
  isSettled(now: number): boolean {
    return this.#entries.every(
      (entry) =>
        entry.kind === "call" ||
        entry.role !== "user" ||
        entry.text !== undefined ||
        now - entry.placedAt >= TRANSCRIBED_WITHIN_MS,
    );
  }

  /** The service has placed an item in the conversation. */
  placed(item: ResponseItem, now: number): void {
    if (item.type === "message") this.#placeMessage(item, now);
    if (item.type === "function_call") this.called(item);
    if (item.type === "function_call_output")
      this.#answered(item.call_id, item.id ?? "", item.output ?? "");
  }

  /** A call is whole; its output follows. */
  called(item: ResponseItem & { type: "function_call" }): void {
    const { id, call_id: callId, name, arguments: args } = item;
    if (!id || !callId) return;
    const known = this.#entries.find((entry) => entry.id === id);
    if (known?.kind === "call") {
      known.name = name ?? known.name;
      known.arguments = args || known.arguments;
      return;
    }
    this.#add({
      kind: "call",
      id,
      callId,
      name: name ?? "",
      arguments: args ?? "",
      outputId: undefined,
      output: undefined,
    });
  }

  /** The final text of an item: as said, or as much of it as was heard. */
  written({ who, text, heard, itemId, isFinal }: Transcript): void {
    if (!isFinal) return;
    const words = heard ?? text;
    const known = this.#message(itemId);
    if (known) known.text = words;
    // A transcription may come before its item (protocol.md §15 trap 16); a reply outside the conversation has none.
    else if (who === "user")
      this.#add({
        kind: "message",
        id: itemId,
        role: "user",
        text: words,
        placedAt: 0,
      });
    this.#changed();
  }

  /** Nobody will ever know what was said there, or it was taken out. */
  removed(itemId: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== itemId);
    this.#changed();
  }

  clear(): void {
    this.#entries = [];
    this.#changed();
  }

  /**
   * Items for a session that knows only some of them, in order.
   * @param known - ids of items that the session has; those of the result are added
   */
  missing(known: Set<string>): readonly RequestItem[] {
    const items: RequestItem[] = [];
    for (const entry of this.#entries.filter(isWhole)) {
      if (known.has(entry.id)) continue;
      known.add(entry.id);
      items.push(...itemsOf(entry));
    }
    return items;
  }

  /** Ids of all its items in the present session. */
  get itemIds(): readonly string[] {
    return this.#entries.flatMap((entry) =>
      entry.kind === "call" && entry.outputId
        ? [entry.id, entry.outputId]
        : [entry.id],
    );
  }

  export(): readonly StoredEntry[] {
    return this.#entries.filter(isWhole).map((entry) =>
      entry.kind === "message"
        ? { role: entry.role, text: entry.text }
        : {
            call: {
              name: entry.name,
              arguments: entry.arguments,
              output: entry.output,
            },
          },
    );
  }

  /** Takes the place of what there was. */
  import(entries: readonly StoredEntry[]): void {
    this.#entries = entries.map(entryOf);
    this.#changed();
  }

  #placeMessage(item: ResponseItem & { type: "message" }, now: number): void {
    const { id, role, content } = item;
    if (!id || this.#message(id)) return;
    if (!isRole(role)) return;
    const text = textOf(content) || undefined;
    this.#add({ kind: "message", id, role, text, placedAt: now });
    if (text !== undefined) this.#changed();
  }

  #answered(
    callId: string | undefined,
    outputId: string,
    output: string,
  ): void {
    const call = this.#entries.find(
      (entry): entry is CallEntry =>
        entry.kind === "call" && entry.callId === callId,
    );
    if (!call) return;
    call.outputId = outputId;
    call.output = output;
    this.#changed();
  }

  #message(id: string): MessageEntry | undefined {
    return this.#entries.find(
      (entry): entry is MessageEntry =>
        entry.kind === "message" && entry.id === id,
    );
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#trim();
  }

  #changed(): void {
    this.#trim();
    this.#onChanged();
  }

  #trim(): void {
    const { maxItems, maxCharacters } = this.#bounds;
    let characters = this.#entries.reduce((sum, each) => sum + sizeOf(each), 0);
    while (this.#entries.length > maxItems || characters > maxCharacters) {
      const oldest = this.#entries.shift();
      if (!oldest) return;
      characters -= sizeOf(oldest);
    }
  }
}

type Whole =
  | (MessageEntry & { readonly text: string })
  | (CallEntry & { readonly output: string });

/** Empty items are refused by the service, and a call without an output confuses the model. */
function isWhole(entry: Entry): entry is Whole {
  return entry.kind === "call"
    ? entry.output !== undefined && entry.name !== ""
    : entry.text !== undefined && entry.text.trim() !== "";
}

function isRole(role: string): role is Role {
  return role === "user" || role === "assistant" || role === "system";
}

function sizeOf(entry: Entry): number {
  return entry.kind === "call"
    ? entry.arguments.length + (entry.output?.length ?? 0)
    : (entry.text?.length ?? 0);
}

/** Each role has content of its own type (protocol.md §8.1). */
function itemsOf(entry: Whole): readonly RequestItem[] {
  if (entry.kind === "message") {
    const { id, role, text } = entry;
    return role === "assistant"
      ? [{ type: "message", id, role, content: [{ type: "text", text }] }]
      : [
          {
            type: "message",
            id,
            role,
            content: [{ type: "input_text", text }],
          },
        ];
  }
  const { id, callId, name, output } = entry;
  return [
    {
      type: "function_call",
      id,
      call_id: callId,
      name,
      arguments: entry.arguments,
    },
    {
      type: "function_call_output",
      id: entry.outputId ?? createId("item"),
      call_id: callId,
      output,
    },
  ];
}

function entryOf(stored: StoredEntry): Entry {
  const id = createId("item");
  if ("role" in stored) return { kind: "message", id, ...stored, placedAt: 0 };
  return {
    kind: "call",
    id,
    callId: createId("call"),
    outputId: createId("item"),
    ...stored.call,
  };
}

function textOf(content: unknown): string {
  const parts = Array.isArray(content) ? content : [];
  return parts
    .map((part: { text?: unknown; transcript?: unknown } | null) =>
      typeof part?.text === "string" ? part.text : part?.transcript,
    )
    .filter((text): text is string => typeof text === "string" && text !== "")
    .join("\n");
}
