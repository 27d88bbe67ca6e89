import type { Causes } from "./cause";

/**
 * What the service says on an open session: `error` events (protocol.md §9.4), replies (§9.2), transcriptions (§6).
 * The session goes on unless the service itself ends it.
 */
export const SERVICE_CAUSES = {
  "cancel-too-late": {
    seen: {
      service: ["response_cancel_not_active"],
      opening: ["response_cancel_not_active"],
    },
    severity: "ignore",
    code: "VOICE_LIVE_SERVICE",
    cause: "The reply was over before it was cancelled",
    nextStep: "Nothing is to be done.",
  },
  "session-expired": {
    seen: { service: ["session_expired"], opening: ["session_expired"] },
    severity: "retry",
    code: "VOICE_LIVE_EXPIRED",
    cause: "The session reached its maximum length",
    nextStep: "The session is opened again.",
  },
  "sign-in-expired": {
    seen: { service: ["invalid_api_key", "token_expired"] },
    // Only a new handshake brings a new token; where that is refused, too, its status stops the retries.
    severity: "retry",
    code: "VOICE_LIVE_UNAUTHORIZED",
    cause: "The service does not accept the sign-in any more",
    nextStep: "The session is opened again with a new one.",
  },
  "sign-in-refused": {
    seen: {
      opening: ["invalid_api_key", "token_expired", "authentication_error"],
    },
    severity: "stop",
    code: "VOICE_LIVE_UNAUTHORIZED",
    cause: "The service does not accept the sign-in",
    nextStep: "Check the API key, or the tenant and client.",
  },
  "no-model": {
    seen: { opening: ["model_not_found", "DeploymentNotFound"] },
    severity: "stop",
    code: "VOICE_LIVE_NOT_FOUND",
    cause: "The service has no such model",
    nextStep: "Check the model in the session node.",
  },
  "rate-limit": {
    seen: { service: ["rate_limit_exceeded", "insufficient_quota"] },
    severity: "report",
    code: "VOICE_LIVE_BUSY",
    cause: "Too many requests or tokens for this resource",
    nextStep:
      "The conversation goes on; wait a little, or ask for a larger quota in the portal.",
  },
  "rate-limit-opening": {
    seen: { opening: ["rate_limit_exceeded"] },
    severity: "retry",
    code: "VOICE_LIVE_BUSY",
    cause: "Too many sessions or tokens for this resource",
    nextStep:
      "It is tried again later; a larger quota can be asked for in the portal.",
  },
  "service-error": {
    seen: { service: ["server_error"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The service failed at a request",
    nextStep: "The conversation goes on; send it again.",
  },
  "service-error-opening": {
    seen: { opening: ["server_error"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "The service failed while the session was opened",
    nextStep: "It is opened again.",
  },
  "settings-refused": {
    seen: {
      opening: [
        "invalid_request_error",
        "invalid_ec_channels_requires_client",
        "invalid_ec_reference_channels",
      ],
    },
    severity: "stop",
    code: "VOICE_LIVE_SETTINGS",
    cause: "The service refuses the session's settings",
    nextStep: "Correct them in the session node.",
  },
  "reply-already-active": {
    seen: { service: ["conversation_already_has_active_response"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "A reply was asked for while another is running",
    nextStep: "The conversation goes on; leave `response.create` to the nodes.",
  },
  "nothing-to-commit": {
    seen: { service: ["input_audio_buffer_commit_empty"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "There was no audio, or less than 100 ms, to commit",
    nextStep:
      "The conversation goes on; send audio first, and no commit where turn detection is on.",
  },
  "unknown-item": {
    seen: {
      service: [
        "item_truncate_invalid_item_id",
        "item_delete_invalid_item_id",
        "item_retrieve_invalid_item_id",
      ],
    },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The conversation has no such item",
    nextStep: "The conversation goes on; check the item's id.",
  },
  "voice-fixed": {
    seen: { service: ["cannot_update_voice"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The voice cannot change after the assistant has spoken",
    nextStep: "The conversation goes on; disconnect before you change it.",
  },
  "bad-value": {
    seen: { service: ["invalid_value"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The service does not accept a value",
    nextStep: "The conversation goes on; correct the setting or message.",
  },
  "parameter-missing": {
    seen: { service: ["missing_required_parameter"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "An event of the flow lacks something the service needs",
    nextStep: "The conversation goes on; add what is named.",
  },
  "parameter-unknown": {
    seen: { service: ["unknown_parameter"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The service does not know a setting or member",
    nextStep:
      "The conversation goes on; leave it out, or choose a newer API version.",
  },
  "bad-event": {
    seen: { service: ["invalid_event", "invalid_json"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The service does not understand an event",
    nextStep: "The conversation goes on; correct the event that was sent raw.",
  },
  "echo-channels": {
    seen: {
      service: [
        "invalid_ec_channels_requires_client",
        "invalid_ec_reference_channels",
      ],
    },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "Channels and reference of the echo settings do not go together",
    nextStep:
      "The conversation goes on; use one channel with the service's reference, two with the client's.",
  },
  "no-sdp": {
    seen: { service: ["missing_sdp"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "A WebRTC call was asked for without its offer",
    nextStep: "The conversation goes on; send the offer in `sdp_offer`.",
  },
  "service-reports": {
    seen: { service: ["*"], opening: ["*"] },
    severity: "report",
    code: "VOICE_LIVE_SERVICE",
    cause: "The service reports an error",
    nextStep:
      "The conversation goes on; mend the setting or message it is about.",
  },
  "reply-cancelled": {
    seen: { reply: ["cancelled"] },
    severity: "ignore",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The reply was interrupted, by the user or by the flow",
    nextStep: "Nothing is to be done.",
  },
  "reply-too-long": {
    seen: { reply: ["incomplete max_output_tokens"] },
    severity: "report",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The reply was cut short at its maximum length",
    nextStep:
      "The conversation goes on; raise `max_response_output_tokens` for longer replies.",
  },
  "reply-filtered": {
    seen: { reply: ["incomplete content_filter", "failed content_filter"] },
    severity: "report",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The content filter stopped the reply",
    nextStep: "The conversation goes on; ask for something else.",
  },
  "reply-incomplete": {
    seen: { reply: ["incomplete"] },
    severity: "report",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The reply was cut short",
    nextStep: "The conversation goes on.",
  },
  "reply-quota": {
    seen: {
      reply: ["failed rate_limit_exceeded", "failed insufficient_quota"],
    },
    severity: "report",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The reply failed because the quota is used up",
    nextStep:
      "The conversation goes on; wait a little, or ask for a larger quota in the portal.",
  },
  "reply-failed": {
    seen: { reply: ["failed", "*"] },
    severity: "report",
    code: "VOICE_LIVE_RESPONSE",
    cause: "The reply failed",
    nextStep: "The conversation goes on; ask again.",
  },
  "speech-unclear": {
    seen: { transcription: ["audio_unintelligible"] },
    severity: "report",
    code: "VOICE_LIVE_TRANSCRIPTION",
    cause: "The user's words could not be understood",
    nextStep: "The conversation goes on; check the microphone's level.",
  },
  "no-transcript": {
    seen: { transcription: ["*"] },
    severity: "report",
    code: "VOICE_LIVE_TRANSCRIPTION",
    cause: "The user's words were not transcribed",
    nextStep: "The conversation goes on.",
  },
} as const satisfies Causes;
