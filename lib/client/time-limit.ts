import { createContext, Script } from "node:vm";

/** Only a context of `vm` can be stopped from outside; what it runs is our own function, and no text is evaluated. */
const RUN = new Script("run()");

/**
 * Runs `run` and stops it when it takes too long, wherever it is: also inside a regular expression that backtracks.
 * @returns what `run` returns
 * @throws RangeError when it was stopped; what `run` throws
 */
export function withinMs<T>(limitMs: number, run: () => T): T {
  try {
    return RUN.runInContext(createContext({ run }), {
      timeout: limitMs,
    }) as T;
  } catch (thrown) {
    if (!isTimeout(thrown)) throw thrown;
    throw new RangeError(`Stopped after ${limitMs} ms`, { cause: thrown });
  }
}

function isTimeout(thrown: unknown): boolean {
  return (
    (thrown as { code?: unknown } | null)?.code ===
    "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
