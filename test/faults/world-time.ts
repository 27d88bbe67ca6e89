import { setTimeout as sleep } from "node:timers/promises";
import { fakeTime, pass } from "../flows/fake-time";

/** The time of a world: the test's, which stands still while a machine is busy, or the real one. */
export interface WorldTime {
  readonly now: number;
  pass(ms: number): Promise<void>;
  end(): void;
}

const STEP_MS = 20;

export function testTime(): WorldTime {
  const clock = fakeTime();
  return {
    get now() {
      return clock.now;
    },
    pass: (ms) => pass(clock, ms, STEP_MS),
    end: () => clock.uninstall(),
  };
}

export function realTime(): WorldTime {
  return {
    get now() {
      return performance.now();
    },
    pass: (ms) => sleep(ms),
    end: () => undefined,
  };
}
