/** Something that goes on only while somebody asks for it again and again. */
export class Lease {
  readonly #lengthMs: number;
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(lengthMs: number, onEnd: () => void) {
    this.#lengthMs = lengthMs;
    this.#onEnd = onEnd;
  }

  get isHeld(): boolean {
    return this.#timer !== undefined;
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), this.#lengthMs);
  }

  end(): void {
    if (!this.isHeld) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onEnd();
  }
}
