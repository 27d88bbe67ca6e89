import type { Node, NodeAPI } from "node-red";
import {
  VoiceLiveError,
  type Conversation,
  type ConversationHub,
} from "../../lib/client";
import { text } from "./config-values";
import type { FlowMessage, VoiceProperties } from "./messages";
import { settle } from "./settle";
import { statusText } from "./status";

/** What a flow node sees of its session node. */
export interface VoiceSession {
  readonly hub: ConversationHub;
  /**
   * The conversation a message belongs to, begun and connected where the settings say so.
   * @throws VoiceLiveError `VOICE_LIVE_KEY` when the message names none
   */
  conversationOf(msg: FlowMessage): Conversation;
  /** The same, but never begins one. */
  existing(msg: FlowMessage): Conversation | undefined;
  /** The conversation a message belongs to, begun but not connected. */
  prepare(msg: FlowMessage): Conversation;
  /** Disconnects the conversation; one of many is forgotten, its device may come back as new. */
  end(msg: FlowMessage): void;
  /** Keeps what a later reply has to carry home. */
  remember(conversation: Conversation, msg: FlowMessage): void;
  /** A message of this conversation, with what it carries home. */
  message(
    conversation: Conversation,
    fields: Readonly<Record<string, unknown>>,
    voice?: Readonly<Record<string, unknown>>,
  ): FlowMessage & { voice: VoiceProperties };
  /** Shows the session's state on the node until `leave`. */
  join(node: Node): void;
  /** Shows a fault of the node's own until its next good message. */
  showFault(node: Node, fault: VoiceLiveError | undefined): void;
  leave(node: Node): void;
}

export type SessionNode = Node & { readonly voiceSession?: VoiceSession };

/** A flow node while it is joined: what it adds is taken away when it closes. */
export interface Membership {
  readonly session: VoiceSession;
  /** Runs when the node closes. */
  readonly onClose: (undo: () => void) => void;
  /** Handles one input message; an error goes to Catch and to the status. */
  readonly handle: (done: (error?: Error) => void, run: () => void) => void;
}

/**
 * Joins a flow node to its session node, for the time of the node's life.
 * @returns undefined when there is no session: the node says so and refuses every message
 */
export function joinSession(
  RED: NodeAPI,
  node: Node,
  sessionId: unknown,
): Membership | undefined {
  const session = (RED.nodes.getNode(text(sessionId)) as SessionNode | null)
    ?.voiceSession;
  if (!session) {
    refuseEverything(RED, node);
    return undefined;
  }
  const undos: (() => void)[] = [];
  session.join(node);
  node.on("close", (_removed: boolean, done: () => void) => {
    for (const undo of undos.splice(0)) undo();
    session.leave(node);
    done();
  });
  return {
    session,
    onClose: (undo) => undos.push(undo),
    handle: (done, run) => {
      let fault: VoiceLiveError | undefined;
      settle(done, run, (caught) => (fault = caught));
      session.showFault(node, fault);
    },
  };
}

function refuseEverything(RED: NodeAPI, node: Node): void {
  node.status({
    fill: "red",
    shape: "ring",
    text: statusText(RED, "noSession"),
  });
  const fault = new VoiceLiveError(
    "VOICE_LIVE_NO_SESSION",
    "This node has no session, or its session node cannot work",
    { nextStep: "Choose a session in the node's dialog and deploy." },
  );
  node.on("input", (_msg, _send, done) => done(fault));
}
