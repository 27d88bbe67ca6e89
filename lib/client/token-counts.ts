/** Tokens of one response by kind; `null` where the service gave no number. */
export interface TokenCounts {
  readonly total: number | null;
  readonly text_in: number | null;
  readonly audio_in: number | null;
  readonly image_in: number | null;
  readonly cached_in: number | null;
  readonly text_out: number | null;
  readonly audio_out: number | null;
  readonly reasoning_out: number | null;
}

/**
 * Reads `usage` of a response, whatever it is: absent, `null`, without details, or of wrong types (protocol.md §9.3).
 */
export function tokenCountsOf(usage: unknown): TokenCounts {
  const input = member(usage, "input_token_details");
  const output = member(usage, "output_token_details");
  return {
    total: totalOf(usage),
    text_in: count(input, "text_tokens"),
    audio_in: count(input, "audio_tokens"),
    image_in: count(input, "image_tokens"),
    cached_in: count(input, "cached_tokens"),
    text_out: count(output, "text_tokens"),
    audio_out: count(output, "audio_tokens"),
    reasoning_out: count(output, "reasoning_tokens"),
  };
}

function totalOf(usage: unknown): number | null {
  const total = count(usage, "total_tokens");
  if (total !== null) return total;
  const read = count(usage, "input_tokens");
  const written = count(usage, "output_tokens");
  return read === null && written === null
    ? null
    : (read ?? 0) + (written ?? 0);
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function count(value: unknown, name: string): number | null {
  const found = member(value, name);
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0
    ? found
    : null;
}
