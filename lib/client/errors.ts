import { inspect } from "node:util";
import { printableCause, redact, withoutSecrets } from "./redact";

/** Stable codes of everything that can go wrong. Users and flows match on these, so a code is never renamed. */
export const ERROR_CODES = [
  "VOICE_LIVE_ENDPOINT",
  "VOICE_LIVE_CONFIGURATION",
  "VOICE_LIVE_ENVIRONMENT",
  "VOICE_LIVE_CREDENTIAL",
  "VOICE_LIVE_UNAUTHORIZED",
  "VOICE_LIVE_FORBIDDEN",
  "VOICE_LIVE_NOT_FOUND",
  "VOICE_LIVE_BAD_REQUEST",
  "VOICE_LIVE_BUSY",
  "VOICE_LIVE_UNAVAILABLE",
  "VOICE_LIVE_NETWORK",
  "VOICE_LIVE_TLS",
  "VOICE_LIVE_TIMEOUT",
  "VOICE_LIVE_CLOSED",
  "VOICE_LIVE_EXPIRED",
  "VOICE_LIVE_SHORT_SESSIONS",
  "VOICE_LIVE_FRAME",
  "VOICE_LIVE_SETTINGS",
  "VOICE_LIVE_SERVICE",
  "VOICE_LIVE_RESPONSE",
  "VOICE_LIVE_TRANSCRIPTION",
  "VOICE_LIVE_AUDIO",
  "VOICE_LIVE_PAYLOAD",
  "VOICE_LIVE_KEY",
  "VOICE_LIVE_ACTION",
  "VOICE_LIVE_CALL_UNKNOWN",
  "VOICE_LIVE_CALL_ANSWERED",
  "VOICE_LIVE_CALL_LATE",
  "VOICE_LIVE_CALL_TIMEOUT",
  "VOICE_LIVE_ARGUMENTS",
  "VOICE_LIVE_TOOL",
  "VOICE_LIVE_NOT_CONNECTED",
  "VOICE_LIVE_LIMIT",
  "VOICE_LIVE_NO_SESSION",
  "VOICE_LIVE_INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What the service itself said: the members of its error object (protocol.md §9.4) and the HTTP status. */
export interface ServiceFault {
  readonly status?: number;
  readonly type?: string | null;
  readonly code?: string | null;
  readonly param?: string | null;
  readonly eventId?: string | null;
}

export interface ErrorDetails {
  /** What the user can do about it; one sentence. */
  readonly nextStep?: string;
  /** True when trying again, unchanged, may work. */
  readonly retryable?: boolean;
  readonly service?: ServiceFault;
  readonly cause?: unknown;
}

/**
 * The one error of this package. `message` is one line: the cause, then the next step.
 * It never carries a key, a token, audio or a transcript: whatever it is given goes through the redactor.
 */
export class VoiceLiveError extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string | undefined;
  readonly retryable: boolean;
  readonly service: ServiceFault | undefined;

  constructor(code: ErrorCode, reason: string, details: ErrorDetails = {}) {
    super(
      redact(
        oneLine(
          details.nextStep ? `${withStop(reason)} ${details.nextStep}` : reason,
        ),
      ),
      details.cause === undefined
        ? undefined
        : { cause: printableCause(details.cause) },
    );
    this.name = "VoiceLiveError";
    this.code = code;
    this.nextStep = details.nextStep && redact(details.nextStep);
    this.retryable = details.retryable ?? false;
    this.service = withoutSecrets(details.service);
  }
}

/** Wraps whatever was thrown, so that every report has a code. */
export function toVoiceLiveError(thrown: unknown): VoiceLiveError {
  if (thrown instanceof VoiceLiveError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : describe(thrown);
  return new VoiceLiveError("VOICE_LIVE_INTERNAL", reason, { cause: thrown });
}

/** `String` would throw on an object without a prototype. */
function describe(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : inspect(thrown, { depth: 0 });
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
