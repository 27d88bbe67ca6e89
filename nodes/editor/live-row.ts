import type { LiveConversation } from "./live-types";
import type { Translate } from "./validate";

/** The quietest level that a meter shows, dBFS: below is noise. */
const QUIETEST_DB = -60;
const STATUS =
  "@voicewire/node-red-voice-live/voice-live:voice-live-session.status";

type Side = "user" | "assistant";

/** A conversation in the list: who it is, its state, how loud it is, its figures; a button that opens it. */
export class LiveRow {
  readonly element = $("<li>").addClass("voice-live-row");
  readonly button: JQuery;
  readonly #t: Translate;
  readonly #dot = $("<span>").addClass("voice-live-dot");
  readonly #key = $("<span>").addClass("voice-live-key");
  readonly #recorded = $("<span>").addClass("voice-live-recorded");
  readonly #state = $("<span>").addClass("voice-live-state");
  readonly #meters: Readonly<Record<Side, JQuery>>;
  readonly #problem = $("<p>").addClass("voice-live-problem");
  readonly #figures = $("<dl>");

  /** @param onToggle - the row is to be opened or closed */
  constructor(t: Translate, onToggle: () => void) {
    this.#t = t;
    this.button = $("<button>")
      .attr({ type: "button", "aria-expanded": "false" })
      .append(this.#dot, this.#key, this.#recorded, this.#state)
      .on("click", onToggle);
    this.#meters = {
      user: meter(t("voice-live-sessions.label.user")),
      assistant: meter(t("voice-live-sessions.label.assistant")),
    };
    const meters = $("<div>")
      .addClass("voice-live-meters")
      .append(this.#meters.user, this.#meters.assistant);
    this.element.append(this.button, this.#problem, meters, this.#figures);
  }

  update(conversation: LiveConversation): void {
    const { key, look, levels, isRecorded, problem } = conversation;
    this.#dot.attr("data-fill", look.fill).attr("data-shape", look.shape);
    setText(this.#key, key);
    const recorded = isRecorded
      ? this.#t("voice-live-sessions.label.recorded")
      : "";
    setText(this.#recorded, recorded);
    setText(this.#problem, problem ?? "");
    setText(this.#state, RED._(`${STATUS}.${look.status}`, { count: 1 }));
    setLevel(this.#meters.user, levels.user);
    setLevel(this.#meters.assistant, levels.assistant);
    this.#showFigures(conversation);
  }

  open(isOpen: boolean): void {
    this.element.toggleClass("voice-live-open", isOpen);
    this.button.attr("aria-expanded", String(isOpen));
  }

  #showFigures(conversation: LiveConversation): void {
    const { generation, turnMs, tokens, droppedMs, reconnects } = conversation;
    const seconds = (droppedMs / 1_000).toLocaleString(undefined, {
      maximumFractionDigits: 1,
    });
    const figures: readonly (readonly [string, string])[] = [
      ["latency", turnMs === null ? "–" : `${turnMs.toLocaleString()} ms`],
      ["tokens", tokens === null ? "–" : tokens.toLocaleString()],
      ["generation", generation.toLocaleString()],
      ["dropped", `${seconds} s`],
      ["reconnects", reconnects.toLocaleString()],
    ];
    if (this.#figures.children().length === 0)
      for (const [name] of figures)
        this.#figures.append(
          $("<div>").append(
            $("<dt>").text(this.#t(`voice-live-sessions.label.${name}`)),
            $("<dd>"),
          ),
        );
    this.#figures
      .find("dd")
      .each((index, cell) => setText($(cell), figures[index]?.[1] ?? ""));
  }
}

/** What stays as it is is not touched: a screen reader would read it again. */
export function setText(element: JQuery, text: string): void {
  if (element.text() !== text) element.text(text);
}

function meter(label: string): JQuery {
  return $("<div>")
    .addClass("voice-live-meter")
    .attr({
      role: "meter",
      "aria-label": label,
      "aria-valuemin": QUIETEST_DB,
      "aria-valuemax": 0,
    })
    .append(
      $("<span>").addClass("voice-live-side").text(label),
      $("<span>").addClass("voice-live-track").append($("<span>")),
    );
}

function setLevel(element: JQuery, level: number | null): void {
  const shown = Math.min(0, Math.max(QUIETEST_DB, level ?? QUIETEST_DB));
  const share = 1 - shown / QUIETEST_DB;
  element
    .attr("aria-valuenow", shown)
    .find(".voice-live-track > span")
    .css("width", `${Math.round(share * 100)}%`);
}
