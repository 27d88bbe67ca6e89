import { writeWav } from "../../lib/audio";
import {
  ConversationHub,
  type Greeting,
  type HubOptions,
  type OutletOptions,
  VoiceLiveError,
} from "../../lib/client";
import type { AnyServerEvent } from "../../lib/protocol";

/** The service's own rate: nothing is converted, and every browser plays it. */
const SAMPLE_RATE = 24_000;
/** Enough to hear a voice; half a minute is 2 MB of JSON. */
const MAX_AUDIO_BYTES = 30 * SAMPLE_RATE * 2;
const OUTLET: OutletOptions = {
  mode: "received",
  leadMs: 0,
  chunkMs: 20,
  sampleRate: SAMPLE_RATE,
};
/** What is said where no greeting is set. */
const HELLO: Greeting = { mode: "exact", text: "Hello" };

/** What a session really is like. */
export interface SessionTrialResult {
  /** Until the settings were applied. */
  readonly ms: number;
  /** `difference` of the event `ready`. */
  readonly difference: unknown;
  /** What the assistant says, and how it sounds: a WAV file in base64. */
  readonly text: string;
  readonly audio?: string;
  /** Why nothing is heard although the session began. */
  readonly problem?: string;
}

/**
 * Begins a conversation with settings that are not deployed, lets it say its greeting and ends it. It has no tools: nothing could
 * answer their calls, and their servers would be shown what is stored for others.
 * @param signal - ends it; what has come is told
 * @throws VoiceLiveError when no session comes to be
 */
export async function trySession(
  options: Pick<HubOptions, "access" | "target" | "settings" | "greeting">,
  signal: AbortSignal,
): Promise<SessionTrialResult> {
  const { tools: _tools, tool_choice: _choice, ...settings } = options.settings;
  const { greeting } = options;
  const isGreeting = greeting.mode !== "none" && greeting.text.trim() !== "";
  const hub = new ConversationHub({
    ...options,
    settings,
    greeting: isGreeting ? greeting : HELLO,
    maxConversations: 1,
    idleMs: 0,
  });
  try {
    return await greetingOf(hub, signal);
  } finally {
    hub.close();
  }
}

function greetingOf(
  hub: ConversationHub,
  signal: AbortSignal,
): Promise<SessionTrialResult> {
  return new Promise((resolve, reject) => {
    const heard: Buffer[] = [];
    let began: Pick<SessionTrialResult, "ms" | "difference"> | undefined;
    let text = "";
    let problem: string | undefined;
    const finish = (): void => {
      if (!began) return reject(tooLate());
      const audio = wavOf(heard);
      resolve({
        ...began,
        text,
        ...(audio && { audio }),
        ...(problem !== undefined && { problem }),
      });
    };
    hub.addOutlet({
      options: OUTLET,
      audio: (_conversation, { pcm }) => void heard.push(pcm),
      playback: () => undefined,
    });
    hub.on("life", (_conversation, { kind, payload }) => {
      if (kind !== "ready") return;
      const { connect_ms: ms, difference } = payload;
      began = { ms: Number(ms), difference };
    });
    hub.on("raw", (_conversation, event) => {
      text ||= wordsOf(event);
      // The event itself is taken, and the last of the audio with it, after this.
      if (event.type === "response.done") setImmediate(finish);
    });
    hub.on("fault", (_conversation, fault: VoiceLiveError) => {
      problem ??= fault.message;
      if (!began && fault.severity !== "report") reject(fault);
      else if (fault.severity !== "report") finish();
    });
    signal.addEventListener("abort", () => {
      problem ??= tooLate().message;
      finish();
    });
    hub.open("trial").connect();
  });
}

/** The whole text of a reply; transcripts of the conversation wait until it has been heard. */
function wordsOf(event: AnyServerEvent): string {
  const {
    type,
    transcript,
    text: written,
  } = event as {
    type: string;
    transcript?: string;
    text?: string;
  };
  if (type === "response.audio_transcript.done") return transcript ?? "";
  return type === "response.text.done" ? (written ?? "") : "";
}

function wavOf(heard: readonly Buffer[]): string | undefined {
  if (heard.length === 0) return undefined;
  const pcm = Buffer.concat(heard).subarray(0, MAX_AUDIO_BYTES);
  return writeWav(pcm, { sampleRate: SAMPLE_RATE, channels: 1 }).toString(
    "base64",
  );
}

function tooLate(): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_TIMEOUT",
    "The service was not done in time",
    { nextStep: "Try again, with a shorter greeting if it is a long one." },
  );
}
