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

/** Knows words also where a language writes no blanks between them. */
const WORDS = new Intl.Segmenter(undefined, { granularity: "word" });

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
  const cut = WORDS.segment(transcript).containing(reach)?.index ?? 0;
  return transcript.slice(0, cut).trimEnd();
}

/** A word and where in the item's audio it ends. */
export interface TimedWord {
  readonly text: string;
  readonly endMs: number;
}

/**
 * The part of a transcript that was heard, by the times of its words (protocol.md §6, `response.audio_timestamp.delta`).
 * The times say which words; the transcript says how they are written.
 */
export function heardWords(
  transcript: string,
  words: readonly TimedWord[],
  heardMs: number,
): string {
  let reach = 0;
  for (const { text, endMs } of words) {
    if (endMs > heardMs) break;
    const at = transcript.indexOf(text.trim(), reach);
    if (at >= 0) reach = at + text.trim().length;
  }
  const punctuation = /^[\p{P}]+(?=\s|$)/u.exec(transcript.slice(reach));
  return transcript.slice(
    0,
    reach + (reach > 0 ? (punctuation?.[0].length ?? 0) : 0),
  );
}
