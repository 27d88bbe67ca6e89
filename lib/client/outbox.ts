import type { RequestItem } from "../protocol";
import { VoiceLiveError } from "./errors";

/** More typed messages than this, unanswered by the service, are a runaway flow. */
const MAX_WAITING = 100;

export type OutgoingItem = RequestItem & { readonly id: string };

interface Waiting {
  readonly item: OutgoingItem;
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
    for (const item of items)
      this.#waiting.set(item.id, { item, eventId: undefined });
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
