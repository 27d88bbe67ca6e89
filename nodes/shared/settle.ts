import type { Node } from "node-red";
import { toVoiceLiveError, type VoiceLiveError } from "../../lib/client";

/**
 * Runs an input handler and calls `done` exactly once, with the error if there is one.
 * An error that escaped, or a promise that rejected, would end Node-RED.
 * @param node - tells of the error where the message itself cannot go to Catch
 */
export function settle(
  node: Pick<Node, "error">,
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
  try {
    done(fault);
  } catch (thrown) {
    // Node-RED copies the message for Catch, which fails for one that throws when it is read, or is nested too deep.
    node.error(fault ?? toVoiceLiveError(thrown), {});
  }
}
