import { BoundedMap } from "../bounded-map";

/** Far more than anyone looks back on; whoever asks for an older one is told that it is new. */
const MAX_ITEMS = 1_000;

/**
 * The order in which the items of a conversation began. Their words come in another: the whole of a reply when it has been
 * heard, a transcription when it is done, and by then the next item may have begun.
 */
export class ItemOrder {
  readonly #places = new BoundedMap<string, number>(MAX_ITEMS);
  #last = 0;

  /** @returns a number that is higher for an item that began later; one that is not known yet begins now */
  placeOf(itemId: string): number {
    const known = this.#places.get(itemId);
    if (known !== undefined) return known;
    this.#places.set(itemId, ++this.#last);
    return this.#last;
  }
}
