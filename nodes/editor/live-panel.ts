import { LivePoll } from "./live-poll";
import { LiveRow, setText } from "./live-row";
import type { LiveAnswer, LiveConversation, LiveSession } from "./live-types";
import { talkButton } from "./live-talk";
import type { Translate } from "./validate";
import { LiveWordsView } from "./live-words";

type Action = "interrupt" | "end";

type Notice = "noSessions" | "noPermission" | "noAnswer";

interface Group {
  readonly element: JQuery;
  readonly title: JQuery;
  readonly list: JQuery;
  readonly nothing: JQuery;
}

/** The conversation that is open in the panel. */
interface Opened {
  readonly id: string;
  readonly words: LiveWordsView;
  readonly element: JQuery;
}

/** The panel of live conversations: by session node, each with its state and figures; one of them open, with its words. */
export class LivePanel {
  readonly element = document.createElement("div");
  readonly #t: Translate;
  readonly #poll: LivePoll;
  readonly #notice = $("<p>")
    .addClass("voice-live-notice")
    .attr("role", "status");
  readonly #groups = new Map<string, Group>();
  readonly #rows = new Map<string, LiveRow>();
  #opened: Opened | undefined;

  constructor(t: Translate) {
    this.#t = t;
    $(this.element).addClass("voice-live-panel").append(this.#notice);
    this.#poll = new LivePoll({
      isShown: () => $(this.element).is(":visible"),
      watched: () =>
        this.#opened && {
          id: this.#opened.id,
          changes: this.#opened.words.changes,
        },
      onAnswer: (answer) => this.#show(answer),
      onFailure: (status) => this.#fail(status),
    });
  }

  #show({ sessions, watched }: LiveAnswer): void {
    this.#say(sessions.length === 0 ? "noSessions" : undefined);
    const ids = new Set(sessions.map(({ id }) => id));
    for (const [id, { element }] of this.#groups)
      if (!ids.has(id)) {
        element.remove();
        this.#groups.delete(id);
      }
    this.#dropRows(sessions);
    for (const session of sessions) this.#showSession(session);
    if (watched && watched.id === this.#opened?.id)
      this.#opened.words.update(watched);
  }

  #dropRows(sessions: readonly LiveSession[]): void {
    const live = new Set(
      sessions.flatMap(({ conversations }) =>
        conversations.map(({ id }) => id),
      ),
    );
    for (const [id, row] of this.#rows) {
      if (live.has(id)) continue;
      if (this.#opened?.id === id) this.#close();
      row.element.remove();
      this.#rows.delete(id);
    }
  }

  #showSession(session: LiveSession): void {
    const group = this.#groups.get(session.id) ?? this.#beginGroup(session.id);
    setText(
      group.title,
      session.name || this.#t("voice-live-sessions.label.unnamed"),
    );
    group.nothing.toggle(session.conversations.length === 0);
    for (const conversation of session.conversations) {
      const row =
        this.#rows.get(conversation.id) ?? this.#beginRow(conversation);
      if (!row.element.parent().is(group.list))
        row.element.appendTo(group.list);
      row.update(conversation);
    }
  }

  #beginGroup(id: string): Group {
    const group: Group = {
      element: $("<section>"),
      title: $("<h3>"),
      list: $("<ul>"),
      nothing: $("<p>")
        .addClass("voice-live-nothing")
        .text(this.#t("voice-live-sessions.label.noConversations")),
    };
    const head = $("<header>").append(
      group.title,
      talkButton(this.#t, id, (status) => this.#refuse(status)),
    );
    group.element.append(head, group.nothing, group.list);
    $(this.element).append(group.element);
    this.#groups.set(id, group);
    return group;
  }

  #beginRow({ id }: LiveConversation): LiveRow {
    const row = new LiveRow(this.#t, () => this.#toggle(id));
    this.#rows.set(id, row);
    return row;
  }

  #toggle(id: string): void {
    const wasOpen = this.#opened?.id === id;
    this.#close();
    if (wasOpen) return;
    const row = this.#rows.get(id);
    if (!row) return;
    const words = new LiveWordsView(this.#t);
    const element = $("<div>")
      .addClass("voice-live-opened")
      .append(this.#buttons(id), words.element)
      .appendTo(row.element);
    row.open(true);
    this.#opened = { id, words, element };
    this.#poll.ask();
  }

  #close(): void {
    if (!this.#opened) return;
    this.#opened.element.remove();
    this.#rows.get(this.#opened.id)?.open(false);
    this.#opened = undefined;
  }

  #buttons(id: string): JQuery {
    const button = (action: Action, icon: string): JQuery =>
      $("<button>")
        .attr({ type: "button", "data-action": action })
        .addClass("red-ui-button red-ui-button-small")
        .append(
          $("<i>").addClass(`fa ${icon}`),
          document.createTextNode(
            ` ${this.#t(`voice-live-sessions.label.${action}`)}`,
          ),
        )
        .on("click", () => this.#act(id, action));
    return $("<div>")
      .addClass("voice-live-actions")
      .append(
        button("interrupt", "fa-hand-paper-o"),
        button("end", "fa-phone"),
      );
  }

  #act(id: string, action: Action): void {
    void $.ajax({
      url: `voice-live-sessions/${encodeURIComponent(id)}/${action}`,
      method: "POST",
      contentType: "application/json",
      data: "{}",
      success: () => this.#poll.ask(),
      error: ({ status }) =>
        // It has ended by itself: the list shows that.
        status === 410 ? this.#poll.ask() : this.#refuse(status),
    });
  }

  #fail(status: number): void {
    this.#say(isForbidden(status) ? "noPermission" : "noAnswer");
  }

  /** A button was pressed in vain. */
  #refuse(status: number): void {
    const reason = isForbidden(status) ? "notAllowed" : "noAnswer";
    const notice = status === 409 ? "noTalk" : reason;
    RED.notify(this.#t(`voice-live-sessions.notice.${notice}`), "error");
  }

  #say(notice: Notice | undefined): void {
    const text = notice ? this.#t(`voice-live-sessions.notice.${notice}`) : "";
    setText(this.#notice, text);
    this.#notice.toggle(text !== "");
  }
}

/** @param status - of HTTP; 0 when there was no answer */
function isForbidden(status: number): boolean {
  return status === 401 || status === 403;
}
