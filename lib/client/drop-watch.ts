/** One stretch of losses, and not the next, is told of once. */
const OVER_AFTER_MS = 5_000;

/** Is audio being lost? Tells when that begins and when it has been over for a while. */
export class DropWatch {
  readonly #onChanged: (isDropping: boolean) => void;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChanged: (isDropping: boolean) => void) {
    this.#onChanged = onChanged;
  }

  get isDropping(): boolean {
    return this.#timer !== undefined;
  }

  dropped(): void {
    this.#lastAt = performance.now();
    if (this.#timer) return;
    this.#wait(OVER_AFTER_MS);
    this.#onChanged(true);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.ceil(ms));
  }

  #look(): void {
    const leftMs = this.#lastAt + OVER_AFTER_MS - performance.now();
    if (leftMs > 0) return this.#wait(leftMs);
    this.#timer = undefined;
    this.#onChanged(false);
  }
}
