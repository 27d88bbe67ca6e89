import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError } from "../lib/client";
import { flag, oneOf } from "./shared/config-values";
import type { FlowMessage } from "./shared/messages";
import { readItem, readText, ROLES, type Role } from "./shared/read-items";
import { joinSession } from "./shared/session-access";

interface MessageConfig extends NodeDef {
  readonly session?: unknown;
  readonly role?: unknown;
  readonly respond?: unknown;
  readonly exact?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveMessageNode(this: Node, config: MessageConfig): void {
    RED.nodes.createNode(this, config);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;
    const role = oneOf<Role>(config.role, ROLES, "user");
    const respond = flag(config.respond, true);
    const exact = flag(config.exact, false);

    this.on("input", (input, _send, done) =>
      handle(done, () => {
        const msg = input as FlowMessage;
        const isExact = flag(msg["exact"], exact);
        const words = isExact ? readText(msg["payload"]) : undefined;
        const item = isExact
          ? undefined
          : readItem(msg["payload"], readRole(msg["role"], role));
        const conversation = session.conversationOf(msg);
        session.remember(conversation, msg);
        if (words !== undefined) conversation.sayExactly(words);
        if (item) conversation.say([item], flag(msg["respond"], respond));
      }),
    );
  }
  RED.nodes.registerType("voice-live-message", VoiceLiveMessageNode);
}

function readRole(given: unknown, fallback: Role): Role {
  if (given === undefined) return fallback;
  const role = ROLES.find((known) => known === given);
  if (role) return role;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `msg.role is ${JSON.stringify(given)?.slice(0, 60)}`,
    { nextStep: `Use one of ${ROLES.join(", ")}.` },
  );
}
