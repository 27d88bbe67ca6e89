import { restartDelayMs } from "./backoff";
import type { ProgramName, SoundCommand } from "./command";
import { diagnose, mostTelling, type Ending } from "./diagnosis";
import type { SoundCardError } from "./errors";
import { SoundProgram } from "./sound-program";

export interface SupervisorListeners {
  /** A program was started: connect to its pipe. */
  readonly started: (program: SoundProgram) => void;
  /** It ended although it should run; another follows by itself. */
  readonly failed: (fault: SoundCardError) => void;
}

/**
 *              start            ends: next command, or fault
 *   stopped ─────────▶ running ──────────────────────────────▶ waiting
 *      ▲                  ▲  │                                    │
 *      │ stop, kill       │  └── next command, at once            │ backoff
 *      └── from anywhere  └───────────────────────────────────────┘
 *
 * `leaving`: should run, but the program before it has not let go of the device yet.
 */
type State =
  | { readonly name: "stopped" }
  | { readonly name: "leaving" }
  | { readonly name: "running"; readonly program: SoundProgram }
  | { readonly name: "waiting"; readonly timer: NodeJS.Timeout };

/** A program that ran this long before it ended was all right: the first retry is quick again. */
const HEALTHY_MS = 5_000;

/** Keeps one of several equal programs running. */
export class Supervisor {
  readonly #listeners: SupervisorListeners;
  /** Programs that have not ended yet: the one that runs, and those that were told to go. */
  readonly #alive = new Set<SoundProgram>();
  #state: State = { name: "stopped" };
  #commands: readonly SoundCommand[] = [];
  /** Which of the commands is tried, and what was wrong with those before it. */
  #tried: SoundCardError[] = [];
  #attempts = 0;
  #favourite: ProgramName | undefined;

  constructor(listeners: SupervisorListeners) {
    this.#listeners = listeners;
  }

  get isStopped(): boolean {
    return this.#state.name === "stopped";
  }

  get program(): SoundProgram | undefined {
    return this.#state.name === "running" ? this.#state.program : undefined;
  }

  /** @param commands - tried in this order, until one has worked: a sound server that is away for a moment is waited for */
  start(commands: readonly SoundCommand[]): void {
    if (!this.isStopped) return;
    const favourite = commands.filter(
      ({ program }) => program === this.#favourite,
    );
    this.#commands = favourite.length > 0 ? favourite : commands;
    this.#tryFromTheFirst();
  }

  /** The running program does what it is for. */
  prove(): void {
    const program = this.program;
    if (!program) return;
    program.prove();
    this.#favourite = program.command.program;
  }

  /** Ends at once; what the program holds is not heard. */
  kill(): void {
    this.#leave();
    for (const program of this.#alive) program.kill();
  }

  /** Ends, and resolves when no program is left. May be called twice. */
  async stop(): Promise<void> {
    this.#leave();
    await Promise.all([...this.#alive].map((program) => program.stop()));
  }

  #leave(): void {
    if (this.#state.name === "waiting") clearTimeout(this.#state.timer);
    this.#state = { name: "stopped" };
  }

  #tryFromTheFirst(): void {
    this.#tried = [];
    this.#launch();
  }

  #launch(): void {
    // ALSA gives a device to one program at a time.
    if (this.#alive.size > 0) {
      this.#state = { name: "leaving" };
      return;
    }
    const command = this.#commands[this.#tried.length]!;
    const program = new SoundProgram(command);
    this.#alive.add(program);
    this.#state = { name: "running", program };
    void program.ended.then((ending) => this.#ended(program, ending));
    this.#listeners.started(program);
  }

  #ended(program: SoundProgram, ending: Ending): void {
    this.#alive.delete(program);
    if (this.#state.name === "leaving") return this.#launch();
    if (this.program !== program) return;
    this.#tried.push(diagnose(program.command, ending));
    if (program.isProven) return this.#retryLater(program.ageMs);
    if (this.#tried.length < this.#commands.length) return this.#launch();
    this.#retryLater(0);
  }

  #retryLater(ranMs: number): void {
    this.#attempts = ranMs >= HEALTHY_MS ? 1 : this.#attempts + 1;
    const fault = mostTelling(this.#tried);
    const timer = setTimeout(
      () => this.#tryFromTheFirst(),
      restartDelayMs(this.#attempts),
    );
    this.#state = { name: "waiting", timer };
    this.#listeners.failed(fault);
  }
}
