import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError, type Conversation } from "../lib/client";
import type { RequestSession, ResponseCreateParams } from "../lib/protocol";
import { text } from "./shared/config-values";
import { isRecord, type FlowMessage } from "./shared/messages";
import { joinSession } from "./shared/session-access";

interface ControlConfig extends NodeDef {
  readonly session?: unknown;
  readonly action?: unknown;
}

/** What each action does with the conversation and the payload. */
const ACTIONS: Readonly<
  Record<string, (conversation: Conversation, payload: unknown) => void>
> = {
  connect: (conversation) => conversation.connect(),
  disconnect: (conversation) => conversation.disconnect(),
  update: (conversation, payload) =>
    conversation.updateSettings(
      readObject(payload, "update", "a partial session object"),
    ),
  commit: (conversation) => conversation.commit(),
  clear: (conversation) => conversation.clearInput(),
  respond: (conversation, payload) =>
    conversation.respond(readResponse(payload)),
  mute: (conversation) => conversation.mute(),
  unmute: (conversation) => conversation.unmute(),
  send: (conversation, payload) => conversation.sendRaw(readEvent(payload)),
};

/** Ending what never began would begin it. */
const NEEDS_EXISTING: ReadonlySet<string> = new Set(["disconnect", "clear"]);

export default function (RED: NodeAPI): void {
  function VoiceLiveControlNode(this: Node, config: ControlConfig): void {
    RED.nodes.createNode(this, config);
    const membership = joinSession(RED, this, config.session);
    if (!membership) return;
    const { session, handle } = membership;

    this.on("input", (input, _send, done) =>
      handle(done, () => {
        const msg = input as FlowMessage;
        const name = text(config.action) || msg["action"];
        const action =
          typeof name === "string" && Object.hasOwn(ACTIONS, name)
            ? ACTIONS[name]
            : undefined;
        if (!action || typeof name !== "string") throw unknownAction(name);
        const conversation = NEEDS_EXISTING.has(name)
          ? session.existing(msg)
          : session.prepare(msg);
        if (conversation) action(conversation, msg["payload"]);
      }),
    );
  }
  RED.nodes.registerType("voice-live-control", VoiceLiveControlNode);
}

function unknownAction(name: unknown): VoiceLiveError {
  const said =
    name === undefined ? "missing" : JSON.stringify(name)?.slice(0, 60);
  return new VoiceLiveError("VOICE_LIVE_ACTION", `The action is ${said}`, {
    nextStep: `Use one of ${Object.keys(ACTIONS).join(", ")}.`,
  });
}

/** Words are instructions for this one response; an inject node's timestamp is nothing. */
function readResponse(payload: unknown): ResponseCreateParams | undefined {
  if (typeof payload === "string" && payload.trim() !== "")
    return { instructions: payload };
  return isRecord(payload) && Object.keys(payload).length > 0
    ? payload
    : undefined;
}

function readEvent(payload: unknown): Record<string, unknown> {
  const event = readObject(payload, "send", "a client event with a type");
  if (typeof event["type"] === "string" && event["type"] !== "") return event;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    "The event to send has no type",
    { nextStep: 'Send an object such as {"type": "response.cancel"}.' },
  );
}

function readObject(
  payload: unknown,
  action: string,
  shape: string,
): Record<string, unknown> {
  if (isRecord(payload)) return payload;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `The payload of «${action}» is no object`,
    { nextStep: `Send ${shape}.` },
  );
}
