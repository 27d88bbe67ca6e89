import type { ClientEvent } from "../protocol";
import type { HeardItem } from "./playback-clock";

/** A fragment shorter than this is less than one sample away from the end; the service has nothing to cut. */
const WHOLE_MS = 1;

/**
 * What to tell the service about items that were cut off (design.md §5.1): a truncate at the last whole millisecond
 * heard, a delete where nothing was heard, nothing where all was heard.
 * @see protocol.md §5, §15 trap 8
 */
export function truncationFor(item: HeardItem): ClientEvent | undefined {
  if (item.isComplete) return undefined;
  const heardMs = Math.floor(item.heardMs);
  if (heardMs < WHOLE_MS)
    return { type: "conversation.item.delete", item_id: item.itemId };
  return {
    type: "conversation.item.truncate",
    item_id: item.itemId,
    content_index: item.contentIndex,
    audio_end_ms: heardMs,
  };
}

/**
 * The part of a transcript that can have been heard, cut at a word, in proportion to time.
 * @param transcript - all text of the audio received so far
 */
export function heardText(
  transcript: string,
  heardMs: number,
  receivedMs: number,
): string {
  if (receivedMs <= 0 || heardMs <= 0) return "";
  if (heardMs >= receivedMs) return transcript;
  const reach = Math.floor((transcript.length * heardMs) / receivedMs);
  const isBorder =
    /\s/.test(transcript.charAt(reach)) || reach === transcript.length;
  const cut = isBorder ? reach : transcript.lastIndexOf(" ", reach);
  return transcript.slice(0, Math.max(cut, 0)).trimEnd();
}
