import type { ServerErrorDetails, VoiceLiveResponse } from "../protocol";
import { VoiceLiveError, type ErrorCode } from "./errors";
import { printable } from "./redact";

interface Diagnosis {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly nextStep: string;
  readonly retryable: boolean;
}

/** Answers to a refused upgrade (protocol.md §2.6). */
const BY_STATUS: Readonly<Record<number, Diagnosis>> = {
  400: stop(
    "VOICE_LIVE_BAD_REQUEST",
    "The service refused the request",
    "Check the model or agent and the API version.",
  ),
  401: stop(
    "VOICE_LIVE_UNAUTHORIZED",
    "The service did not accept the key or token",
    "Check the API key, or the tenant and client, and that they belong to this resource.",
  ),
  403: stop(
    "VOICE_LIVE_FORBIDDEN",
    "The identity is known but may not use this resource",
    "Give it the roles «Cognitive Services User» and «Foundry User», or allow this network in the resource's firewall.",
  ),
  404: stop(
    "VOICE_LIVE_NOT_FOUND",
    "The resource has no Voice Live service at this address",
    "Check the endpoint, and that the resource's region offers Voice Live.",
  ),
  407: stop(
    "VOICE_LIVE_NETWORK",
    "A proxy asks for a login",
    "Check the proxy settings of this machine.",
  ),
  408: retry(
    "VOICE_LIVE_TIMEOUT",
    "The service took too long to answer",
    "It is tried again.",
  ),
  426: stop(
    "VOICE_LIVE_ENDPOINT",
    "The host does not speak WebSocket at this address",
    "Check the endpoint and any gateway in between.",
  ),
  429: retry(
    "VOICE_LIVE_BUSY",
    "Too many connections or tokens for this resource",
    "It is tried again later; a larger quota can be asked for in the portal.",
  ),
};

/**
 * Names the cause of a refused upgrade.
 * @param status - HTTP status
 * @param body - start of the answer's body, JSON or not
 */
export function diagnoseUpgrade(status: number, body: string): VoiceLiveError {
  const found = BY_STATUS[status] ?? byStatusClass(status);
  const said = serviceWords(body);
  const reason = said.message
    ? `${found.reason} (${status}: ${said.message})`
    : `${found.reason} (${status})`;
  return build({ ...found, reason }, { service: { status, code: said.code } });
}

function byStatusClass(status: number): Diagnosis {
  if (status >= 300 && status < 400) {
    return stop(
      "VOICE_LIVE_ENDPOINT",
      "The host answers with a redirect, which is not followed because it could carry the key elsewhere",
      "Use the final address as endpoint.",
    );
  }
  if (status >= 500)
    return retry(
      "VOICE_LIVE_UNAVAILABLE",
      "The service is not available",
      "It is tried again.",
    );
  return stop(
    "VOICE_LIVE_BAD_REQUEST",
    "The service refused the connection",
    "Check the endpoint, the model and the API version.",
  );
}

