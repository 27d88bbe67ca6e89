import { isRecord } from "./json-path";
import { isNumberBetween } from "./validate";

// Each check returns the catalog key of what is wrong, or nothing.

/** Settings must be an object, and a voice that is chosen needs what the service requires of its kind (protocol.md §7.2). */
export function settingsProblem(settings: unknown): string | undefined {
  if (!isRecord(settings)) return "voice-live-session.error.settings";
  const { voice } = settings;
  if (!isRecord(voice)) return undefined;
  if (voice.type === "azure-custom" && !voice.endpoint_id)
    return "voice-live-session.error.voiceEndpoint";
  if (needsModel(voice.type) && !voice.model)
    return "voice-live-session.error.voiceModel";
  if (voice.type !== "avatar-voice-sync" && !voice.name)
    return "voice-live-session.error.voiceName";
  return undefined;
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
  if (!isNumberBetween(marginSeconds, 1, 3_540))
    return "voice-live-session.error.renewMarginSeconds";
  const isTooLong = Number(marginSeconds) >= Number(sessionMinutes) * 60;
  return isTooLong ? "voice-live-session.error.renewMargin" : undefined;
}

function needsModel(type: unknown): boolean {
  return type === "azure-personal" || type === "avatar-voice-sync";
}
