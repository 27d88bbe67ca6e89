import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  toVoiceLiveError,
  VoiceLiveError,
  type CheckedCall,
  type Conversation,
  type LateResult,
  type ToolDeclaration,
} from "../lib/client";
import { flag, number, object, oneOf, text } from "./shared/config-values";
import { registerNode } from "./shared/register-node";
import { reportAtStart } from "./shared/refusal";
import { joinSession } from "./shared/session-access";

interface FunctionConfig extends NodeDef {
  readonly session?: unknown;
  readonly functionName?: unknown;
  readonly description?: unknown;
  readonly parameters?: unknown;
  readonly timeoutMs?: unknown;
  readonly confirm?: unknown;
  readonly sayText?: unknown;
  readonly sayAfterMs?: unknown;
  readonly late?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveFunctionNode(
    this: Node & { functionName?: string },
    config: FunctionConfig,
  ): void {
    const declaration = declarationOf(config);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, onClose } = membership;
    try {
      onClose(session.hub.declareTool(declaration));
      this.functionName = declaration.name;
    } catch (thrown) {
      const fault = toVoiceLiveError(thrown);
      session.showFault(this, fault);
      return reportAtStart(RED, this, fault);
    }

    const onCall = (
      conversation: Conversation,
      { name, args, callId, itemId, responseId }: CheckedCall,
    ): void => {
      if (name === this.functionName)
        this.send(
          session.message(
            conversation,
            { topic: name, payload: args },
            { callId, itemId, responseId },
          ),
        );
    };
    onClose(session.hub.listen({ call: onCall }));
  }
  registerNode(RED, "voice-live-function", VoiceLiveFunctionNode);
}

/** An hour, which is as long as a session lasts. */
const WITHIN_MS = { min: 0, max: 3_600_000 };

function declarationOf(config: FunctionConfig): ToolDeclaration {
  const name = text(config.functionName);
  const said = text(config.sayText);
  const afterMs = number(config, "sayAfterMs", 1_500, WITHIN_MS);
  return {
    name,
    description: text(config.description),
    parameters: readSchema(name, config.parameters),
    timeoutMs: number(config, "timeoutMs", 30_000, WITHIN_MS),
    confirm: flag(config, "confirm", false),
    waiting: said === "" ? undefined : { text: said, afterMs },
    late: oneOf<LateResult>(config, "late", ["report", "speak"], "report"),
  };
}

function readSchema(
  name: string,
  parameters: unknown,
): Record<string, unknown> {
  try {
    return {
      type: "object",
      properties: {},
      ...object(parameters, `the parameters of ${name}`),
    };
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_TOOL",
      cause instanceof Error ? cause.message : String(cause),
      { nextStep: "Correct them in the function node.", cause },
    );
  }
}
