import { BoundedMap } from "../bounded-map";
import type { AnyServerEvent } from "../protocol";

/** When something was said, ms on the clock of `performance.now()`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is said is told soon after; older items are not asked for. */
const MAX_ITEMS = 100;

/** When each item was said: by the user as the service noticed, by the assistant as it sounded. */
export class ItemTimes {
  readonly #spans = new BoundedMap<string, { from: number; to: number }>(
    MAX_ITEMS,
  );

  /** Looks for the beginning and the end of the user's speech. */
  event(event: AnyServerEvent, now: number): void {
    const { type, item_id: itemId } = event as Record<string, unknown>;
    if (typeof itemId !== "string") return;
    if (type === "input_audio_buffer.speech_started")
      this.#note(itemId, now, now);
    if (type === "input_audio_buffer.speech_stopped")
      this.#note(itemId, this.#spans.get(itemId)?.from ?? now, now);
  }

  released(itemId: string, durationMs: number, startsAt: number): void {
    const from = this.#spans.get(itemId)?.from ?? startsAt;
    this.#note(itemId, from, startsAt + durationMs);
  }

  shift(lateMs: number, now: number): void {
    for (const span of this.#spans.values()) {
      if (span.from > now) span.from += lateMs;
      if (span.to > now) span.to = Math.max(span.from, span.to + lateMs);
    }
  }

  stop(now: number): void {
    for (const span of this.#spans.values()) span.to = Math.min(span.to, now);
  }

  /** @returns `now` for what made no sound */
  spanOf(itemId: string, now: number): Span {
    const span = this.#spans.get(itemId);
    return span ? { ...span } : { from: now, to: now };
  }

  #note(itemId: string, from: number, to: number): void {
    this.#spans.set(itemId, { from, to });
  }
}