const BY_ERRNO: Readonly<Record<string, Diagnosis>> = {
  ENOTFOUND: retry(
    "VOICE_LIVE_NETWORK",
    "The host name is not known",
    "Check the endpoint's spelling and this machine's name server.",
  ),
  EAI_AGAIN: retry(
    "VOICE_LIVE_NETWORK",
    "The name server does not answer",
    "Check this machine's network; it is tried again.",
  ),
  ECONNREFUSED: retry(
    "VOICE_LIVE_NETWORK",
    "The host refuses connections",
    "Check host, port and firewall; it is tried again.",
  ),
  ECONNRESET: retry(
    "VOICE_LIVE_NETWORK",
    "The connection was cut",
    "It is tried again.",
  ),
  EPIPE: retry(
    "VOICE_LIVE_NETWORK",
    "The connection was cut",
    "It is tried again.",
  ),
  ETIMEDOUT: retry(
    "VOICE_LIVE_TIMEOUT",
    "The host does not answer",
    "Check network and firewall; it is tried again.",
  ),
  EHOSTUNREACH: retry(
    "VOICE_LIVE_NETWORK",
    "There is no way to the host",
    "Check this machine's network; it is tried again.",
  ),
  ENETUNREACH: retry(
    "VOICE_LIVE_NETWORK",
    "This machine has no network",
    "Check cable or Wi-Fi; it is tried again.",
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: stop(
    "VOICE_LIVE_TLS",
    "The certificate belongs to another host name",
    "Check the endpoint's spelling.",
  ),
  CERT_HAS_EXPIRED: stop(
    "VOICE_LIVE_TLS",
    "The certificate has expired",
    "Check this machine's clock, then the host's certificate.",
  ),
  EPROTO: noTls(),
  ERR_SSL_WRONG_VERSION_NUMBER: noTls(),
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: retry(
    "VOICE_LIVE_FRAME",
    "The service sent a message of more than 16 MiB",
    "The session is opened again.",
  ),
};

const CERTIFICATE_ERRNO =
  /^(DEPTH_ZERO_)?SELF_SIGNED|^UNABLE_TO_|^CERT_|^ERR_TLS|SELF_SIGNED_CERT/;

/** Names the cause of a socket error by its `code`, never by its text. */
export function diagnoseSocket(cause: unknown): VoiceLiveError {
  if (cause instanceof VoiceLiveError) return cause;
  const errno = errnoOf(cause);
  const found = BY_ERRNO[errno] ?? otherErrno(errno);
  return build(
    errno === "" ? found : { ...found, reason: `${found.reason} (${errno})` },
    { cause },
  );
}

function otherErrno(errno: string): Diagnosis {
  if (CERTIFICATE_ERRNO.test(errno)) {
    return stop(
      "VOICE_LIVE_TLS",
      "The certificate is not trusted by this machine",
      "Check for a proxy that inspects traffic; a private CA goes into NODE_EXTRA_CA_CERTS.",
    );
  }
  if (errno.startsWith("WS_ERR_"))
    return retry(
      "VOICE_LIVE_FRAME",
      "The service broke the WebSocket protocol",
      "The session is opened again.",
    );
  return retry(
    "VOICE_LIVE_NETWORK",
    "The connection failed",
    "It is tried again.",
  );
}

/** Node.js hides the code of a failed happy-eyeballs attempt in the first of its `errors`. */
function errnoOf(cause: unknown): string {
  const { code, errors } = (cause ?? {}) as {
    code?: unknown;
    errors?: unknown;
  };
  if (typeof code === "string") return code;
  return Array.isArray(errors) && errors.length > 0 ? errnoOf(errors[0]) : "";
}

const BY_CLOSE_CODE: Readonly<Record<number, Diagnosis>> = {
  1000: retry(
    "VOICE_LIVE_CLOSED",
    "The service closed the session",
    "It is opened again.",
  ),
  1001: retry(
    "VOICE_LIVE_CLOSED",
    "The service ended the session, as it does after its maximum length",
    "It is opened again.",
  ),
  1006: retry(
    "VOICE_LIVE_NETWORK",
    "The connection was lost",
    "It is opened again.",
  ),
  1008: stop(
    "VOICE_LIVE_CLOSED",
    "The service ended the session for a breach of policy",
    "Check the settings, the quota and the content filter of the resource.",
  ),
  1009: retry(
    "VOICE_LIVE_FRAME",
    "A message was too large",
    "The session is opened again.",
  ),
  1011: retry(
    "VOICE_LIVE_UNAVAILABLE",
    "The service failed",
    "The session is opened again.",
  ),
};

/**
 * Names the cause of a closed socket (protocol.md §2.6).
 * @param code - WebSocket close code, 1006 when there was none
 * @param reason - the peer's words
 */
export function diagnoseClose(code: number, reason: string): VoiceLiveError {
  const found =
    BY_CLOSE_CODE[code] ??
    retry(
      "VOICE_LIVE_CLOSED",
      "The service closed the session",
      "It is opened again.",
    );
  const said = printable(reason);
  return build(
    {
      ...found,
      reason: said
        ? `${found.reason} (${code}: ${said})`
        : `${found.reason} (${code})`,
    },
    { service: { status: code } },
  );
}

/** Error codes of the service that say nothing is wrong: they are the losing side of a race. */
const HARMLESS_CODES: ReadonlySet<string> = new Set([
  "response_cancel_not_active",
]);

export function isHarmless(details: ServerErrorDetails): boolean {
  return typeof details.code === "string" && HARMLESS_CODES.has(details.code);
}

/** What the service said, in one line: code, place, words. */
export function serviceErrorText(details: ServerErrorDetails): string {
  const { type, code, param, message } = details;
  const where = param ? ` at ${printable(param)}` : "";
  return `${printable(code || type || "error")}${where}: ${printable(message)}`;
}

/** Turns the service's `error` event into ours (protocol.md §9.4). The session goes on. */
export function diagnoseServiceError(
  details: ServerErrorDetails,
): VoiceLiveError {
  const { type, code, param, event_id: eventId } = details;
  const expired = code === "session_expired";
  return new VoiceLiveError(
    expired ? "VOICE_LIVE_EXPIRED" : "VOICE_LIVE_SERVICE",
    `The service reports ${serviceErrorText(details)}`,
    {
      nextStep: expired
        ? "The session is opened again."
        : "The conversation goes on; mend the setting or message it is about.",
      retryable: expired || type === "server_error",
      service: { type, code, param, eventId },
    },
  );
}

/** The user's words could not be read (protocol.md §6). */
export function diagnoseTranscription(
  details: ServerErrorDetails,
): VoiceLiveError {
  const said = printable(details.message);
  return new VoiceLiveError(
    "VOICE_LIVE_TRANSCRIPTION",
    `The user's words were not transcribed: ${said}`,
    { nextStep: "The conversation goes on." },
  );
}

/** A response that failed; its error is of any shape (protocol.md §9.2). */
export function diagnoseResponse(response: VoiceLiveResponse): VoiceLiveError {
  const details = (response.status_details ?? {}) as { error?: unknown };
  const { code, type, message } = (details.error ?? {}) as Record<
    string,
    unknown
  >;
  const texts = [code ?? type, message].filter(
    (part): part is string => typeof part === "string" && part !== "",
  );
  const said = texts.length > 0 ? `: ${printable(texts.join(": "))}` : "";
  return new VoiceLiveError("VOICE_LIVE_RESPONSE", `The reply failed${said}`, {
    nextStep: "The conversation goes on; ask again.",
    retryable: true,
    service: { code: typeof code === "string" ? code : null },
  });
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
      ...(typeof code === "string" && { code }),
      ...(typeof message === "string" && { message: printable(message) }),
    };
  } catch {
    // Gateways answer with html; the status says enough.
    return {};
  }
}

function build(
  found: Diagnosis,
  details: { service?: object; cause?: unknown },
): VoiceLiveError {
  return new VoiceLiveError(found.code, found.reason, {
    nextStep: found.nextStep,
    retryable: found.retryable,
    ...details,
  });
}

function noTls(): Diagnosis {
  return stop(
    "VOICE_LIVE_TLS",
    "The host does not speak TLS at this port",
    "Check the endpoint's port.",
  );
}

function stop(code: ErrorCode, reason: string, nextStep: string): Diagnosis {
  return { code, reason, nextStep, retryable: false };
}

function retry(code: ErrorCode, reason: string, nextStep: string): Diagnosis {
  return { code, reason, nextStep, retryable: true };
}
