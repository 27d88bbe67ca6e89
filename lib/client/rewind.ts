/** A pause may hold the first syllable of the next turn, which the service has not noticed yet. */
const QUIET_KEPT_MS = 1_000;
/** An utterance that goes on over a session's last moment; longer ones lose their beginning. */
const SPEECH_KEPT_MS = 15_000;

/**
 * The newest audio that was sent, kept while a session is being replaced: what the old session has not made into a
 * turn is said again to the new one.
 */
export class Rewind {
  readonly #bytesPerMs: number;
  #frames: Buffer[] = [];
  #bytes = 0;
  #isTurnOpen = false;

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  /** What was kept is not needed. */
  forget(): void {
    this.#frames = [];
    this.#bytes = 0;
  }

  /** @param frame - copied */
  sent(frame: Buffer): void {
    this.#frames.push(Buffer.from(frame));
    this.#bytes += frame.length;
    const keptMs = this.#isTurnOpen ? SPEECH_KEPT_MS : QUIET_KEPT_MS;
    while (this.#bytes > keptMs * this.#bytesPerMs)
      this.#bytes -= this.#frames.shift()?.length ?? this.#bytes;
  }

  /** What was kept belongs to a turn that goes on. */
  turnStarted(): void {
    this.#isTurnOpen = true;
  }

  /** The service has made a turn of what was sent. */
  turnEnded(): void {
    this.#isTurnOpen = false;
    this.forget();
  }

  /** @returns what has to be said again; it is not kept any longer */
  take(): readonly Buffer[] {
    const frames = this.#frames;
    this.#isTurnOpen = false;
    this.forget();
    return frames;
  }
}
