import { VoiceLiveError } from "../../lib/client";

const ADVICE = "Send another file, or raw samples with their format.";

/** Runs `run`; what `lib/audio` refuses becomes a fault of the message. Its advice stands behind the last colon. */
export function withAudioFaults<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TypeError))
      throw cause;
    const [, reason = cause.message, advice] =
      /^(.*): (.+)$/.exec(cause.message) ?? [];
    throw new VoiceLiveError("VOICE_LIVE_AUDIO", reason, {
      nextStep: advice ? asSentence(advice) : ADVICE,
      cause,
    });
  }
}

function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
