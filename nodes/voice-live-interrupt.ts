import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Conversation, Interruption } from "../lib/client";

import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface InterruptConfig extends NodeDef {
  readonly session?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveInterruptNode(this: Node, config: InterruptConfig): void {
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle, onClose } = membership;

    this.on("input", (msg, _send, done) =>
      handle(done, () => session.existing(msg)?.interrupt()),
    );

    const onInterrupted = (
      conversation: Conversation,
      { by, heardMs, heardText, responseId, itemId }: Interruption,
    ): void => {
      const voice = {
        ...(responseId !== undefined && { responseId }),
        ...(itemId !== undefined && { itemId }),
      };
      this.send(
        session.message(
          conversation,
          { payload: { by, heardMs, heardText } },
          voice,
        ),
      );
    };
    onClose(session.hub.listen({ interrupted: onInterrupted }));
  }
  registerNode(RED, "voice-live-interrupt", VoiceLiveInterruptNode);
}
