import type { LifeEvent } from "../client";

/** What a conversation has come to; `null` where nothing is known yet. */
export interface Figures {
  /** End of the user's turn to the first sound of the answer. */
  readonly turnMs: number | null;
  readonly tokens: number | null;
  /** Sessions after the first. */
  readonly reconnects: number;
}

/** Counts what the events of a conversation tell: numbers, no words. */
export class ConversationFigures {
  #turnMs: number | null = null;
  #tokens: number | null = null;
  #sessions = 0;

  get figures(): Figures {
    return {
      turnMs: this.#turnMs,
      tokens: this.#tokens,
      reconnects: Math.max(0, this.#sessions - 1),
    };
  }

  add({ kind, payload }: LifeEvent): void {
    if (kind === "connected") this.#sessions++;
    if (kind === "usage")
      this.#tokens = numberOf(payload["conversation_tokens"]) ?? this.#tokens;
    if (kind === "turn")
      this.#turnMs =
        numberOf(payload["eot_to_first_out_ms"]) ??
        numberOf(payload["eot_to_first_delta_ms"]) ??
        this.#turnMs;
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
