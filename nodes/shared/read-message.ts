import { VoiceLiveError, type Conversation } from "../../lib/client";
import type { RequestItem, ResponseCreateParams } from "../../lib/protocol";
import { brief, isRecord, readFlag, type FlowMessage } from "./messages";
import { readItem, readText, ROLES, type Role } from "./read-items";

/** What the message node does where the message says nothing. */
export interface MessageDefaults {
  readonly role: Role;
  readonly respond: boolean;
  readonly exact: boolean;
}

/** What a message wants of its conversation. */
type Wish = (conversation: Conversation) => void;

/**
 * Reads a message for the assistant, before anything of it is carried out.
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` that names what cannot be sent
 */
export function readMessage(msg: FlowMessage, defaults: MessageDefaults): Wish {
  const params = readResponse(msg);
  const wantsResponse = wantsAnswer(msg, params, defaults.respond);
  if (isGiven(msg["stream"])) return readStream(msg, params, wantsResponse);
  const payload = msg["payload"];
  if (readFlag(msg, "exact", defaults.exact)) {
    const words = readText(payload);
    return (conversation) => conversation.sayExactly(words, params);
  }
  const role = readRole(msg["role"], defaults.role);
  if (params?.conversation === "none") {
    const own = withInput(
      params,
      isGiven(payload) ? [readItem(payload, role)] : [],
    );
    return (conversation) => conversation.respond(own);
  }
  const item = readItem(payload, role);
  return (conversation) => conversation.say([item], wantsResponse, params);
}

/** @returns undefined when the response is to be as the session says */
function readResponse(msg: FlowMessage): ResponseCreateParams | undefined {
  const given = msg["response"];
  if (given === undefined) return undefined;
  if (!isRecord(given))
    throw refuse(
      `msg.response is ${brief(given)}`,
      'Set it to an object such as {"instructions": "Answer in one word."}.',
    );
  return Object.keys(given).length > 0 ? given : undefined;
}

function wantsAnswer(
  msg: FlowMessage,
  params: ResponseCreateParams | undefined,
  respond: boolean,
): boolean {
  const wish = readFlag(msg, "respond", params !== undefined || respond);
  if (params === undefined || wish) return wish;
  throw refuse(
    "msg.response says how to answer, and msg.respond says not to",
    "Leave one of them out.",
  );
}

/** What only this response is to see, after the conversation or after the `input_items` that take its place. */
function withInput(
  params: ResponseCreateParams,
  items: readonly RequestItem[],
): ResponseCreateParams {
  if (items.length === 0) return params;
  const appended = [...(params.append_input_items ?? []), ...items];
  return { ...params, append_input_items: appended };
}

/** A text that comes in pieces: `msg.stream` names it, `msg.complete` ends it. */
function readStream(
  msg: FlowMessage,
  params: ResponseCreateParams | undefined,
  wantsResponse: boolean,
): Wish {
  const name = readStreamName(msg["stream"]);
  const piece = readPiece(msg["payload"]);
  const isLast = msg["complete"] === true;
  return (conversation) => {
    if (piece !== "" || !isLast) conversation.streamText(name, piece);
    if (isLast) conversation.finishText(name, wantsResponse, params);
  };
}

function readStreamName(stream: unknown): string {
  if (stream === true || typeof stream === "number") return String(stream);
  if (typeof stream === "string" && stream.length <= 256) return stream;
  throw refuse(
    `msg.stream is ${brief(stream)}`,
    "Set it to true, or to a short name when several texts come at once.",
  );
}

/** Spaces count: the pieces are joined as they are. */
function readPiece(payload: unknown): string {
  if (payload === undefined || payload === null) return "";
  if (typeof payload === "string") return payload;
  if (typeof payload === "number" || typeof payload === "boolean")
    return String(payload);
  throw refuse(
    "A piece of a streamed text is no text",
    "Send texts only between the first piece and msg.complete.",
  );
}

function readRole(given: unknown, fallback: Role): Role {
  if (given === undefined) return fallback;
  const role = ROLES.find((known) => known === given);
  if (role) return role;
  throw refuse(
    `msg.role is ${brief(given)}`,
    `Use one of ${ROLES.join(", ")}.`,
  );
}

function isGiven(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && value !== ""
  );
}

function refuse(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_PAYLOAD", reason, { nextStep });
}
