import type { ErrorCode } from "../error-codes";

/**
 * What a cause does to a conversation.
 *
 * - `ignore`: nothing is wrong; nobody is told
 * - `report`: told, and everything goes on
 * - `retry`: the session is over; it is opened again, soon and without end
 * - `stop`: a person has to mend it; told, then tried once a minute
 */
export type Severity = "ignore" | "report" | "retry" | "stop";

/**
 * Where a cause shows, and so what its marks are.
 *
 * - `upgrade`: HTTP status of a refused upgrade, alone or with the error code in the body
 * - `proxy`: HTTP status with which a proxy refuses `CONNECT`
 * - `socket`: `code` of the socket's error
 * - `close`: WebSocket close code
 * - `opening`: `code` or `type` of an `error` event before the settings are confirmed
 * - `service`: the same on a session that is ready
 * - `reply`: status of a response, alone or with its reason or error code
 * - `transcription`: error code of a transcription that failed
 * - `found`: nothing to match: we find it ourselves; the mark says how
 * - `raised`: our own code, raised where the cause is and in its own words
 */
export type Place =
  | "upgrade"
  | "proxy"
  | "socket"
  | "close"
  | "opening"
  | "service"
  | "reply"
  | "transcription"
  | "found"
  | "raised";

/** One row of the table that docs/errors.md is made of. */
export interface Cause {
  /** Marks by place; a `*` at the end stands for any rest. The longest mark that fits counts. */
  readonly seen: Readonly<Partial<Record<Place, readonly string[]>>>;
  readonly severity: Severity;
  readonly code: ErrorCode;
  /** One line, without a stop: more may follow in brackets. */
  readonly cause: string;
  readonly nextStep: string;
}

export type Causes = Readonly<Record<string, Cause>>;
