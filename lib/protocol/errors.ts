import type { Open, ServerErrorCode } from "./enums";
import type { Maybe } from "./maybe";

/** What went wrong. Match on `type` and `code`, never on `message`; `code` is often null. @see protocol.md §9.4 */
export interface ServerErrorDetails {
  type?: Maybe<Open<"invalid_request_error" | "server_error">>;
  code?: Maybe<ServerErrorCode>;
  message: string;
  /** The member at fault, as a path such as `session.turn_detection`. */
  param?: Maybe<string>;
  /** The client event at fault, if it had an id. Empty and null are no correlation key (§15.17). */
  event_id?: Maybe<string>;
}

/** Since 2026-01-01-preview. */
export interface ServerWarningDetails {
  message: string;
  code?: Maybe<string>;
  param?: Maybe<string>;
}
