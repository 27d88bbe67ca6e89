import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  withoutSecrets,
  type Conversation,
  type LifeEvent,
  type VoiceLiveError,
} from "../lib/client";
import type { AnyServerEvent } from "../lib/protocol";
import { flag, texts } from "./shared/config-values";
import { registerNode } from "./shared/register-node";
import { joinSession } from "./shared/session-access";

interface EventConfig extends NodeDef {
  readonly session?: unknown;
  readonly kinds?: unknown;
  readonly raw?: unknown;
}

/** They carry what was said or is to be done, which a flow needs as it is; the others tell what the service told us. */
const CONTENT_KINDS: ReadonlySet<string> = new Set(["approval", "history"]);

const KINDS = [
  "connected",
  "ready",
  "updated",
  "turn",
  "usage",
  "approval",
  "warning",
  "error",
  "silence",
  "renewed",
  "history",
  "closed",
] as const;

export default function (RED: NodeAPI): void {
  function VoiceLiveEventNode(this: Node, config: EventConfig): void {
    const wantsRaw = flag(config, "raw", false);
    const kinds = new Set(texts(config.kinds, KINDS));
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, onClose } = membership;
    const tell = (
      conversation: Conversation,
      topic: string,
      payload: unknown,
      voice: Readonly<Record<string, unknown>> = {},
    ): void => {
      if (topic !== "raw" && !kinds.has(topic)) return;
      const shown = CONTENT_KINDS.has(topic)
        ? payload
        : withoutSecrets(payload);
      this.send(
        session.message(conversation, { topic, payload: shown }, voice),
      );
    };

    const onLife = (
      conversation: Conversation,
      { kind, payload, ...place }: LifeEvent,
    ): void => tell(conversation, kind, payload, place);
    const onFault = (conversation: Conversation, fault: VoiceLiveError): void =>
      tell(conversation, "error", describeFault(fault));
    const onRaw = (conversation: Conversation, event: AnyServerEvent): void =>
      tell(conversation, "raw", event);

    onClose(
      session.hub.listen({
        life: onLife,
        fault: onFault,
        callFault: onFault,
        ...(wantsRaw && { raw: onRaw }),
      }),
    );
  }
  registerNode(RED, "voice-live-event", VoiceLiveEventNode);
}

function describeFault({
  code,
  message,
  nextStep,
  severity,
  retryable,
  retryAfterMs,
  service,
}: VoiceLiveError): Readonly<Record<string, unknown>> {
  return {
    code,
    message,
    nextStep: nextStep ?? null,
    severity,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(service && { service }),
  };
}
