import type { RequestSession } from "../protocol";

/**
 * How the assistant's voice is kept out of the microphone:
 * `server`: the service cancels it; `client`: the same, with what the clock says is sounding as reference;
 * `half-duplex`: the microphone is closed while the assistant speaks; `none`: not at all, or as the settings say.
 */
export const ECHO_MODES = ["none", "server", "client", "half-duplex"] as const;
export type EchoMode = (typeof ECHO_MODES)[number];

/** The wire's settings for a mode; a setting of the user's own wins (protocol.md §7.4). */
export function echoSettings(mode: EchoMode): RequestSession {
  const type = "server_echo_cancellation";
  if (mode === "server") return { input_audio_echo_cancellation: { type } };
  if (mode === "client") {
    return {
      input_audio_echo_cancellation: {
        type,
        reference_source: "client",
        channels: 2,
      },
    };
  }
  return {};
}

/** Does the service expect the reference as second channel of the uplink? */
export function wantsReference(settings: RequestSession): boolean {
  return settings.input_audio_echo_cancellation?.reference_source === "client";
}

/** Flag in the session's address without which the service refuses a reference. */
export const REFERENCE_FEATURE = "client_ec_reference:true";
