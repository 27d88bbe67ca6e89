/** Sources that are told apart; beyond it refusals are only counted. */
const MAX_SOURCES = 1_000;

/** Counts what was refused, and says it once for each source and reason. */
export class RefusalLog {
  readonly #say: (line: string) => void;
  readonly #said = new Set<string>();
  #count = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  get count(): number {
    return this.#count;
  }

  /** @param reason - of ours, without anything that the source has sent */
  refused(address: string, reason: string): void {
    this.#count += 1;
    const source = `${address} ${reason}`;
    if (this.#said.has(source) || this.#said.size > MAX_SOURCES) return;
    this.#said.add(source);
    this.#say(
      this.#said.size > MAX_SOURCES
        ? "Pages of many addresses were refused; from here on they are only counted."
        : `A page from ${address} was refused: ${reason}.`,
    );
  }
}
