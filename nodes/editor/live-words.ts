import type { LiveLine, LiveWords } from "./live-types";
import type { Translate } from "./validate";

/** As many as the runtime keeps. */
const MAX_LINES = 100;
/** Who has scrolled up by more wants to read there. */
const NEAR_END_PX = 40;

interface Shown {
  readonly id: string;
  readonly place: number;
  readonly element: JQuery;
}

/** What is said in a conversation: a line for each item, in the order in which they began, growing word by word. */
export class LiveWordsView {
  readonly element: JQuery;
  readonly #t: Translate;
  readonly #empty: JQuery;
  /** As they stand. */
  readonly #lines: Shown[] = [];
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
    while (this.#lines.length > MAX_LINES)
      this.#lines.shift()?.element.remove();
    const log = this.element[0];
    if (isAtEnd && log) log.scrollTop = log.scrollHeight;
  }

  #show({ itemId, place, who, text, isFinal, heard }: LiveLine): void {
    const id = `${who} ${itemId}`;
    const { element } =
      this.#lines.find((shown) => shown.id === id) ??
      this.#begin(id, place, who);
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

  #begin(id: string, place: number, who: LiveLine["who"]): Shown {
    const element = $("<div>")
      .attr("data-who", who)
      .append(
        $("<span>")
          .addClass("voice-live-who")
          .text(this.#t(`voice-live-sessions.label.${who}`)),
        $("<span>").addClass("voice-live-said"),
      );
    const shown = { id, place, element };
    this.#insert(shown);
    return shown;
  }

  /** A reply that was sounding already is told when it has been heard, and by then its successor may have begun. */
  #insert(shown: Shown): void {
    const at = this.#lines.filter(({ place }) => place < shown.place).length;
    const before = this.#lines[at - 1];
    if (before) shown.element.insertAfter(before.element);
    else shown.element.prependTo(this.element);
    this.#lines.splice(at, 0, shown);
  }

  #isAtEnd(): boolean {
    const log = this.element[0];
    if (!log) return true;
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }
}
