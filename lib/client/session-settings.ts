import type { FunctionTool, RequestSession, Tool } from "../protocol";
import type { MonoFormat } from "../audio";

/** Secrets that MCP servers want, by their labels. */
export type McpAuthorizations = ReadonlyMap<string, string>;

/**
 * The `session` object of `session.update`: the user's own settings and the tools of the flow (protocol.md §7).
 * @param authorizations - for MCP servers of the settings that bring none themselves
 */
export function composeSettings(
  settings: RequestSession,
  tools: readonly FunctionTool[],
  authorizations: McpAuthorizations = new Map(),
): RequestSession {
  const others = (settings.tools ?? []).map((tool) =>
    authorized(tool, authorizations),
  );
  const all = [...others.filter((tool) => !isNamedIn(tool, tools)), ...tools];
  return all.length > 0 || settings.tools !== undefined
    ? { ...settings, tools: all }
    : { ...settings };
}

function authorized(tool: Tool, authorizations: McpAuthorizations): Tool {
  if (tool.type !== "mcp" || tool.authorization) return tool;
  const authorization = authorizations.get(tool.server_label);
  return authorization === undefined ? tool : { ...tool, authorization };
}

/** A function node wins over a tool of the same name on the Advanced tab: only it can answer. */
function isNamedIn(tool: Tool, tools: readonly FunctionTool[]): boolean {
  return (
    tool.type === "function" && tools.some((other) => other.name === tool.name)
  );
}

/** Does the service answer a turn by itself? True unless switched off (protocol.md §7.3). */
export function answersTurns(session: RequestSession): boolean {
  return (
    turnDetection(session)["create_response"] !== false &&
    hasTurnDetection(session)
  );
}

/** Does the service stop talking by itself when the user speaks? */
export function interruptsItself(session: RequestSession): boolean {
  return (
    turnDetection(session)["interrupt_response"] !== false &&
    hasTurnDetection(session)
  );
}

/** Does the service cut the unheard part by itself? */
export function truncatesItself(session: RequestSession): boolean {
  return turnDetection(session)["auto_truncate"] === true;
}

/** False in manual turns (push to talk): `turn_detection` is `null`. */
export function hasTurnDetection(session: RequestSession): boolean {
  return session.turn_detection !== null;
}

function turnDetection(session: RequestSession): Record<string, unknown> {
  return isRecord(session.turn_detection) ? session.turn_detection : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the service takes as input audio under these settings (protocol.md §7.1, §11). */
export function inputFormat(session: RequestSession): MonoFormat {
  const format = session.input_audio_format ?? "pcm16";
  if (format === "g711_ulaw") return { encoding: "mu-law", sampleRate: 8_000 };
  if (format === "g711_alaw") return { encoding: "a-law", sampleRate: 8_000 };
  return {
    encoding: "signed-integer",
    sampleRate: session.input_audio_sampling_rate ?? 24_000,
  };
}

/**
 * The rates that voices give (protocol.md §7.1). Early SDKs spelled them with a hyphen (§15 trap 10). What is none of
 * them is taken for the usual one, as there may be no way to convert it.
 */
const PCM16_WITH_RATE = /^pcm16[_-](8000|16000|22050|24000|44100|48000)hz$/;

/** What the service sends as output audio under these settings. */
export function outputFormat(session: RequestSession): MonoFormat {
  const format = session.output_audio_format ?? "pcm16";
  if (format === "g711_ulaw") return { encoding: "mu-law", sampleRate: 8_000 };
  if (format === "g711_alaw") return { encoding: "a-law", sampleRate: 8_000 };
  const rate = PCM16_WITH_RATE.exec(format)?.[1];
  return {
    encoding: "signed-integer",
    sampleRate: rate ? Number(rate) : 24_000,
  };
}
