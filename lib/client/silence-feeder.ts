/** A microphone sends at least every 100 ms; three missing chunks are a pause, not jitter. */
const IDLE_MS = 300;
const STEP_MS = 100;
/** A turn that has not ended in so much silence will not end by more of it. */
const MAX_FED_MS = 10_000;
/** What an explicit end of speech is worth at once: beyond any usual `silence_duration_ms` (500 by default). */
const END_OF_SPEECH_MS = 1_000;

/** What has come from the microphone. */
export interface Arrivals {
  /** How often audio has come. */
  readonly arrivals: number;
  /** When it came last, on the clock of `performance.now()`. */
  readonly arrivedAt: number;
}

export interface SilenceFeederOptions {
  readonly microphone: Arrivals;
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
  /** Arrivals that came before the last explicit end of speech. */
  #endedArrivals = 0;
  /** In a row, without audio in between. */
  #fedMs = 0;
  /** Arrivals that came before the last of it. */
  #fedArrivals = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SilenceFeederOptions) {
    this.#options = options;
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
    if (!this.#isGoingOn) return;
    this.#endedArrivals = this.#options.microphone.arrivals;
    if (this.#isSpeaking) this.#wait(STEP_MS);
    this.#options.feed(END_OF_SPEECH_MS);
  }

  close(): void {
    this.speechStopped();
  }

  /** Audio has come since speech was ended explicitly. */
  get #isGoingOn(): boolean {
    return this.#options.microphone.arrivals > this.#endedArrivals;
  }

  /** After so long without audio it is a pause. */
  #idleInMs(now: number): number {
    if (!this.#isGoingOn) return 0;
    return this.#options.microphone.arrivedAt + IDLE_MS - now;
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
    const { arrivals } = this.#options.microphone;
    if (arrivals > this.#fedArrivals) this.#fedMs = 0;
    this.#fedArrivals = arrivals;
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
