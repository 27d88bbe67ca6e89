import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError } from "../lib/client";
import { askedConversation } from "./shared/asked-conversation";
import { flag } from "./shared/config-values";
import { readCallId, readFlag, type FlowMessage } from "./shared/messages";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface FunctionResultConfig extends NodeDef {
  readonly session?: unknown;
  readonly respond?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveFunctionResultNode(
    this: Node,
    config: FunctionResultConfig,
  ): void {
    const respond = flag(config, "respond", true);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;

    this.on("input", (input, _send, done) =>
      handle(done, () => {
        const msg = input as FlowMessage;
        const callId = readCallId(msg);
        const conversation = askedConversation(session, msg, callId);
        conversation.answerCall(
          callId,
          writeOutput(msg["payload"]),
          readFlag(msg, "respond", respond),
        );
      }),
    );
  }
  registerNode(RED, "voice-live-function-result", VoiceLiveFunctionResultNode);
}

/** Strings go as they are, the rest as JSON (design.md §4.3). */
function writeOutput(payload: unknown): string {
  if (typeof payload === "string") return payload;
  if (Buffer.isBuffer(payload)) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      "The result is a Buffer, which no model can read",
      { nextStep: "Send text or an object." },
    );
  }
  try {
    return JSON.stringify(payload) ?? "null";
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_PAYLOAD",
      "The result cannot be written as JSON",
      {
        nextStep:
          "Send text, numbers, lists and plain objects without circles.",
        cause,
      },
    );
  }
}
