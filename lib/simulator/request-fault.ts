import type { ServerErrorDetails } from "../protocol";

/** A client event that the service refuses. Becomes one `error` event; the session goes on. @see protocol.md §9.4 */
export class RequestFault extends Error {
  override readonly name = "RequestFault";
  readonly code: string;
  /** The member at fault, as a path such as `session.voice`. */
  readonly param: string | null;

  constructor(code: string, message: string, param: string | null = null) {
    super(message);
    this.code = code;
    this.param = param;
  }

  /** @param eventId - id of the client event, if it had one */
  toDetails(eventId: string | null): ServerErrorDetails {
    return {
      type: "invalid_request_error",
      code: this.code,
      message: this.message,
      param: this.param,
      event_id: eventId,
    };
  }
}

/** A member with a value that the service does not take. */
export function invalidValue(
  param: string,
  expected: string,
  got: unknown,
): RequestFault {
  return new RequestFault(
    "invalid_value",
    `Invalid value for '${param}': expected ${expected}, got ${brief(got)}.`,
    param,
  );
}

/** A member that must be there. */
export function missingParameter(param: string): RequestFault {
  return new RequestFault(
    "missing_required_parameter",
    `Missing required parameter: '${param}'.`,
    param,
  );
}

/** Names the kind of a value without repeating what a user may have said or typed. */
function brief(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string")
    return /^[\w.:-]{0,40}$/.test(value) ? `'${value}'` : "a string";
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : `a value of type ${typeof value}`;
}
