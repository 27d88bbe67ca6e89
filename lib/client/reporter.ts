import { isKnownSetting, type Missing } from "../protocol";
import type { ConversationEvents, LifeEvent } from "./conversation-events";

/** Settings that are no setting of the service. */
export interface DoubtfulSettings {
  /** What it does not have, and was not sent. */
  readonly missing?: readonly Missing[];
  /** What no service has, as far as is known, and was sent all the same. */
  readonly unknown?: readonly string[];
}

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
   */
  warnAboutSettings(
    notApplied: readonly string[],
    { missing = [], unknown = [] }: DoubtfulSettings = {},
  ): void {
    const lacking = missing.filter(({ setting }) => this.#isFresh(setting));
    const unheardOf = unknown.filter((setting) => this.#isFresh(setting));
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
