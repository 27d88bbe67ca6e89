import { isKnownSetting, type Missing } from "../protocol";
import type { ConversationEvents, LifeEvent } from "./conversation-events";

const UNKNOWN = "not known as a setting: a typing error?";

/** Tells the flow of steps in a conversation's life. */
export class Reporter {
  readonly #events: Pick<ConversationEvents, "life">;
  /** Settings that were named as missing or not known: once in a conversation is enough. */
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
    const lacking = missing.filter(({ setting }) => this.#isFresh(setting));
    // No dialect has it. It was sent all the same: the service may be newer than this package.
    const unheardOf = notApplied.filter(
      (setting) => !isKnownSetting(setting) && this.#isFresh(setting),
    );
    const leftOut = notApplied.filter(isKnownSetting);
    const settings = [
      ...lacking.map(({ setting }) => setting),
      ...unheardOf,
      ...leftOut,
    ];
    if (settings.length === 0) return;
    const reasons = [
      ...lacking.map(({ setting, reason }) => [setting, reason]),
      ...unheardOf.map((setting) => [setting, UNKNOWN]),
    ];
    const texts = [
      ...(lacking.length > 0
        ? [`The service does not have: ${listed(lacking)}`]
        : []),
      ...(unheardOf.length > 0
        ? [`Not known as settings (typing errors?): ${unheardOf.join(", ")}`]
        : []),
      ...(leftOut.length > 0
        ? [`The service did not apply: ${leftOut.join(", ")}`]
        : []),
    ];
    this.warn("settings", texts.join(". "), {
      settings,
      ...(reasons.length > 0 && { reasons: Object.fromEntries(reasons) }),
    });
  }

  #isFresh(setting: string): boolean {
    const isFresh = !this.#named.has(setting);
    this.#named.add(setting);
    return isFresh;
  }
}

function listed(missing: readonly Missing[]): string {
  return missing
    .map(({ setting, reason }) => `${setting} (${reason})`)
    .join(", ");
}
