import { createContext, Script } from "node:vm";

/** Only a context of `vm` can be stopped from outside; what it runs is our own function, and no text is evaluated. */
const RUN = new Script("run()");
const CONTEXT: { run?: () => unknown } = {};

/**
 * Runs `run` and stops it when it takes too long, wherever it is: also inside a regular expression that backtracks.
 * Time is that of the wall: on a busy machine all of it may pass before `run` has had a turn, so it gets a second chance.
 * @param run - must be fit to be run twice
 * @returns what `run` returns
 * @throws RangeError when it was stopped twice; what `run` throws
 */
export function withinMs<T>(limitMs: number, run: () => T): T {
  try {
    return runOnce(limitMs, run);
  } catch (thrown) {
    if (!isTimeout(thrown)) throw thrown;
  }
  try {
    return runOnce(limitMs, run);
  } catch (thrown) {
    if (!isTimeout(thrown)) throw thrown;
    throw new RangeError(`Stopped after ${limitMs} ms`, { cause: thrown });
  }
}

function runOnce<T>(limitMs: number, run: () => T): T {
  CONTEXT.run = run;
  try {
    return RUN.runInContext(context(), { timeout: limitMs }) as T;
  } finally {
    delete CONTEXT.run;
  }
}

/** Making one takes longer than most of what is run in it. */
let isMade = false;
function context(): typeof CONTEXT {
  if (!isMade) createContext(CONTEXT);
  isMade = true;
  return CONTEXT;
}

function isTimeout(thrown: unknown): boolean {
  return (
    (thrown as { code?: unknown } | null)?.code ===
    "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
