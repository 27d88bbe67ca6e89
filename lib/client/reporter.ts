import type { Missing } from "../protocol";
import type { ConversationEvents, LifeEvent } from "./conversation-events";

/** Tells the flow of steps in a conversation's life. */
export class Reporter {
  readonly #events: Pick<ConversationEvents, "life">;
  /** Settings that were named as missing: once in a conversation is enough. */
  readonly #named = new Set<string>();

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

  /**
   * Each setting that was asked for and is not in effect, in one warning (design.md §5.7).
   * @param notApplied - what the service left out without a word
   * @param missing - what it does not have, and was not sent
   */
  warnAboutSettings(
    notApplied: readonly string[],
    missing: readonly Missing[] = [],
  ): void {
    const fresh = missing.filter(({ setting }) => !this.#named.has(setting));
    for (const { setting } of fresh) this.#named.add(setting);
    const settings = [...fresh.map(({ setting }) => setting), ...notApplied];
    if (settings.length === 0) return;
    const reasons = fresh.map(({ setting, reason }) => [setting, reason]);
    const texts = [
      ...(fresh.length > 0
        ? [`The service does not have: ${listed(fresh)}`]
        : []),
      ...(notApplied.length > 0
        ? [`The service did not apply: ${notApplied.join(", ")}`]
        : []),
    ];
    this.warn("settings", texts.join(". "), {
      settings,
      ...(fresh.length > 0 && { reasons: Object.fromEntries(reasons) }),
    });
  }
}

function listed(missing: readonly Missing[]): string {
  return missing
    .map(({ setting, reason }) => `${setting} (${reason})`)
    .join(", ");
}
