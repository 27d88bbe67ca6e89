import type { Transcript } from "../client";

/** What one side said in one item, as far as it is known. */
export interface SpokenLine {
  readonly itemId: string;
  /** Higher for a line that began later. */
  readonly place: number;
  readonly who: "user" | "assistant";
  readonly text: string;
  readonly isFinal: boolean;
  /** Of an interrupted reply: what the user can have heard. */
  readonly heard?: string;
}

interface Entry {
  line: SpokenLine;
  /** Counter at its last change. */
  changed: number;
}

const MAX_LINES = 100;
/** More than anyone reads beside a flow; the end of a longer text counts. */
const MAX_CHARACTERS = 4_000;

/** The last lines of a conversation, growing piece by piece. */
export class SpokenLines {
  readonly #entries = new Map<string, Entry>();
  #changes = 0;

  /** Counter of changes, for `since`. */
  get changes(): number {
    return this.#changes;
  }

  /** @param place - higher for an item that began later; words may come in another order */
  add({ who, text, isFinal, itemId, heard }: Transcript, place: number): void {
    const id = `${who} ${itemId}`;
    const before = this.#entries.get(id)?.line;
    if (before?.isFinal && !isFinal) return;
    const whole = isFinal ? text : (before?.text ?? "") + text;
    this.#entries.set(id, {
      line: {
        itemId,
        place,
        who,
        text: whole.slice(-MAX_CHARACTERS),
        isFinal,
        ...(heard !== undefined && { heard: heard.slice(-MAX_CHARACTERS) }),
      },
      changed: ++this.#changes,
    });
    if (this.#entries.size > MAX_LINES) this.#dropFirst();
  }

  /** Lines that are new or have changed, in the order in which they began. */
  since(changes: number): readonly SpokenLine[] {
    return [...this.#entries.values()]
      .filter(({ changed }) => changed > changes)
      .map(({ line }) => line)
      .toSorted((one, other) => one.place - other.place);
  }

  #dropFirst(): void {
    const [first] = [...this.#entries].toSorted(
      ([, one], [, other]) => one.line.place - other.line.place,
    );
    if (first) this.#entries.delete(first[0]);
  }
}
