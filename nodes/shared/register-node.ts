import type { Node, NodeAPI, NodeDef, NodeCredentials } from "node-red";
import { toVoiceLiveError, VoiceLiveError } from "../../lib/client";
import {
  currentVersion,
  isVersion,
  migrate,
  type Properties,
} from "./migrations";
import { reportAtStart, refuseEverything } from "./refusal";
import { lookOfFault } from "./status";

/**
 * Registers a node type. Its flow files may be of an earlier version; and what is wrong with its settings is told to Catch, the log and the
 * status, never thrown: a node that cannot work refuses every message with the reason.
 * @param setUp - called with the node and its properties as they are saved now
 * @param options.refuse - for config nodes, which tell their users instead
 */
export function registerNode<
  TNode extends Node<TCredentials>,
  TCredentials extends object = object,
>(
  RED: NodeAPI,
  type: string,
  setUp: (this: TNode, config: NodeDef) => void,
  options: {
    readonly credentials?: NodeCredentials<TCredentials>;
    readonly refuse?: (node: TNode, fault: VoiceLiveError) => void;
  } = {},
): void {
  function VoiceLiveNode(this: TNode, saved: NodeDef): void {
    RED.nodes.createNode(this, saved);
    try {
      warnOfNewer(this, type, saved as unknown as Properties);
      const config = migrate(type, saved as unknown as Properties);
      setUp.call(this, config as unknown as NodeDef);
    } catch (thrown) {
      const fault = toVoiceLiveError(thrown);
      if (options.refuse) return options.refuse(this, fault);
      refuseEverything(RED, this, fault, lookOfFault(fault).key);
      reportAtStart(RED, this, fault);
    }
  }
  const { credentials } = options;
  RED.nodes.registerType<TNode, NodeDef, object, TCredentials>(
    type,
    VoiceLiveNode,
    ...(credentials ? [{ credentials }] : []),
  );
}

/**
 * Registers a node type whose module is loaded with the first node of it: most starts of Node-RED have none. For types that
 * need nothing else beforehand, such as credentials or a route of the editor.
 * @param load - gives what the module exports, which registers the type
 * @returns what registers it
 */
export function onDemand(
  type: string,
  load: () => (RED: NodeAPI) => void,
): (RED: NodeAPI) => void {
  return (RED) => {
    let construct: Constructor | undefined;
    RED.nodes.registerType(type, function (this: Node, saved: NodeDef): void {
      construct ??= constructorOf(RED, load());
      construct.call(this, saved);
    });
  };
}

type Constructor = (this: Node, saved: NodeDef) => void;

/** What a module would register. */
function constructorOf(
  RED: NodeAPI,
  register: (RED: NodeAPI) => void,
): Constructor {
  const found: Constructor[] = [];
  const nodes = Object.assign(Object.create(RED.nodes), {
    registerType: (_type: string, constructor: Constructor) =>
      found.push(constructor),
  });
  register(Object.assign(Object.create(RED), { nodes }));
  return found[0]!; // each module registers one type
}

function warnOfNewer(
  node: Pick<Node, "warn">,
  type: string,
  { version = 0 }: Properties,
): void {
  const known = currentVersion(type);
  if (!isVersion(version))
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      `«version» is ${JSON.stringify(version)?.slice(0, 60)}`,
      {
        nextStep:
          "Take the version out of the flow file, or import the flow again.",
      },
    );
  if (version > known)
    node.warn(
      `This node was saved by a newer release: its version is ${version}, and ${known} is the newest that is known here. It works as far as it is understood; update @voicewire/node-red-voice-live.`,
    );
}
