import type { RequestItem } from "../protocol";
import { VoiceLiveError } from "./errors";

/** More typed messages than this, unanswered by the service, are a runaway flow. */
const MAX_WAITING = 100;
/** All of them as JSON: two large photographs, or years of typing. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

export type OutgoingItem = RequestItem & { readonly id: string };

interface Waiting {
  readonly item: OutgoingItem;
  readonly characters: number;
  eventId: string | undefined;
}

/** Items on their way to the service: kept until it has them, so that a lost socket loses no message. */
export class Outbox {
  readonly #waiting = new Map<string, Waiting>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /**
   * Takes all items of a message, or none.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too many wait
   */
  add(items: readonly OutgoingItem[]): void {
    if (this.#waiting.size + items.length > MAX_WAITING) {
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `${this.#waiting.size} messages wait for the service`,
        { nextStep: "Send fewer until the session is ready again." },
      );
    }
    const added = items.map((item) => ({
      item,
      characters: JSON.stringify(item).length,
      eventId: undefined,
    }));
    const characters = sum(this.#waiting.values()) + sum(added);
    if (characters > MAX_CHARACTERS)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `${Math.ceil(characters / 1_048_576)} MB of messages would wait for the service`,
        { nextStep: "Send smaller ones, or wait until it has taken some." },
      );
    for (const entry of added) this.#waiting.set(entry.item.id, entry);
  }

  /** Takes back what was not sent. */
  withdraw(itemIds: readonly string[]): void {
    for (const itemId of itemIds)
      if (this.#waiting.get(itemId)?.eventId === undefined)
        this.#waiting.delete(itemId);
  }

  /**
   * Sends what the present session has not been sent.
   * @param send - returns the event id
   */
  sendAll(send: (item: OutgoingItem) => string): void {
    for (const entry of this.#waiting.values())
      entry.eventId ??= send(entry.item);
  }

  /** The service has the item. */
  acknowledge(itemId: string): void {
    this.#waiting.delete(itemId);
  }

  /** @returns true when the refused event was one of ours; its item is given up */
  refused(eventId: string): boolean {
    for (const [itemId, entry] of this.#waiting) {
      if (entry.eventId !== eventId) continue;
      this.#waiting.delete(itemId);
      return true;
    }
    return false;
  }

  /** The next session knows none of them, nor the calls that results belong to. */
  sessionLost(): void {
    for (const [itemId, entry] of this.#waiting) {
      if (entry.item.type === "function_call_output") {
        this.#waiting.delete(itemId);
      } else {
        entry.eventId = undefined;
      }
    }
  }
}

function sum(entries: Iterable<Pick<Waiting, "characters">>): number {
  let characters = 0;
  for (const entry of entries) characters += entry.characters;
  return characters;
}
