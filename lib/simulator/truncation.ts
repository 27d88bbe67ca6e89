import { durationMs } from "./audio-format";
import type { StoredItem } from "./conversation-items";
import { invalidValue, RequestFault } from "./request-fault";

/**
 * Checks what a client asks to truncate. @see protocol.md §5, §15.8
 * @param endMs - what the user has heard
 * @throws RequestFault when the item, the part or the time is not one that can be cut
 */
export function checkTruncation(
  stored: StoredItem | undefined,
  contentIndex: number,
  endMs: number,
): StoredItem {
  if (!stored || !isAssistantMessage(stored)) {
    throw new RequestFault(
      "item_truncate_invalid_item_id",
      "Only assistant messages of this conversation can be truncated.",
      "item_id",
    );
  }
  if (contentIndex !== 0)
    throw invalidValue("content_index", "0", contentIndex);
  if (!Number.isInteger(endMs) || endMs < 0)
    throw invalidValue("audio_end_ms", "a whole number of milliseconds", endMs);
  const lengthMs = stored.sound ? durationMs(stored.sound) : 0;
  if (endMs > lengthMs) {
    throw new RequestFault(
      "invalid_value",
      `Audio content of ${Math.floor(lengthMs)}ms is already shorter than ${endMs}ms.`,
      "audio_end_ms",
    );
  }
  return stored;
}

/** Forgets what was not heard, and the transcript, since nobody knows which of its words were. */
export function truncate(stored: StoredItem, endMs: number): void {
  const { item, sound } = stored;
  if (sound) {
    const bytes = 2 * Math.round((endMs * sound.sampleRate) / 1000);
    stored.sound = {
      pcm: sound.pcm.subarray(0, bytes),
      sampleRate: sound.sampleRate,
    };
  }
  if (item.type !== "message") return;
  for (const part of item.content ?? [])
    if (part.type === "audio") part.transcript = null;
}

function isAssistantMessage({ item }: StoredItem): boolean {
  return item.type === "message" && item.role === "assistant";
}
