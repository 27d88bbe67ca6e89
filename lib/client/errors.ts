import { inspect } from "node:util";
import { CAUSES, findCause, type Severity } from "./causes";
import type { ErrorCode } from "./error-codes";
import { printableCause, redact, withoutSecrets } from "./redact";

export { ERROR_CODES, type ErrorCode } from "./error-codes";

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
  /** What it does to a conversation; without one, what its code does in the table of causes. */
  readonly severity?: Severity;
  readonly service?: ServiceFault;
  /** The service asks to wait so long before the next handshake. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * The one error of this package. `message` is one line: the cause, then the next step.
 * It never carries a key, a token, audio or a transcript: whatever it is given goes through the redactor.
 */
export class VoiceLiveError extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string | undefined;
  readonly severity: Severity;
  readonly service: ServiceFault | undefined;
  readonly retryAfterMs: number | undefined;

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
    this.severity = details.severity ?? findCause("raised", [code]).severity;
    this.service = withoutSecrets(details.service);
    this.retryAfterMs = details.retryAfterMs;
    // A stack that nobody has read keeps every object on it alive: the socket, and the message that was too large.
    void this.stack;
  }

  /** It is tried again soon, unchanged and by itself. */
  get retryable(): boolean {
    return this.severity === "retry";
  }
}

/** Wraps whatever was thrown, so that every report has a code. Never throws itself. */
export function toVoiceLiveError(thrown: unknown): VoiceLiveError {
  try {
    return thrown instanceof VoiceLiveError
      ? thrown
      : internal(wordsOf(thrown), thrown);
  } catch {
    // A flow can throw a proxy that throws at every touch.
    return internal(UNSPEAKABLE);
  }
}

function internal(reason: string, cause?: unknown): VoiceLiveError {
  const { code, nextStep } = CAUSES.internal;
  return new VoiceLiveError(code, reason, { nextStep, cause });
}

const UNSPEAKABLE = "Something was thrown that cannot be looked at";

/** What was thrown, in words; `String` would throw on an object without a prototype. */
export function wordsOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return thrown.message;
    return typeof thrown === "string" ? thrown : inspect(thrown, { depth: 0 });
  } catch {
    return UNSPEAKABLE;
  }
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
