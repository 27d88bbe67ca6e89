import type { NodeAPI, NodeStatus } from "node-red";
import type { Conversation, VoiceLiveError } from "../../lib/client";

/** Key of a text in the catalog of the session node, under `status`. */
export interface StatusLook {
  readonly fill: NonNullable<NodeStatus["fill"]>;
  readonly shape: NonNullable<NodeStatus["shape"]>;
  readonly key: string;
  readonly count?: number;
}

export const IDLE: StatusLook = { fill: "grey", shape: "ring", key: "idle" };

export function isSameLook(
  look: StatusLook,
  other: StatusLook | undefined,
): boolean {
  return (
    look.key === other?.key &&
    look.count === other.count &&
    look.fill === other.fill &&
    look.shape === other.shape
  );
}

/** What a node shows of its session: one conversation in detail, many by number. */
export function lookOf(conversations: readonly Conversation[]): StatusLook {
  const first = conversations[0];
  if (!first) return IDLE;
  return conversations.length === 1
    ? lookOfOne(first)
    : lookOfMany(conversations);
}

/** Status texts of all nodes stand in one catalog, the session's, which other nodes reach by its namespace. */
const CATALOG = "@voicewire/node-red-voice-live/voice-live";

export function statusText(RED: NodeAPI, key: string, count = 0): string {
  return RED._(`${CATALOG}:voice-live-session.status.${key}`, { count });
}

/** A fault of the node's own. */
export function lookOfFault(fault: VoiceLiveError): StatusLook {
  return { fill: "red", shape: "ring", key: `fault.${fault.code}` };
}

function lookOfOne(conversation: Conversation): StatusLook {
  const { state } = conversation;
  switch (state.name) {
    case "idle":
      return IDLE;
    case "connecting":
    case "configuring":
      return { fill: "yellow", shape: "ring", key: "connecting" };
    case "waiting":
      return { fill: "yellow", shape: "ring", key: "reconnecting" };
    case "stopped":
      return lookOfFault(state.fault);
    case "ready":
      if (conversation.isMuted)
        return { fill: "grey", shape: "dot", key: "muted" };
      return conversation.isLosingAudio
        ? { fill: "yellow", shape: "dot", key: "losingAudio" }
        : lookOfPhase(conversation);
  }
}

function lookOfPhase({ phase }: Conversation): StatusLook {
  switch (phase) {
    case "idle":
      return { fill: "green", shape: "dot", key: "ready" };
    case "listening":
      return { fill: "blue", shape: "ring", key: "listening" };
    case "thinking":
      return { fill: "blue", shape: "ring", key: "thinking" };
    case "speaking":
      return { fill: "blue", shape: "dot", key: "speaking" };
  }
}

function lookOfMany(conversations: readonly Conversation[]): StatusLook {
  const stopped = conversations.find(({ state }) => state.name === "stopped");
  const ready = conversations.filter(({ state }) => state.name === "ready");
  if (stopped && ready.length === 0) return lookOfOne(stopped);
  const isBusy = ready.some(({ phase }) => phase !== "idle");
  const count = ready.length;
  if (count === 0) return { fill: "yellow", shape: "ring", key: "connecting" };
  const isLosing = ready.some(({ isLosingAudio }) => isLosingAudio);
  return {
    fill: isLosing ? "yellow" : isBusy ? "blue" : "green",
    shape: "dot",
    key: "conversations",
    count,
  };
}
