import type { Conversation } from "../../lib/client";
import type { PlayedPosition } from "../../lib/talk/page-streams";
import { readMessage } from "./read-message";

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
