import { isKnownSetting } from "../../lib/protocol/known-settings";
import { textOf } from "./inputs";
import type { SessionDialog } from "./session-dialog";
import { readForm } from "./session-form";
import { bindTrial } from "./trial";
import type { TrialAnswer, TrialDetails } from "./trial";
import type { Translate } from "./validate";

interface Difference {
  readonly setting: string;
  readonly asked: unknown;
  readonly applied: unknown;
}

/** What a session that was tried is like, in one line. */
export function sessionWords(
  { ok, message, ms, difference }: TrialAnswer,
  translate: Translate,
): string {
  if (!ok) return message ?? "";
  const key =
    (difference as readonly Difference[]).length > 0 ? "tryDifferent" : "tryOk";
  return translate(`voice-live-session.tip.${key}`, { ms: String(ms) });
}

/** What is not in effect, what went wrong, and the greeting to hear. */
export function sessionDetails(
  { ok, difference, problem, text, audio }: TrialAnswer,
  translate: Translate,
): TrialDetails {
  if (!ok) return { isGood: false, details: [] };
  const lines = (difference as readonly Difference[]).map((each) =>
    differenceWords(each, translate),
  );
  return {
    isGood: lines.length === 0 && problem === undefined,
    details: [
      $("<ul>").append(lines.map((line) => $("<li>").text(line))),
      ...[problem, text].filter(isText).map((part) => $("<div>").text(part)),
      ...(isText(audio) ? [player(audio)] : []),
    ],
  };
}

function differenceWords(
  { setting, asked, applied }: Difference,
  translate: Translate,
): string {
  return isKnownSetting(setting)
    ? translate("voice-live-session.tip.tryDifference", {
        setting,
        asked: JSON.stringify(asked),
        applied: JSON.stringify(applied),
      })
    : translate("voice-live-session.tip.tryUnknown", { setting });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function player(wav: string): JQuery {
  return $("<audio controls autoplay>").attr(
    "src",
    `data:audio/wav;base64,${wav}`,
  );
}

/** The button that has the runtime try what the dialog shows. */
export function bindSessionTrial(
  id: string,
  opened: SessionDialog,
  translate: Translate,
): void {
  bindTrial({
    id: "voice-live-session-try",
    url: `voice-live-session/${id}/try`,
    body: () =>
      opened.json.read().ok
        ? { ...shownSession(), settings: opened.settings }
        : translate("voice-live-session.tip.unread"),
    words: (answer) => sessionWords(answer, translate),
    details: (answer) => sessionDetails(answer, translate),
    failed: (status) =>
      translate("voice-live-session.error.tryFailed", {
        status: String(status),
      }),
  });
}

/** What the dialog says of the session besides its settings. */
function shownSession(): object {
  const { profile, agent, greeting } = readForm();
  return {
    resource: textOf("node-config-input-resource").replace("_ADD_", ""),
    target: textOf("node-config-input-target"),
    model: textOf("node-config-input-model"),
    profile,
    agent,
    greeting,
  };
}
