import FakeTimers from "@sinonjs/fake-timers";

/** Runs at a time that is later by so much, on the monotonic clock. */
export async function later(
  ms: number,
  run: () => Promise<void>,
): Promise<void> {
  const now = performance.now();
  const clock = FakeTimers.install({ toFake: ["performance"] });
  clock.tick(now + ms);
  try {
    await run();
  } finally {
    clock.uninstall();
  }
}
