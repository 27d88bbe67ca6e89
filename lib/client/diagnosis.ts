import type { ServerErrorDetails, VoiceLiveResponse } from "../protocol";
import { CAUSES, findCause, type Cause, type CauseId } from "./causes";
import { VoiceLiveError, type ErrorDetails } from "./errors";
import { printable } from "./redact";

interface Particulars extends Omit<ErrorDetails, "severity" | "nextStep"> {
  /** Numbers and foreign words that tell this case from others, in brackets after the cause. */
  readonly said?: string;
}

/** A cause that we find ourselves. */
export function faultOf(
  id: CauseId,
  particulars?: Particulars,
): VoiceLiveError {
  return build(CAUSES[id], particulars);
}

/**
 * Names the cause of a refused upgrade.
 * @param status - HTTP status
 * @param body - start of the answer's body, JSON or not
 * @param retryAfterMs - how long the service asks to wait
 */
export function diagnoseUpgrade(
  status: number,
  body: string,
  retryAfterMs?: number,
): VoiceLiveError {
  const { code, message } = serviceWords(body);
  const keys = [...(code ? [`${status} ${code}`] : []), `${status}`];
  return build(findCause("upgrade", keys), {
    said: message ? `${status}: ${message}` : `${status}`,
    service: { status, code },
    retryAfterMs,
  });
}

/**
 * Names the cause of a tunnel that a proxy refuses.
 * @param status - HTTP status of the answer to `CONNECT`
 */
export function diagnoseProxy(
  status: number,
  retryAfterMs?: number,
): VoiceLiveError {
  return build(findCause("proxy", [`${status}`]), {
    said: `${status}`,
    service: { status },
    retryAfterMs,
  });
}

/**
 * Names the cause of a socket error by its `code`, never by its text.
 * @param host - with its port, as `hostOf` gives it
 */
export function diagnoseSocket(cause: unknown, host = ""): VoiceLiveError {
  if (cause instanceof VoiceLiveError) return cause;
  const errno = errnoOf(cause);
  return build(findCause("socket", [errno]), { said: at(errno, host), cause });
}

/** What failed and where, for the brackets; each part may be unknown. */
export function at(errno: string, host: string): string {
  return [errno, host].filter(isText).join(" at ");
}

/** @returns name and port, without login, path and query */
export function hostOf({ protocol, hostname, port }: URL): string {
  const isSecure = protocol === "wss:" || protocol === "https:";
  return `${hostname}:${port || (isSecure ? 443 : 80)}`;
}

/** Node.js hides the code of a failed happy-eyeballs attempt in the first of its `errors`. */
export function errnoOf(cause: unknown): string {
  const { code, errors } = (cause ?? {}) as {
    code?: unknown;
    errors?: unknown;
  };
  if (typeof code === "string") return code;
  return Array.isArray(errors) && errors.length > 0 ? errnoOf(errors[0]) : "";
}

/**
 * Names the cause of a closed socket (protocol.md §2.6).
 * @param code - WebSocket close code, 1006 when there was none
 * @param reason - the peer's words
 */
export function diagnoseClose(code: number, reason: string): VoiceLiveError {
  const words = printable(reason);
  return build(findCause("close", [`${code}`]), {
    said: words ? `${code}: ${words}` : `${code}`,
    service: { status: code },
  });
}

/** What the service said, in one line: code, place, words. */
export function serviceErrorText(details: ServerErrorDetails): string {
  const { type, code, param, message } = details;
  const where = param ? ` at ${printable(param)}` : "";
  return `${printable(code || type || "error")}${where}: ${printable(message)}`;
}

/**
 * Turns the service's `error` event into ours (protocol.md §9.4).
 * @param place - whether the session's settings are confirmed already
 */
export function diagnoseServiceError(
  details: ServerErrorDetails,
  place: "opening" | "service" = "service",
): VoiceLiveError {
  const { type, code, param, event_id: eventId } = details;
  return build(findCause(place, [code, type].filter(isText)), {
    said: serviceErrorText(details),
    service: { type, code, param, eventId },
  });
}

/** The user's words could not be read (protocol.md §6). */
export function diagnoseTranscription(
  details: ServerErrorDetails,
): VoiceLiveError {
  const { code, message } = details;
  return build(findCause("transcription", [code].filter(isText)), {
    said: printable(message),
    service: { code },
  });
}

/** A reply that did not come to its end; reason and error are of any shape (protocol.md §9.2). */
export function diagnoseResponse(response: VoiceLiveResponse): VoiceLiveError {
  const { status = "", status_details: details } = response;
  const { error, reason } = (details ?? {}) as Record<string, unknown>;
  const { code, type, message } = (error ?? {}) as Record<string, unknown>;
  const why = [code, type, reason].filter(isText);
  const keys = [...why.map((word) => `${status} ${word}`), `${status}`];
  return build(findCause("reply", keys), {
    said: printable([why[0], message].filter(isText).join(": ")),
    service: { code: isText(code) ? code : null },
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function serviceWords(body: string): { code?: string; message?: string } {
  try {
    const parsed = JSON.parse(body) as {
      error?: { code?: unknown; message?: unknown };
      code?: unknown;
      message?: unknown;
    };
    const { code, message } = parsed.error ?? parsed;
    return {
      ...(isText(code) && { code: printable(code) }),
      ...(isText(message) && { message: printable(message) }),
    };
  } catch {
    // Gateways answer with html; the status says enough.
    return {};
  }
}

function build(
  { code, cause: reason, nextStep, severity }: Cause,
  { said, ...details }: Particulars = {},
): VoiceLiveError {
  return new VoiceLiveError(code, said ? `${reason} (${said})` : reason, {
    ...details,
    nextStep,
    severity,
  });
}
