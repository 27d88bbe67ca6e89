import type { AnyServerEvent, RequestItem } from "../protocol";

/** Items of earlier sessions on their way into a new one, and the service's answers to them. */
export class RestoredItems {
  /** All that the session was told, also what it refused: it would refuse it again. */
  readonly ids = new Set<string>();
  /** Item id by event id, until it is answered. */
  readonly #awaited = new Map<string, string>();
  #then: (() => void) | undefined;

  /**
   * @param send - returns the event id
   * @param then - runs when each item is answered; at once when there are none
   */
  begin(
    items: readonly RequestItem[],
    send: (item: RequestItem) => string,
    then: () => void,
  ): void {
    this.#then = then;
    for (const item of items) {
      const id = item.id ?? "";
      this.ids.add(id);
      this.#awaited.set(send(item), id);
    }
    this.#finish();
  }

  /** An answer to one of the items. */
  isAbout(event: AnyServerEvent): boolean {
    return this.#eventIdFor(event) !== undefined;
  }

  take(event: AnyServerEvent): void {
    const eventId = this.#eventIdFor(event);
    if (eventId !== undefined) this.#awaited.delete(eventId);
    this.#finish();
  }

  #finish(): void {
    if (this.#awaited.size > 0) return;
    const then = this.#then;
    this.#then = undefined;
    then?.();
  }

  #eventIdFor(event: AnyServerEvent): string | undefined {
    if (this.#awaited.size === 0) return undefined;
    if (event.type === "error") {
      const { event_id: eventId } = (
        event as { error: { event_id?: string | null } }
      ).error;
      return eventId && this.#awaited.has(eventId) ? eventId : undefined;
    }
    if (event.type !== "conversation.item.created") return undefined;
    const { id } = (event as unknown as { item: { id?: string } }).item;
    return [...this.#awaited].find(([, itemId]) => itemId === id)?.[0];
  }
}
