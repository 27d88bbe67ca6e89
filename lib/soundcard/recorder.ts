import { Framer, pcm16BytesFor } from "../audio";
import {
  soundCommands,
  type ProgramName,
  type SoundCommand,
  type StreamOptions,
} from "./command";
import { SoundCardError } from "./errors";
import type { SoundProgram } from "./sound-program";
import { Supervisor } from "./supervisor";

export interface RecorderOptions extends StreamOptions {
  readonly program: ProgramName | "auto";
  /** Length of one chunk, ms. */
  readonly chunkMs: number;
}

export interface RecorderListeners {
  /** Mono PCM16 of `chunkMs`, in own memory. */
  readonly audio: (pcm: Buffer) => void;
  /** No sound until it works again by itself; told once for each attempt. */
  readonly fault: (fault: SoundCardError) => void;
}

/** A device that is silent still delivers zeros; one that delivers nothing hangs. PulseAudio's slowest needs 2 s to begin. */
const STALL_MS = 5_000;

/** Records from a sound device for as long as it is started, whatever happens to the device. */
export class SoundRecorder {
  readonly #commands: readonly SoundCommand[];
  readonly #listeners: RecorderListeners;
  readonly #frameBytes: number;
  readonly #supervisor: Supervisor;

  /** @throws SoundCardError `device-name` */
  constructor(options: RecorderOptions, listeners: RecorderListeners) {
    this.#commands = soundCommands("record", options.program, options);
    this.#listeners = listeners;
    this.#frameBytes = pcm16BytesFor(options.chunkMs, options.sampleRate);
    this.#supervisor = new Supervisor({
      started: (program) => this.#listen(program),
      failed: listeners.fault,
    });
  }

  get isStarted(): boolean {
    return !this.#supervisor.isStopped;
  }

  start(): void {
    this.#supervisor.start(this.#commands);
  }

  /** Resolves when no program is left. */
  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  #listen(program: SoundProgram): void {
    const framer = new Framer({ frameBytes: this.#frameBytes });
    const watchdog = setTimeout(() => program.condemn(stalled()), STALL_MS);
    void program.ended.then(() => clearTimeout(watchdog));
    program.output?.on("data", (bytes: Buffer) => {
      if (this.#supervisor.program !== program) return;
      watchdog.refresh();
      this.#supervisor.prove();
      for (const pcm of framer.push(bytes)) this.#listeners.audio(pcm);
    });
  }
}

function stalled(): SoundCardError {
  return new SoundCardError(
    "stalled",
    `The sound device has delivered nothing for ${STALL_MS / 1_000} s`,
    "Plug it in again, or choose another.",
  );
}
