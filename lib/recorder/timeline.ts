/** Hz of everything that is recorded: what the service speaks at. */
export const RECORDING_RATE = 24_000;
export const SAMPLE_BYTES = 2;

/**
 * A track may be off by so much from the clock before it is laid anew. Reports of devices jitter by less, and a voice that
 * is cut at each of them cannot be listened to.
 */
const TOLERANCE_MS = 40;
export const TOLERANCE = samplesOf(TOLERANCE_MS);

/** Whole samples in a time. */
export function samplesOf(ms: number): number {
  return Math.round((ms * RECORDING_RATE) / 1_000);
}

export function msOf(samples: number): number {
  return (samples * 1_000) / RECORDING_RATE;
}
