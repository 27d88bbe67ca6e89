import type { Translate } from "./validate";

/** What `POST voice-live-session/<id>/talk` answers. */
interface Admission {
  /** Under the editor's own address. */
  readonly path: string;
  /** Good once, for ten minutes. */
  readonly ticket: string;
}

/**
 * A button that opens a talk page for a session node.
 * @param onFailure - called with the status of HTTP
 */
export function talkButton(
  t: Translate,
  sessionId: string,
  onFailure: (status: number) => void,
): JQuery {
  return $("<button>")
    .attr({
      type: "button",
      "data-action": "talk",
      title: t("voice-live-sessions.label.talkTo"),
    })
    .addClass("red-ui-button red-ui-button-small")
    .append(
      $("<i>").addClass("fa fa-microphone"),
      document.createTextNode(` ${t("voice-live-sessions.label.talk")}`),
    )
    .on("click", () => open(sessionId, onFailure));
}

/** A browser lets a page open in the click itself only; where it leads is known later. */
function open(sessionId: string, onFailure: (status: number) => void): void {
  const page = window.open("", "_blank");
  // The page has no business in the editor.
  if (page) page.opener = null;
  void $.ajax({
    url: `voice-live-session/${encodeURIComponent(sessionId)}/talk`,
    method: "POST",
    contentType: "application/json",
    data: "{}",
    success: ({ path, ticket }: Admission) => {
      const address = new URL(path, window.location.href);
      address.hash = `ticket=${encodeURIComponent(ticket)}`;
      page?.location.replace(address);
    },
    error: ({ status }) => {
      page?.close();
      onFailure(status);
    },
  });
}
