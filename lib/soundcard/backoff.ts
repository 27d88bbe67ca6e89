const FIRST_MS = 250;
const CAP_MS = 30_000;

/**
 * Waiting time before a program is started again: 250 ms, doubling up to 30 s. There is no jitter, because nobody else waits
 * for the same sound card.
 * @param attempt - failed attempts so far, 1 or more
 * @returns milliseconds
 */
export function restartDelayMs(attempt: number): number {
  // 2^7 is beyond the cap; a larger exponent would only overflow.
  return Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 7));
}
