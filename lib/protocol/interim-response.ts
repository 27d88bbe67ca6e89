import type { InterimResponseTrigger } from "./enums";

/**
 * Something said while the real answer is late. Only text models with Azure voices, or agents. The names have
 * underscores, although the 2026-07-15 page prints hyphens. Since 2026-01-01-preview.
 * @see protocol.md §7.6
 */
export type InterimResponse = StaticInterimResponse | LlmInterimResponse;

export interface InterimResponseTiming {
  /** Any of them triggers; default `["latency"]`. */
  triggers?: InterimResponseTrigger[] | null;
  /** Default 2000. */
  latency_threshold_ms?: number | null;
}

/** One of the given texts. */
export interface StaticInterimResponse extends InterimResponseTiming {
  type: "static_interim_response";
  texts?: string[] | null;
}

/** A text that a small model writes. */
export interface LlmInterimResponse extends InterimResponseTiming {
  type: "llm_interim_response";
  /** Default `gpt-4.1-mini`. */
  model?: string | null;
  instructions?: string | null;
  /** At least 1, default 50. */
  max_completion_tokens?: number | null;
}
