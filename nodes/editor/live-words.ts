import type { LiveLine, LiveWords } from "./live-types";
import type { Translate } from "./validate";

/** As many as the runtime keeps. */
const MAX_LINES = 100;
/** Who has scrolled up by more wants to read there. */
const NEAR_END_PX = 40;

/** What is said in a conversation: a line for each item, growing word by word. */
export class LiveWordsView {
  readonly element: JQuery;
  readonly #t: Translate;
  readonly #empty: JQuery;
  readonly #lines = new Map<string, JQuery>();
  /** What the runtime has told so far. */
  changes = 0;

  constructor(t: Translate) {
    this.#t = t;
    this.#empty = $("<div>")
      .addClass("voice-live-nothing")
      .text(t("voice-live-sessions.label.noWords"));
    this.element = $("<div>")
      .addClass("voice-live-words")
      .attr({
        role: "log",
        tabindex: 0,
        "aria-label": t("voice-live-sessions.label.transcript"),
      })
      .append(this.#empty);
  }

  update({ changes, lines }: LiveWords): void {
    this.changes = changes;
    if (lines.length === 0) return;
    const isAtEnd = this.#isAtEnd();
    this.#empty.remove();
    for (const line of lines) this.#show(line);
    for (const [id, element] of this.#lines) {
      if (this.#lines.size <= MAX_LINES) break;
      element.remove();
      this.#lines.delete(id);
    }
    const log = this.element[0];
    if (isAtEnd && log) log.scrollTop = log.scrollHeight;
  }

  #show({ itemId, who, text, isFinal, heard }: LiveLine): void {
    const id = `${who} ${itemId}`;
    const element = this.#lines.get(id) ?? this.#begin(id, who);
    element.toggleClass("voice-live-growing", !isFinal);
    const words = element.find(".voice-live-said").empty();
    const isCut = heard !== undefined && text.startsWith(heard);
    words.append(document.createTextNode(isCut ? heard : text));
    if (isCut && heard.length < text.length)
      words.append(
        $("<s>")
          .attr("title", this.#t("voice-live-sessions.label.notHeard"))
          .text(text.slice(heard.length)),
      );
  }

  #begin(id: string, who: LiveLine["who"]): JQuery {
    const element = $("<div>")
      .attr("data-who", who)
      .append(
        $("<span>")
          .addClass("voice-live-who")
          .text(this.#t(`voice-live-sessions.label.${who}`)),
        $("<span>").addClass("voice-live-said"),
      )
      .appendTo(this.element);
    this.#lines.set(id, element);
    return element;
  }

  #isAtEnd(): boolean {
    const log = this.element[0];
    if (!log) return true;
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }
}
