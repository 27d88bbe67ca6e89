import { VoiceLiveError } from "./errors";

/** @param status - HTTP status with which a proxy refuses the tunnel */
export function proxyRefusal(status: number): VoiceLiveError {
  if (status === 407)
    return new VoiceLiveError(
      "VOICE_LIVE_NETWORK",
      "The proxy does not accept the login (407)",
      { nextStep: "Correct user and password in the proxy node." },
    );
  return status >= 500
    ? new VoiceLiveError(
        "VOICE_LIVE_NETWORK",
        `The proxy does not reach the host (${status})`,
        {
          nextStep:
            "It is tried again; if this lasts, check the proxy's own network.",
          retryable: true,
        },
      )
    : new VoiceLiveError(
        "VOICE_LIVE_NETWORK",
        `The proxy does not let this machine through to the host (${status})`,
        { nextStep: "Have the host and its port allowed on the proxy." },
      );
}

export function proxyDown(cause: unknown): VoiceLiveError {
  const { code } = cause as { code?: unknown };
  return new VoiceLiveError(
    "VOICE_LIVE_NETWORK",
    `The proxy cannot be reached${typeof code === "string" ? ` (${code})` : ""}`,
    {
      nextStep: "Check the proxy's address and port; it is tried again.",
      retryable: true,
      cause,
    },
  );
}

export function proxySilent(): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_TIMEOUT", "The proxy does not answer", {
    nextStep: "Check the proxy's address and port; it is tried again.",
    retryable: true,
  });
}
