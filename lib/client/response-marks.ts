import type { VoiceLiveResponse } from "../protocol";

/** What is told with everything that belongs to a response. */
export interface Marks {
  /** The response is not part of the conversation. */
  readonly outOfBand?: true;
  /** As the request for it said. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Audio may leave minutes after its response is done. */
const MAX_KEPT = 100;
const NOTHING: Marks = {};

/** Responses that are told apart from the conversation's plain answers. */
export class ResponseMarks {
  readonly #marks = new Map<string, Marks>();

  note({ id, metadata }: VoiceLiveResponse, isOutOfBand: boolean): void {
    const isNamed = Object.keys(metadata ?? {}).length > 0;
    if (!isOutOfBand && !isNamed) return;
    this.#marks.set(id, {
      ...(isOutOfBand && { outOfBand: true }),
      ...(metadata && isNamed && { metadata: { ...metadata } }),
    });
    for (const oldest of this.#marks.keys()) {
      if (this.#marks.size <= MAX_KEPT) break;
      this.#marks.delete(oldest);
    }
  }

  of(responseId: string): Marks {
    return this.#marks.get(responseId) ?? NOTHING;
  }
}
