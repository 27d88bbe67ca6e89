/** A microphone sends at least every 100 ms; three missing chunks are a pause, not jitter. */
const IDLE_MS = 300;
const STEP_MS = 100;
/** A turn that has not ended in so much silence will not end by more of it. */
const MAX_FED_MS = 10_000;
/** What an explicit end of speech is worth at once: beyond any usual `silence_duration_ms` (500 by default). */
const END_OF_SPEECH_MS = 1_000;

export interface SilenceFeederOptions {
  /** Appends silence to the input. */
  readonly feed: (ms: number) => void;
  /** The turn does not end although silence was fed. */
  readonly onGaveUp: () => void;
}

/**
 * Voice activity detection needs silence after speech (protocol.md §11). A microphone that simply stops would leave the
 * turn open for ever, so silence is fed in its place while the service hears the user speak.
 */
export class SilenceFeeder {
  readonly #options: SilenceFeederOptions;
  #isSpeaking = false;
  #audioAt = Number.NEGATIVE_INFINITY;
  #fedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SilenceFeederOptions) {
    this.#options = options;
  }

  audioArrived(now: number): void {
    this.#audioAt = now;
    this.#fedMs = 0;
  }

  speechStarted(): void {
    this.#isSpeaking = true;
    this.#fedMs = 0;
    if (this.#timer === undefined)
      this.#wait(Math.max(STEP_MS, this.#idleInMs(performance.now())));
  }

  speechStopped(): void {
    this.#isSpeaking = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The flow says that speech is over: enough silence at once, and no waiting for more audio. */
  endOfSpeech(): void {
    // Told again without audio in between, it would only pile up silence.
    if (this.#audioAt === Number.NEGATIVE_INFINITY) return;
    this.#audioAt = Number.NEGATIVE_INFINITY;
    if (this.#isSpeaking) this.#wait(STEP_MS);
    this.#options.feed(END_OF_SPEECH_MS);
  }

  close(): void {
    this.speechStopped();
  }

  /** After so long without audio it is a pause. */
  #idleInMs(now: number): number {
    return this.#audioAt + IDLE_MS - now;
  }

  /** Audio moves the time and not the timer, which looks for itself: a microphone sends many times a second. */
  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#look(performance.now()),
      Math.ceil(ms),
    );
  }

  #look(now: number): void {
    const idleInMs = this.#idleInMs(now);
    if (idleInMs > 0) return this.#wait(idleInMs);
    if (this.#fedMs >= MAX_FED_MS) {
      this.speechStopped();
      return this.#options.onGaveUp();
    }
    this.#wait(STEP_MS);
    this.#fedMs += STEP_MS;
    this.#options.feed(STEP_MS);
  }
}
