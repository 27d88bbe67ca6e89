/** The first retry is for a blip: soon enough that a talker does not notice. */
const FIRST_RETRY_MS = 250;
const BASE_MS = 1_000;
const CAP_MS = 30_000;

/**
 * Waiting time before a retry: at most 250 ms the first time, then full jitter over a doubling span up to 30 s.
 * @param attempt - failed attempts so far, 1 or more
 * @param random - uniform in [0, 1)
 * @param isUrgent - somebody waits: where many are cut off together, these ask first while the handshake budget has places
 * @returns milliseconds
 */
export function retryDelayMs(
  attempt: number,
  random: number,
  isUrgent = false,
): number {
  if (attempt <= 1)
    return Math.round((isUrgent ? random : 1 + random) * (FIRST_RETRY_MS / 2));
  // 2^5 s is beyond the cap; a larger exponent would only overflow.
  const spanMs = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 2, 5));
  return Math.round(random * spanMs);
}
