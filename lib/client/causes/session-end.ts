import type { Causes } from "./cause";

/** Ends of an open socket: close codes (protocol.md §2.6, RFC 6455 §7.4), frames that cannot be read, silence. */
export const SESSION_END_CAUSES = {
  closed: {
    seen: { close: ["1000", "1005", "*"] },
    severity: "retry",
    code: "VOICE_LIVE_CLOSED",
    cause: "The service closed the session",
    nextStep: "It is opened again.",
  },
  "going-away": {
    seen: { close: ["1001"] },
    severity: "retry",
    code: "VOICE_LIVE_CLOSED",
    cause:
      "The service ended the session, as it does when it restarts or after a session's maximum length",
    nextStep: "It is opened again.",
  },
  "not-understood": {
    seen: { close: ["1002", "1003", "1007", "1010"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "The service did not understand a message",
    nextStep:
      "The session is opened again; look for messages of the flow's own making.",
  },
  lost: {
    seen: { close: ["1006"] },
    severity: "retry",
    code: "VOICE_LIVE_NETWORK",
    cause: "The connection was lost",
    nextStep: "It is opened again.",
  },
  policy: {
    seen: { close: ["1008"] },
    severity: "stop",
    code: "VOICE_LIVE_CLOSED",
    cause: "The service ended the session for a breach of policy",
    nextStep:
      "Check the settings, the quota and the content filter of the resource.",
  },
  "sent-too-large": {
    seen: { close: ["1009"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "A message was too large for the service",
    nextStep: "The session is opened again; send smaller images or texts.",
  },
  "service-broke": {
    seen: { close: ["1011", "1014"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "The service failed",
    nextStep: "The session is opened again.",
  },
  "service-restarts": {
    seen: { close: ["1012", "1013"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "The service restarts or is overloaded",
    nextStep: "The session is opened again.",
  },
  "closed-unauthorized": {
    seen: { close: ["3000"] },
    severity: "stop",
    code: "VOICE_LIVE_UNAUTHORIZED",
    cause: "The service did not accept the key or token after all",
    nextStep: "Check the API key, or the tenant and client.",
  },
  "closed-forbidden": {
    seen: { close: ["3003"] },
    severity: "stop",
    code: "VOICE_LIVE_FORBIDDEN",
    cause: "The identity may not use this model or agent",
    nextStep: "Check its roles, and the model or agent of the session node.",
  },
  "closed-timeout": {
    seen: { close: ["3008"] },
    severity: "retry",
    code: "VOICE_LIVE_TIMEOUT",
    cause: "The service waited too long for this machine",
    nextStep: "The session is opened again.",
  },
  "received-too-large": {
    seen: { socket: ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "The service sent a message of more than 16 MiB",
    nextStep: "The session is opened again.",
  },
  "too-many-fragments": {
    seen: { socket: ["WS_ERR_TOO_MANY_BUFFERED_PARTS"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "The service sent a message in too many pieces",
    nextStep: "The session is opened again.",
  },
  "bad-text": {
    seen: { socket: ["WS_ERR_INVALID_UTF8"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "The service sent text that is not UTF-8",
    nextStep: "The session is opened again.",
  },
  "bad-frame": {
    seen: { socket: ["WS_ERR_*"] },
    severity: "retry",
    code: "VOICE_LIVE_FRAME",
    cause: "The service broke the WebSocket protocol",
    nextStep:
      "The session is opened again; if this lasts, check any gateway in between.",
  },
  unreadable: {
    seen: { found: ["a message that is no JSON object with a `type`"] },
    severity: "report",
    code: "VOICE_LIVE_FRAME",
    cause: "The service sent what cannot be read",
    nextStep: "It was skipped.",
  },
  "handshake-silent": {
    seen: { found: ["no answer to the upgrade request within 15 s"] },
    severity: "retry",
    code: "VOICE_LIVE_TIMEOUT",
    cause: "The host did not answer the handshake within 15 seconds",
    nextStep: "Check network, proxy and firewall; it is tried again.",
  },
  "settings-silent": {
    seen: { found: ["no `session.updated` within 30 s"] },
    severity: "retry",
    code: "VOICE_LIVE_TIMEOUT",
    cause: "The session was not ready within 30 seconds",
    nextStep: "It is opened again.",
  },
  "peer-dead": {
    seen: { found: ["no answer to a ping within 10 s"] },
    severity: "retry",
    code: "VOICE_LIVE_NETWORK",
    cause: "The service does not answer any more",
    nextStep: "The session is opened again.",
  },
  "short-sessions": {
    seen: { found: ["three sessions in a row that ended within 5 s"] },
    severity: "stop",
    code: "VOICE_LIVE_SHORT_SESSIONS",
    cause: "Three sessions in a row ended at once",
    nextStep: "It is tried once a minute.",
  },
} as const satisfies Causes;
