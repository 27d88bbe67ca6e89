import type { ResponseItem } from "../protocol";
import type { Sound } from "./audio-format";

/** An item of the conversation with what only the service knows of it. */
export interface StoredItem {
  /** As last sent to the client; changes while a response fills it. */
  readonly item: ResponseItem;
  /** What was said: by the user at the input's rate, by the assistant at the output's. */
  sound?: Sound;
  /** Wire name of the format in which `sound` is retrieved. */
  soundFormat?: string;
  /** Of a message that was sent in: its words; of speech the words understood, or `(speech, …)`. */
  heard?: string;
}

/** The items of one conversation in order. */
export class ConversationItems {
  readonly #items: StoredItem[] = [];

  get all(): readonly StoredItem[] {
    return this.#items;
  }

  get lastId(): string | null {
    return this.#items.at(-1)?.item.id ?? null;
  }

  find(id: string): StoredItem | undefined {
    return this.#items.find((stored) => stored.item.id === id);
  }

  findCall(callId: string): StoredItem | undefined {
    return this.#items.find(
      ({ item }) => item.type === "function_call" && item.call_id === callId,
    );
  }

  /**
   * Inserts an item.
   * @param previousId - absent for the end, `root` for the start, else the id of the item before it
   * @returns the id of the item before it, `null` at the start; `undefined` when `previousId` is not known
   */
  insert(
    stored: StoredItem,
    previousId?: string | null,
  ): string | null | undefined {
    const at = this.#positionAfter(previousId);
    if (at === undefined) return undefined;
    this.#items.splice(at, 0, stored);
    return this.#items[at - 1]?.item.id ?? null;
  }

  /** @returns whether there was such an item */
  remove(id: string): boolean {
    const at = this.#items.findIndex((stored) => stored.item.id === id);
    if (at >= 0) this.#items.splice(at, 1);
    return at >= 0;
  }

  #positionAfter(previousId: string | null | undefined): number | undefined {
    if (previousId === undefined || previousId === null)
      return this.#items.length;
    if (previousId === "root") return 0;
    const before = this.#items.findIndex(
      (stored) => stored.item.id === previousId,
    );
    return before < 0 ? undefined : before + 1;
  }
}
