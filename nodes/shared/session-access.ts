import type { Node, NodeAPI } from "node-red";
import {
  VoiceLiveError,
  type Conversation,
  type ConversationHub,
} from "../../lib/client";
import { text } from "./config-values";
import type { FlowMessage, VoiceProperties } from "./messages";
import { missingConfig, refuseEverything, reportAtStart } from "./refusal";
import { settle } from "./settle";
import { lookOfFault, type StatusLook } from "./status";

/** What a flow node sees of its session node. */
export interface VoiceSession {
  readonly hub: ConversationHub;
  /** All messages belong to one conversation, whatever they say. */
  readonly servesOne: boolean;
  /**
   * The conversation a message belongs to, begun and connected where the settings say so.
   * @param isSound - may come from a microphone that nobody has closed; false by default
   * @throws VoiceLiveError `VOICE_LIVE_KEY` when the message names none
   */
  conversationOf(msg: FlowMessage, isSound?: boolean): Conversation;
  /** The same, but never begins one. */
  existing(msg: FlowMessage): Conversation | undefined;
  /** A conversation that has ended since had asked the flow for the result or the approval of this id. */
  hasEnded(id: string): boolean;
  /** Its conversation was ended for it, and sound would begin none. */
  isResting(msg: FlowMessage): boolean;
  /** Whoever the message is from has come on purpose: its conversation may begin at once, though one was just ended. */
  allowAgain(msg: FlowMessage): void;
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
  /** Shows what the node does by itself instead of the session's state; a fault still goes before. */
  showLook(node: Node, look: StatusLook | undefined): void;
  leave(node: Node): void;
}

/** Why a session node cannot work. */
export interface SessionRefusal {
  readonly fault: VoiceLiveError;
  /** Tabs whose Catch nodes are told by one of their nodes. */
  readonly tabs: Set<string>;
}

export type SessionNode = Node & {
  readonly voiceSession?: VoiceSession;
  readonly refusal?: SessionRefusal;
};

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
 * @param hasOwnStatus - the node shows something else than the session's state
 * @returns undefined when there is no session: the node says so and refuses every message
 */
export function joinSession(
  RED: NodeAPI,
  node: Node,
  sessionId: unknown,
  hasOwnStatus = false,
): Membership | undefined {
  const { voiceSession: session, refusal } = (RED.nodes.getNode(
    text(sessionId),
  ) ?? {}) as Partial<SessionNode>;
  if (!session) {
    if (refusal) refuseLike(RED, node, refusal);
    else refuseEverything(RED, node, noSession(RED, sessionId), "noSession");
    return undefined;
  }
  const undos: (() => void)[] = [];
  if (!hasOwnStatus) session.join(node);
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
      settle(node, done, run, (caught) => (fault = caught));
      session.showFault(node, fault);
    },
  };
}

function noSession(RED: NodeAPI, sessionId: unknown): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_NO_SESSION",
    missingConfig(RED, sessionId, "This node", "session"),
    { nextStep: "Choose a session in the node's dialog and deploy." },
  );
}

function refuseLike(
  RED: NodeAPI,
  node: Node,
  { fault, tabs }: SessionRefusal,
): void {
  refuseEverything(RED, node, fault, lookOfFault(fault).key);
  if (tabs.has(node.z)) return;
  tabs.add(node.z);
  reportAtStart(RED, node, fault);
}
