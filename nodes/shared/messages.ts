import type { NodeAPI, NodeMessage } from "node-red";
import { VoiceLiveError, type Conversation } from "../../lib/client";
import { asFlag } from "./config-values";

/** A message of the flow; everything in it is unknown until looked at. */
export interface FlowMessage extends NodeMessage {
  readonly [property: string]: unknown;
}

/** `msg.voice` on everything we emit (design.md §4.2). */
export interface VoiceProperties {
  conversation: string;
  sessionId: string;
  generation: number;
  responseId?: string | undefined;
  itemId?: string | undefined;
  callId?: string | undefined;
  approvalRequestId?: string | undefined;
  /** The response is beside the conversation. */
  outOfBand?: true | undefined;
  /** As the request for the response said. */
  metadata?: Readonly<Record<string, string>> | undefined;
  [property: string]: unknown;
}

/** Where a message belongs, and what else is known about its place and its response. */
export function voiceOf(
  conversation: Conversation,
  more: Readonly<Record<string, unknown>> = {},
): VoiceProperties {
  const { responseId } = more;
  return {
    conversation: conversation.key,
    sessionId: conversation.sessionId,
    generation: conversation.generation,
    ...more,
    ...(typeof responseId === "string" && conversation.marksOf(responseId)),
  };
}

/** `msg.voice` of an incoming message, empty when it has none. */
export function readVoice(msg: FlowMessage): Readonly<Record<string, unknown>> {
  const voice = msg["voice"];
  return isRecord(voice) ? voice : {};
}

/**
 * The function call that a message is about.
 * @param source - what `msg.voice` comes from
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it names none
 */
export function readCallId(
  msg: FlowMessage,
  source = "the function call node sent it",
): string {
  const { callId } = readVoice(msg);
  if (typeof callId === "string" && callId !== "") return callId;
  const isMissing = callId === undefined || callId === null || callId === "";
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `The message is about no function call: msg.voice.callId is ${isMissing ? "missing" : "no text"}`,
    { nextStep: `Keep msg.voice as ${source}.` },
  );
}

/**
 * A yes or no of the message, `fallback` where it says nothing.
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it says something else
 */
export function readFlag(
  msg: FlowMessage,
  name: string,
  fallback: boolean,
): boolean {
  const given = msg[name] ?? fallback;
  const read = asFlag(given);
  if (read !== undefined) return read;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `msg.${name} is ${brief(given)}`,
    { nextStep: "Set it to true or false, or leave it out." },
  );
}

/**
 * A number of the message, `fallback` where it says nothing.
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it says something else
 */
export function readNumber(
  msg: FlowMessage,
  name: string,
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const given = msg[name] ?? fallback;
  const read =
    typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof read === "number" && read >= min && read <= max) return read;
  throw new VoiceLiveError(
    "VOICE_LIVE_PAYLOAD",
    `msg.${name} is ${brief(given)}`,
    { nextStep: `Set it to ${min} to ${max}, or leave it out.` },
  );
}

/** A value as a message may quote it. */
export function brief(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? `a ${typeof value}`;
}

/** @returns undefined also where a part of the path is missing; Node-RED throws then */
export function readProperty(
  RED: NodeAPI,
  msg: FlowMessage,
  path: string,
): unknown {
  try {
    return RED.util.getMessageProperty(msg, path) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !Buffer.isBuffer(value)
  );
}
