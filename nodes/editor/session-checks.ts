import { SESSION_NUMBERS } from "../shared/session-numbers";
import type { Surroundings } from "./field-needs";
import { firstProblem } from "./field-problems";
import { isRecord } from "./json-path";
import { keyOf } from "./session-fields";
import { isNumberBetween, type Translate } from "./validate";

// Each check returns the catalog key of what is wrong, or nothing; that of the settings returns the text.

/** Settings must be an object of which the service can use every member (protocol.md §7). */
export function settingsProblem(
  settings: unknown,
  around: Surroundings,
  translate: Translate,
): string | undefined {
  if (!isRecord(settings))
    return translate("voice-live-session.error.settings");
  const found = firstProblem(settings, around);
  if (!found) return undefined;
  const { field, problem } = found;
  return translate("voice-live-session.error.setting", {
    label: translate(`voice-live-session.label.${keyOf(field.path)}`),
    reason: translate(problem.key, problem.values),
  });
}

/** An agent is found by its name and its project (protocol.md §2.2). */
export function agentProblem(agent: unknown): string | undefined {
  const isComplete =
    isRecord(agent) && Boolean(agent.name) && Boolean(agent.project);
  return isComplete ? undefined : "voice-live-session.error.agent";
}

export function greetingProblem(greeting: unknown): string | undefined {
  const hasNothingToSay =
    isRecord(greeting) && greeting.mode === "exact" && !greeting.text;
  return hasNothingToSay ? "voice-live-session.error.greeting" : undefined;
}

/**
 * The new session has to be there before the old one ends, and the old one has to have lived before that.
 * @param marginSeconds - so long before its end a session is renewed
 * @param sessionMinutes - so long a session lasts
 */
export function renewalProblem(
  marginSeconds: unknown,
  sessionMinutes: unknown,
): string | undefined {
  if (marginSeconds === undefined) return undefined;
  const { min, max } = SESSION_NUMBERS.renewMarginSeconds;
  if (!isNumberBetween(marginSeconds, min, max))
    return "voice-live-session.error.renewMarginSeconds";
  const isTooLong = Number(marginSeconds) >= Number(sessionMinutes) * 60;
  return isTooLong ? "voice-live-session.error.renewMargin" : undefined;
}
