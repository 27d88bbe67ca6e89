import { VoiceLiveError, type Conversation } from "../../lib/client";
import { type FlowMessage } from "./messages";
import type { VoiceSession } from "./session-access";

/**
 * The conversation that asked the flow for what a message brings: only one that goes on can still use it.
 * @param id - of the call or the request for approval
 * @param source - says who sent `msg.voice`, to whoever has changed it
 * @throws VoiceLiveError `VOICE_LIVE_CALL_UNKNOWN`
 */
export function askedConversation(
  session: VoiceSession,
  msg: FlowMessage,
  id: string,
  source = "the function call node sent it",
): Conversation {
  const conversation = session.existing(msg);
  if (conversation) return conversation;
  if (session.hasEnded(id))
    throw new VoiceLiveError(
      "VOICE_LIVE_CALL_UNKNOWN",
      "The conversation that made this call has ended",
      { nextStep: "Nothing needs to be done: nobody waits for it any more." },
    );
  throw new VoiceLiveError(
    "VOICE_LIVE_CALL_UNKNOWN",
    `No call is known by the id ${JSON.stringify(id.slice(0, 80))}`,
    {
      nextStep: `Keep msg.voice as ${source}. Where the flow was deployed meanwhile, nothing needs to be done.`,
    },
  );
}
