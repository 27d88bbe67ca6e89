import type { AnyServerEvent } from "../protocol";
import type { MomentStep } from "./moment-schema";

export interface MomentGateOptions {
  /** Asked once for each event, before it is sent. */
  readonly stepsAt: (type: string) => readonly MomentStep[];
  readonly write: (event: AnyServerEvent) => void;
  readonly close: (code: number) => void;
  readonly drop: () => void;
}

/** What a session says passes here one by one, and meets what the script does at its moment. */
export class MomentGate {
  readonly #options: MomentGateOptions;
  readonly #held: AnyServerEvent[] = [];
  #stall: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: MomentGateOptions) {
    this.#options = options;
  }

  send(event: AnyServerEvent): void {
    if (this.#stall) this.#held.push(event);
    else this.#perform(this.#options.stepsAt(event.type), event);
  }

  /** Nothing passes any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#stall);
    this.#held.length = 0;
  }

  #perform(steps: readonly MomentStep[], event: AnyServerEvent): void {
    const { write, close, drop } = this.#options;
    for (const [index, step] of steps.entries()) {
      if ("drop" in step) return drop();
      if ("close" in step) return close(step.close);
      if ("fail" in step) write(errorEvent(step.fail));
      if ("stall" in step)
        return this.#stallFor(step.stall, steps.slice(index + 1), event);
    }
    write(event);
  }

  #stallFor(
    ms: number,
    rest: readonly MomentStep[],
    event: AnyServerEvent,
  ): void {
    this.#stall = setTimeout(() => {
      this.#stall = undefined;
      this.#perform(rest, event);
      while (!this.#stall && !this.#isStopped) {
        const next = this.#held.shift();
        if (!next) return;
        this.send(next);
      }
    }, ms);
  }
}

function errorEvent(fail: {
  readonly code?: string;
  readonly message?: string;
}): AnyServerEvent {
  return {
    type: "error",
    error: {
      type: "server_error",
      code: fail.code ?? "server_error",
      message: fail.message ?? "The script fails here.",
      param: null,
      event_id: null,
    },
  };
}
