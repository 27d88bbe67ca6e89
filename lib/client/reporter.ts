import type { ConversationEvents, LifeEvent } from "./conversation-events";

/** Tells the flow of steps in a conversation's life. */
export class Reporter {
  readonly #events: Pick<ConversationEvents, "life">;

  constructor(events: Pick<ConversationEvents, "life">) {
    this.#events = events;
  }

  report(
    kind: LifeEvent["kind"],
    payload: Readonly<Record<string, unknown>>,
    responseId?: string,
  ): void {
    this.#events.life({ kind, payload, responseId });
  }

  warn(
    code: string,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.report("warning", { code, message, ...more });
  }

  /** Each setting that was asked for and is not in effect, in one warning (design.md §5.7). */
  warnAboutSettings(names: readonly string[]): void {
    if (names.length === 0) return;
    const message = `The service did not apply: ${names.join(", ")}`;
    this.warn("settings", message, { settings: names });
  }
}
