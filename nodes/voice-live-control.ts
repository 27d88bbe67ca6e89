import type { Node, NodeAPI, NodeDef } from "node-red";
import { VoiceLiveError, type Conversation } from "../lib/client";
import type { ResponseCreateParams } from "../lib/protocol";
import { askedConversation } from "./shared/asked-conversation";
import { text } from "./shared/config-values";
import {
  isRecord,
  readCallId,
  readVoice,
  type FlowMessage,
} from "./shared/messages";
import { registerNode } from "./shared/register-node";
import { joinSession, type VoiceSession } from "./shared/session-access";

interface ControlConfig extends NodeDef {
  readonly session?: unknown;
  readonly action?: unknown;
}

type Action = (session: VoiceSession, msg: FlowMessage) => void;

/** An action on a conversation that is begun for it, but not connected. */
function on(
  act: (conversation: Conversation, payload: unknown) => void,
): Action {
  return (session, msg) => act(session.prepare(msg), msg["payload"]);
}

const ACTIONS: Readonly<Record<string, Action>> = {
  connect: on((conversation) => conversation.connect()),
  disconnect: (session, msg) => session.end(msg),
  update: on((conversation, payload) =>
    conversation.updateSettings(
      readObject(payload, "update", "a partial session object"),
    ),
  ),
  commit: on((conversation) => conversation.commit()),
  clear: (session, msg) => session.existing(msg)?.clearInput(),
  respond: on((conversation, payload) =>
    conversation.respond(readResponse(payload)),
  ),
  "history-clear": on((conversation) => conversation.clearHistory()),
  "history-export": on((conversation) => void conversation.reportHistory()),
  "history-import": on((conversation, payload) =>
    conversation.importHistory(payload),
  ),
  mute: on((conversation) => conversation.mute()),
  unmute: on((conversation) => conversation.unmute()),
  approve: (session, msg) => decide(session, msg, true),
  deny: (session, msg) => decide(session, msg, false),
  "avatar-connect": on((conversation, payload) =>
    conversation.connectAvatar(payload),
  ),
  send: on((conversation, payload) => conversation.sendRaw(readEvent(payload))),
};

export default function (RED: NodeAPI): void {
  function VoiceLiveControlNode(this: Node, config: ControlConfig): void {
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
        if (!action) throw unknownAction(name);
        action(session, msg);
      }),
    );
  }
  registerNode(RED, "voice-live-control", VoiceLiveControlNode);
}

function unknownAction(name: unknown): VoiceLiveError {
  const said =
    name === undefined ? "missing" : JSON.stringify(name)?.slice(0, 60);
  return new VoiceLiveError("VOICE_LIVE_ACTION", `msg.action is ${said}`, {
    nextStep: `Set it, or choose an action in the node: ${Object.keys(ACTIONS).join(", ")}.`,
  });
}

/** The flow's word on a call: one of the service at an MCP server, or one of a function node. */
function decide(
  session: VoiceSession,
  msg: FlowMessage,
  isApproved: boolean,
): void {
  const { approvalRequestId } = readVoice(msg);
  if (typeof approvalRequestId === "string")
    return askedConversation(
      session,
      msg,
      approvalRequestId,
      ASKED_BY,
    ).answerApproval(approvalRequestId, isApproved);
  const callId = readCallId(msg, ASKED_BY);
  const conversation = askedConversation(session, msg, callId, ASKED_BY);
  if (isApproved) conversation.approveCall(callId);
  else conversation.denyCall(callId, readReason(msg["payload"]));
}

const ASKED_BY = "the event node's «approval» message has it";

/** An approval event sent back as it came carries the call, and no reason. */
function readReason(payload: unknown): string {
  return typeof payload === "string" && payload.trim() !== ""
    ? payload
    : "the call was not approved";
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
