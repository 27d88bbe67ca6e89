import type { Conversation } from "../../lib/client";
import type { PlayedPosition } from "../../lib/talk/page-streams";
import type { FlowMessage } from "./messages";
import { readMessage } from "./read-message";
import type { VoiceSession } from "./session-access";

/**
 * A page has opened.
 * @param isMeant - its user has asked for a conversation; the page has not only come back by itself
 * @returns false where its conversation was ended meanwhile, which its user has to know
 */
export function mayTalk(
  session: VoiceSession,
  msg: FlowMessage,
  isMeant: boolean,
): boolean {
  if (isMeant) session.allowAgain(msg);
  return !session.isResting(msg);
}

/**
 * What was typed on a page is for the assistant, as if a message node had got it.
 * @throws VoiceLiveError as the message node does
 */
export function sayTyped(conversation: Conversation, payload: string): void {
  readMessage(
    { payload },
    {
      role: "user",
      respond: true,
      exact: false,
    },
  )(conversation);
}

/** A page tells how much it has played, as a device does to the played node. */
export function reportPlayed(
  conversation: Conversation | undefined,
  { conversation: key, generation, responseId, playedMs }: PlayedPosition,
): void {
  // A report may come after its conversation has ended, or after the flush that it answers.
  if (conversation?.key === key && conversation.generation <= generation)
    conversation.reportPlayed(undefined, playedMs, responseId);
}
