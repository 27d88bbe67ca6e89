import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Conversation, Transcript } from "../lib/client";
import { flag, oneOf } from "./shared/config-values";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface TranscriptConfig extends NodeDef {
  readonly session?: unknown;
  readonly who?: unknown;
  readonly partial?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveTranscriptNode(this: Node, config: TranscriptConfig): void {
    const who = oneOf(config, "who", ["both", "user", "assistant"], "both");
    const wantsPieces = flag(config, "partial", false);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, onClose } = membership;

    const onTranscript = (
      conversation: Conversation,
      { who: speaker, text, isFinal, itemId, responseId, heard }: Transcript,
    ): void => {
      if ((who !== "both" && who !== speaker) || (!isFinal && !wantsPieces))
        return;
      const voice = {
        itemId,
        ...(responseId !== undefined && { responseId }),
        final: isFinal,
        ...(heard !== undefined && { heard }),
      };
      this.send(
        session.message(conversation, { topic: speaker, payload: text }, voice),
      );
    };
    onClose(session.hub.listen({ transcript: onTranscript }));
  }
  registerNode(RED, "voice-live-transcript", VoiceLiveTranscriptNode);
}
