import type { Duplex } from "node:stream";
import type { Refusal } from "./handshake";
import type { MomentStep } from "./moment-schema";

/**
 * Carries out what a script does before an upgrade is answered.
 * @returns `proceed` when the upgrade may go on, `gone` when there is nobody left to answer, or how to refuse it
 */
export async function performAtHandshake(
  socket: Duplex,
  steps: readonly MomentStep[],
): Promise<"proceed" | "gone" | Refusal> {
  for (const step of steps) {
    if ("stall" in step) await stall(socket, step.stall);
    if ("drop" in step) socket.destroy();
    if (socket.destroyed) return "gone";
    if ("refuse" in step) return toRefusal(step);
  }
  return "proceed";
}

/** Ends early when the client hangs up. */
function stall(socket: Duplex, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      socket.off("close", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    socket.once("close", end);
  });
}

function toRefusal(step: {
  readonly refuse: number;
  readonly retryAfter?: number;
}): Refusal {
  return {
    status: step.refuse,
    code: String(step.refuse),
    message: "The script refuses this.",
    ...(step.retryAfter !== undefined && {
      retryAfterSeconds: step.retryAfter,
    }),
  };
}
