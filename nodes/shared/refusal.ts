import type { Node, NodeAPI } from "node-red";
import type { VoiceLiveError } from "../../lib/client";
import { text } from "./config-values";
import { statusText } from "./status";

/**
 * Tells Catch nodes of a fault in a node's own settings. Node-RED connects them last, so nothing that is reported
 * while nodes are being made reaches them.
 */
export function reportAtStart(
  RED: NodeAPI,
  node: Node,
  fault: VoiceLiveError,
): void {
  const report = (): void => node.error(fault, {});
  RED.events.once("flows:started", report);
  node.on("close", () => RED.events.removeListener("flows:started", report));
}

/** A node that cannot work: its status says so, and each of its messages fails with the reason. */
export function refuseEverything(
  RED: NodeAPI,
  node: Node,
  fault: VoiceLiveError,
  statusKey: string,
): void {
  node.status({
    fill: "red",
    shape: "ring",
    text: statusText(RED, statusKey),
  });
  node.on("input", (_msg, _send, done) => done(fault));
}

/**
 * Says which config node is not there.
 * @param id - as the flow file has it
 * @param who - "This node": begins the sentence
 * @param what - "session": what it should be
 */
export function missingConfig(
  RED: NodeAPI,
  id: unknown,
  who: string,
  what: string,
): string {
  const wanted = text(id);
  if (wanted === "") return `${who} has no ${what}`;
  let found: { readonly name?: unknown; readonly type: string } | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === wanted) found = node;
  });
  if (!found) return `${who} has no ${what}: there is no node ${wanted}`;
  const name = `«${text(found.name) || wanted}»`;
  return found.type === `voice-live-${what}`
    ? `${who} has no ${what}: ${name} is disabled`
    : `${who} has no ${what}: ${name} is a ${found.type}`;
}
