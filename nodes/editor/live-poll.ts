import type { LiveAnswer } from "./live-types";

/** Between an answer and the next question. */
const PERIOD_MS = 1_000;
/** Node-RED restarts in less. */
const TIMEOUT_MS = 10_000;

export interface LivePollOptions {
  /** Only then anything is asked. */
  readonly isShown: () => boolean;
  /** The conversation whose words are wanted, and what is known of them. */
  readonly watched: () =>
    { readonly id: string; readonly changes: number } | undefined;
  readonly onAnswer: (answer: LiveAnswer) => void;
  /** @param status - of HTTP; 0 when there was no answer */
  readonly onFailure: (status: number) => void;
}

/** Asks the runtime about the live conversations, once a second while the panel is shown. */
export class LivePoll {
  readonly #options: LivePollOptions;
  #isAsking = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LivePollOptions) {
    this.#options = options;
    setInterval(() => this.#tick(), PERIOD_MS / 4);
  }

  /** Asks at once. */
  ask(): void {
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#tick();
  }

  #tick(): void {
    const isDue = performance.now() - this.#askedAt >= PERIOD_MS;
    if (this.#isAsking || !isDue || document.hidden) return;
    if (this.#options.isShown()) this.#send();
  }

  #send(): void {
    const watched = this.#options.watched();
    const { onAnswer, onFailure } = this.#options;
    this.#isAsking = true;
    const done = (): void => {
      this.#isAsking = false;
      this.#askedAt = performance.now();
    };
    void $.ajax({
      url: "voice-live-sessions",
      data: watched && { watch: watched.id, since: watched.changes },
      dataType: "json",
      cache: false,
      timeout: TIMEOUT_MS,
      success: (answer: LiveAnswer) => {
        done();
        onAnswer(answer);
      },
      error: ({ status }) => {
        done();
        onFailure(status);
      },
    });
  }
}
