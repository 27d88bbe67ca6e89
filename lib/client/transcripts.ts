import { heardText, heardWords, type TimedWord } from "./truncation";
import type { HeardItem } from "./playback-clock";

/** A piece of what was said, or the whole of it. */
export interface Transcript {
  readonly who: "user" | "assistant";
  readonly text: string;
  /** True for the whole text of an item, told once; false for a piece of it. */
  readonly isFinal: boolean;
  readonly itemId: string;
  readonly responseId?: string | undefined;
  /** Of an interrupted reply: what the user can have heard. */
  readonly heard?: string;
}

interface Spoken {
  readonly itemId: string;
  readonly responseId: string;
  /** Texts of its content parts, by index; no list, since a service may count from anywhere. */
  readonly parts: Map<number, string>;
  /** Of all parts. */
  characters: number;
  isWhole: boolean;
  /** In order; empty with a voice that gives no times. */
  readonly words: TimedWord[];
}

/** A service that opens items and never ends them must not fill the memory. */
const MAX_OPEN = 50;
/** Half an hour of speech. */
const MAX_WORDS = 5_000;
/** Of one item: hours of speech. What comes on top was told as pieces. */
const MAX_CHARACTERS = 200_000;

/**
 * What both sides said. The assistant's text comes much faster than its voice, so the whole of it is told when it has
 * been heard, or when it was cut off: then it is known how much of it counts.
 */
export class Transcripts {
  readonly #open = new Map<string, Spoken>();
  readonly #tell: (transcript: Transcript) => void;

  constructor(tell: (transcript: Transcript) => void) {
    this.#tell = tell;
  }

  userPiece(itemId: string, text: string): void {
    if (text !== "") this.#tell({ who: "user", text, isFinal: false, itemId });
  }

  userWhole(itemId: string, text: string): void {
    this.#tell({ who: "user", text, isFinal: true, itemId });
  }

  assistantPiece(
    responseId: string,
    itemId: string,
    text: string,
    contentIndex = 0,
  ): void {
    const spoken = this.#spoken(responseId, itemId);
    write(spoken, contentIndex, (spoken.parts.get(contentIndex) ?? "") + text);
    if (text !== "")
      this.#tell({
        who: "assistant",
        text,
        isFinal: false,
        itemId,
        responseId,
      });
  }

  /** The service has said all of a part. Its own version of the text counts. */
  assistantWhole(
    responseId: string,
    itemId: string,
    text: string,
    contentIndex = 0,
  ): void {
    write(this.#spoken(responseId, itemId), contentIndex, text);
  }

  itemDone(itemId: string): void {
    const spoken = this.#open.get(itemId);
    if (spoken) spoken.isWhole = true;
  }

  /** The service says when a word of an item sounds. */
  word(responseId: string, itemId: string, text: string, endMs: number): void {
    const { words } = this.#spoken(responseId, itemId);
    if (words.length < MAX_WORDS) words.push({ text, endMs });
  }

  /** What can have been heard of an item that is not told yet: by the times of its words, else in proportion to time. */
  heardOf({ itemId, heardMs, receivedMs }: HeardItem): string {
    const spoken = this.#open.get(itemId);
    if (!spoken) return "";
    const text = textOf(spoken);
    return spoken.words.length > 0
      ? heardWords(text, spoken.words, heardMs)
      : heardText(text, heardMs, receivedMs);
  }

  /** Tells every whole item of which nothing is left to be heard. */
  settle(isAwaited: (itemId: string) => boolean): void {
    for (const spoken of this.#open.values())
      if (spoken.isWhole && !isAwaited(spoken.itemId)) this.#finish(spoken);
  }

  /** Tells the items that were cut off. */
  interrupted(heard: readonly HeardItem[]): void {
    for (const item of heard) {
      const spoken = this.#open.get(item.itemId);
      if (spoken)
        this.#finish(spoken, item.isComplete ? undefined : this.heardOf(item));
    }
  }

  /** No more can come: tells what there is. */
  close(): void {
    for (const spoken of this.#open.values()) this.#finish(spoken);
  }

  /** Drops an item without a word: nothing of it was heard or ever will be. */
  forget(itemId: string): void {
    this.#open.delete(itemId);
  }

  #spoken(responseId: string, itemId: string): Spoken {
    const known = this.#open.get(itemId);
    if (known) return known;
    for (const oldest of this.#open.values()) {
      if (this.#open.size < MAX_OPEN) break;
      this.#finish(oldest);
    }
    const spoken: Spoken = {
      itemId,
      responseId,
      parts: new Map(),
      characters: 0,
      isWhole: false,
      words: [],
    };
    this.#open.set(itemId, spoken);
    return spoken;
  }

  #finish(spoken: Spoken, heard?: string): void {
    this.#open.delete(spoken.itemId);
    const { itemId, responseId } = spoken;
    const text = textOf(spoken);
    if (text !== "")
      this.#tell({
        who: "assistant",
        text,
        isFinal: true,
        itemId,
        responseId,
        ...(heard !== undefined && { heard }),
      });
  }
}

function write(spoken: Spoken, contentIndex: number, text: string): void {
  const { parts, characters } = spoken;
  const others = characters - (parts.get(contentIndex)?.length ?? 0);
  const kept = text.slice(0, MAX_CHARACTERS - others);
  if (kept === "") parts.delete(contentIndex);
  else parts.set(contentIndex, kept);
  spoken.characters = others + kept.length;
}

function textOf({ parts }: Spoken): string {
  return [...parts]
    .toSorted(([one], [other]) => one - other)
    .map(([, text]) => text)
    .join(" ");
}
