import { performance } from "node:perf_hooks";

/** How microphones speak. */
export type Pace =
  /** Each frame at its time; one that is late is sent, not left out. */
  | "real-time"
  /** As fast as the service answers: the same work, whatever else the machine does. */
  | "acknowledged";

/** What the service answers every so often. */
export const DELTA_MS = 100;
/** Deltas that the service may be behind: enough that nobody waits for anybody, too few to pile up in a socket. */
const MAX_BEHIND = 2;
/** A pass of the event loop has about a millisecond's frames, as it would have in real time. */
const MS_PER_PASS = 1;

export interface MicrophonesOptions {
  readonly append: (session: number) => void;
  readonly count: number;
  readonly frameMs: number;
}

/** Microphones of all sessions: they take turns, so that their frames are spread evenly over time. */
export class Microphones {
  readonly #options: MicrophonesOptions;
  #frames = 0;
  #latestMs = 0;
  /** Deltas that each session has had since the talk began. */
  #heard: Uint32Array;
  #wake: (() => void) | undefined;

  constructor(options: MicrophonesOptions) {
    this.#options = options;
    this.#heard = new Uint32Array(options.count);
  }

  /** A delta came. */
  heard(session: number): void {
    this.#heard[session]!++; // one for each session
    this.#wake?.();
  }

  /**
   * @param ms - of audio from each microphone
   * @returns frames sent, and by how much the latest was late
   */
  async run(
    ms: number,
    pace: Pace,
  ): Promise<{ frames: number; latestMs: number }> {
    const { count, frameMs } = this.#options;
    const total = Math.floor(ms / frameMs) * count;
    this.#frames = 0;
    this.#latestMs = 0;
    this.#heard.fill(0);
    await (pace === "real-time"
      ? this.#runInTime(total)
      : this.#runWithAnswers(total));
    return { frames: this.#frames, latestMs: this.#latestMs };
  }

  async #runInTime(total: number): Promise<void> {
    const { count, frameMs } = this.#options;
    const begin = performance.now();
    const dueAt = (): number => begin + (this.#frames / count) * frameMs;
    while (this.#frames < total) {
      const now = performance.now();
      this.#latestMs = Math.max(this.#latestMs, now - dueAt());
      while (this.#frames < total && dueAt() <= now) this.#append();
      const waitMs = Math.max(1, dueAt() - performance.now());
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  async #runWithAnswers(total: number): Promise<void> {
    const { count, frameMs } = this.#options;
    const perPass = Math.ceil((count / frameMs) * MS_PER_PASS);
    while (this.#frames < total) {
      const last = Math.min(total, this.#frames + perPass);
      while (this.#frames < last && this.#mayGo()) this.#append();
      await (this.#frames === total || this.#mayGo()
        ? nextPass()
        : new Promise<void>((resolve) => (this.#wake = resolve)));
      this.#wake = undefined;
    }
    // Only whole work counts: every answer has come.
    const deltas = Math.floor((total / count) * (frameMs / DELTA_MS));
    while (this.#heard.some((heard) => heard < deltas))
      await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }

  #mayGo(): boolean {
    const { count, frameMs } = this.#options;
    const sentMs = Math.floor(this.#frames / count) * frameMs;
    const heard = this.#heard[this.#frames % count] ?? 0;
    return sentMs < (heard + MAX_BEHIND) * DELTA_MS;
  }

  #append(): void {
    this.#options.append(this.#frames++ % this.#options.count);
  }
}

async function nextPass(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
