/** Small enough that even short arguments arrive in several deltas, as the service sends them. */
const DELTA_CHARACTERS = 12;

/** The arguments of a call on their way out. */
export class ArgumentPieces {
  #rest: string;

  constructor(args: string) {
    this.#rest = args;
  }

  /** Characters of the next piece; 0 when all is written. */
  get nextCharacters(): number {
    return Math.min(this.#rest.length, DELTA_CHARACTERS);
  }

  next(): string {
    const piece = this.#rest.slice(0, DELTA_CHARACTERS);
    this.#rest = this.#rest.slice(DELTA_CHARACTERS);
    return piece;
  }
}
