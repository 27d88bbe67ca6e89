import type { Node, NodeAPI, NodeDef } from "node-red";
import { flag, oneOf } from "./shared/config-values";
import type { FlowMessage } from "./shared/messages";
import { ROLES, type Role } from "./shared/read-items";
import { readMessage } from "./shared/read-message";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface MessageConfig extends NodeDef {
  readonly session?: unknown;
  readonly role?: unknown;
  readonly respond?: unknown;
  readonly exact?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveMessageNode(this: Node, config: MessageConfig): void {
    const defaults = {
      role: oneOf<Role>(config, "role", ROLES, "user"),
      respond: flag(config, "respond", true),
      exact: flag(config, "exact", false),
    };
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;

    this.on("input", (input, _send, done) =>
      handle(done, () => {
        const msg = input as FlowMessage;
        const carryOut = readMessage(msg, defaults);
        const conversation = session.conversationOf(msg);
        session.remember(conversation, msg);
        carryOut(conversation);
      }),
    );
  }
  registerNode(RED, "voice-live-message", VoiceLiveMessageNode);
}
