import { install } from "@sinonjs/fake-timers";

export type StoppedClock = ReturnType<typeof install>;

/** Time stands still until the test moves it. */
export function stopClock(): StoppedClock {
  return install({
    toFake: [
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
      "performance",
    ],
  });
}
