import type { NodeContextData } from "node-red";
import { VoiceLiveError, type DayUsage } from "../../lib/client";

/** Name of the value in the context of the session node. */
const KEY = "voiceLiveDay";
/** What a crash can give back of the day's limits. */
const SAVE_EVERY_MS = 10_000;
/** A store that does not answer must not hold up a deploy. */
const CLOSE_WITHIN_MS = 2_000;

export interface DayKeeperOptions {
  readonly day: DayUsage;
  /** Of the session node. */
  readonly context: Pick<NodeContextData, "get" | "set">;
  /** Name of a context store. */
  readonly store: string;
  /** The store holds the day of an earlier process. */
  readonly isFresh: boolean;
  /** The counts may have risen. */
  readonly onRestored: () => void;
  readonly onFault: (fault: VoiceLiveError) => void;
}

/**
 * Keeps the day's usage of a session node in a context store of Node-RED, so that a restart does not give it back.
 * Nothing is written before the earlier counts have been read: it would replace them.
 */
export class DayKeeper {
  readonly #options: DayKeeperOptions;
  readonly #timer: NodeJS.Timeout;
  #hasRead: boolean;
  #isBusy = false;
  #saved = "";
  /** Told once, until it is another or mended. */
  #told = "";

  constructor(options: DayKeeperOptions) {
    this.#options = options;
    this.#hasRead = !options.isFresh;
    this.#timer = setInterval(() => this.#sync(), SAVE_EVERY_MS);
    this.#sync();
  }

  /** Saves what is not saved yet, and calls `done` then, or after two seconds. */
  close(done: () => void): void {
    clearInterval(this.#timer);
    let finish: (() => void) | undefined = done;
    const once = (): void => {
      clearTimeout(patience);
      finish?.();
      finish = undefined;
    };
    const patience = setTimeout(once, CLOSE_WITHIN_MS);
    if (this.#hasRead) this.#save(once);
    else once();
  }

  #sync(): void {
    // A store that is slower than this is not asked a second time.
    if (this.#isBusy) return;
    if (this.#hasRead) this.#save(() => undefined);
    else this.#read();
  }

  #read(): void {
    const { context, store } = this.#options;
    this.#isBusy = true;
    this.#attempt("read", (answered) =>
      context.get(KEY, store, (error: unknown, value: unknown) =>
        answered(error, () => this.#restore(value)),
      ),
    );
  }

  #restore(value: unknown): void {
    const { day, onRestored, onFault } = this.#options;
    this.#hasRead = true;
    if (!day.restore(value, Date.now()))
      onFault(
        new VoiceLiveError(
          "VOICE_LIVE_HISTORY",
          `The day's usage in the context store ${this.#options.store} cannot be read`,
          { nextStep: "It is counted from zero." },
        ),
      );
    onRestored();
  }

  #save(then: () => void): void {
    const { context, store, day } = this.#options;
    const value = day.at(Date.now());
    const json = JSON.stringify(value);
    if (json === this.#saved) return then();
    this.#isBusy = true;
    this.#attempt("write", (answered) =>
      context.set(KEY, value, store, (error: unknown) => {
        answered(error, () => (this.#saved = json));
        then();
      }),
    );
  }

  /** Stores are plug-ins: they may answer with an error, or throw. */
  #attempt(
    what: "read" | "write",
    run: (answered: (error: unknown, then: () => void) => void) => void,
  ): void {
    try {
      run((error, then) => {
        this.#isBusy = false;
        if (error) return this.#report(what, error);
        this.#told = "";
        then();
      });
    } catch (thrown) {
      this.#isBusy = false;
      this.#report(what, thrown);
    }
  }

  #report(what: string, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const told = `${what} ${reason}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onFault(
      new VoiceLiveError(
        "VOICE_LIVE_HISTORY",
        `The context store ${this.#options.store} did not ${what} the day's usage: ${reason}`,
        { nextStep: "Check the store in settings.js; it is tried again." },
      ),
    );
  }
}
