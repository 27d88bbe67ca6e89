import { spawn, type ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";
import type { Readable, Writable } from "node:stream";
import type { SoundCommand } from "./command";
import { isWrongRate, type Ending } from "./diagnosis";
import { SoundCardError } from "./errors";

/** Enough for the last few lines. */
const STDERR_TAIL = 2_000;
/** A program that has not ended this long after it was asked to is killed. */
const STOP_LIMIT_MS = 2_000;
/** A kill takes effect at once, unless the program hangs in its device's driver: nobody can wait for that. */
const KILL_LIMIT_MS = 500;

/**
 * One run of a sound program. Its pipe is what ties it to this process: when this process dies, however it dies, a player
 * reads the end of its input and a recorder fails to write, and both end.
 */
export class SoundProgram {
  readonly command: SoundCommand;
  /** Resolves, and never rejects, when the program has ended and all of its output was read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess | undefined;
  readonly #startedAt = performance.now();
  #stderr = "";
  #verdict: SoundCardError | undefined;
  #isProven = false;

  constructor(command: SoundCommand) {
    this.command = command;
    try {
      this.#child = start(command);
      this.ended = this.#watch(this.#child);
    } catch (thrown) {
      const startError = thrown as NodeJS.ErrnoException;
      this.ended = Promise.resolve(ending({ startError }));
    }
  }

  /** What a recorder records. */
  get output(): Readable | undefined {
    return this.#child?.stdout ?? undefined;
  }

  /** What a player plays. */
  get input(): Writable | undefined {
    return this.#child?.stdin ?? undefined;
  }

  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** It does what it is for. */
  get isProven(): boolean {
    return this.#isProven;
  }

  prove(): void {
    this.#isProven = true;
  }

  /** Ends it at once, for a reason of ours. */
  condemn(verdict: SoundCardError): void {
    this.#verdict ??= verdict;
    this.kill();
  }

  /** Ends it at once; what it holds is not heard. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Makes it end, and resolves when it has. A player is not asked first: it would play what it holds to the end. */
  async stop(): Promise<void> {
    if (this.command.direction === "record") {
      this.#child?.kill("SIGTERM");
      if (await this.#endsWithin(STOP_LIMIT_MS)) return;
    }
    this.kill();
    await this.#endsWithin(KILL_LIMIT_MS);
  }

  #endsWithin(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      void this.ended
        .then(() => resolve(true))
        .finally(() => clearTimeout(timer));
    });
  }

  #watch(child: ChildProcess): Promise<Ending> {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
      if (isWrongRate(text)) this.#condemnRate();
    });
    // A player that ends while it is written to; its end says why.
    child.stdin?.on("error", () => {});
    return new Promise((resolve) => {
      const settle = (more: Partial<Ending>): void =>
        resolve(
          ending({
            stderr: this.#stderr,
            ...(this.#verdict && { verdict: this.#verdict }),
            ...more,
          }),
        );
      child.once("close", (code, signal) => settle({ code, signal }));
      child.once("error", (startError) => {
        if (child.pid === undefined) settle({ startError });
      });
    });
  }

  /** aplay and arecord go on at the device's own rate: too fast or too slow. */
  #condemnRate(): void {
    const device = this.command.device || "The default device";
    this.condemn(
      new SoundCardError(
        "unsuitable-device",
        `${device} cannot do this sample rate`,
        "Choose its plughw: or default variant, which converts.",
      ),
    );
  }
}

function start({ direction, program, args, env }: SoundCommand): ChildProcess {
  const isPlayer = direction === "play";
  return spawn(program, args, {
    stdio: [isPlayer ? "pipe" : "ignore", isPlayer ? "ignore" : "pipe", "pipe"],
    // What the programs say is read by diagnosis.ts, in English.
    env: { ...process.env, LC_ALL: "C", ...env },
    windowsHide: true,
  });
}

function ending(known: Partial<Ending>): Ending {
  return { code: null, signal: null, stderr: "", ...known };
}
