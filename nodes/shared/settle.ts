import { toVoiceLiveError, type VoiceLiveError } from "../../lib/client";

/**
 * Runs an input handler and calls `done` exactly once, with the error if there is one.
 * An error that escaped, or a promise that rejected, would end Node-RED.
 */
export function settle(
  done: (error?: Error) => void,
  run: () => void,
  onFault?: (fault: VoiceLiveError) => void,
): void {
  let fault: VoiceLiveError | undefined;
  try {
    run();
  } catch (thrown) {
    fault = toVoiceLiveError(thrown);
  }
  if (fault) onFault?.(fault);
  done(fault);
}
