import type { IncomingHttpHeaders } from "node:http";

/** A service that asks for more has not thought of a caller who waits; the answer to an early try tells as much. */
const LONGEST_MS = 10 * 60_000;

/**
 * How long the answer asks to wait: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), or Azure's `retry-after-ms`.
 * @param nowMs - of the wall clock, for a date in an answer that does not tell its own
 * @returns milliseconds, at most 10 minutes; undefined when nothing readable is asked for
 */
export function readRetryAfterMs(
  headers: IncomingHttpHeaders,
  nowMs: number,
): number | undefined {
  const exactMs = wholeNumber(headers["retry-after-ms"]);
  const text = headers["retry-after"];
  const seconds = wholeNumber(text);
  const askedMs =
    exactMs ??
    (seconds === undefined
      ? untilDate(text, headers.date, nowMs)
      : seconds * 1_000);
  return askedMs === undefined ? undefined : Math.min(askedMs, LONGEST_MS);
}

function wholeNumber(value: string | string[] | undefined): number | undefined {
  return typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value)
    ? Number(value)
    : undefined;
}

/** Measured from the answer's own `Date`: the clock of a small machine may be years behind. */
function untilDate(
  text: string | undefined,
  answeredAt: string | undefined,
  nowMs: number,
): number | undefined {
  const dueMs = text?.endsWith("GMT") ? Date.parse(text) : NaN;
  if (Number.isNaN(dueMs)) return undefined;
  const answeredMs = Date.parse(answeredAt ?? "");
  const fromMs = Number.isNaN(answeredMs) ? nowMs : answeredMs;
  return Math.max(0, dueMs - fromMs);
}
