import FakeTimers, { type Clock } from "@sinonjs/fake-timers";

/** Sockets and Node-RED's own queue run in real time; only waiting is shortened. */
export function fakeTime(): Clock {
  return FakeTimers.install({
    now: 1_000,
    toFake: [
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
      "performance",
    ],
  });
}

/** Lets a message go there and back between two ends of loopback, through the flow on either way. */
export async function exchange(): Promise<void> {
  // One turn of the event loop for each: write, read, answer, read, route, write, read, and one to spare.
  for (let turn = 0; turn < 8; turn++)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Moves time on in steps short enough that nothing notices. */
export async function pass(
  clock: Clock,
  ms: number,
  stepMs = 20,
): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    clock.tick(Math.min(left, stepMs));
    await exchange();
  }
}
