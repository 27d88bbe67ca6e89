import type { Causes } from "./cause";

/** Answers to the upgrade request, by the service or by what stands before it (protocol.md §2.6). */
export const UPGRADE_CAUSES = {
  "no-websocket": {
    seen: { upgrade: ["2*"] },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause: "The host answers like a web page, not like a voice service",
    nextStep: "Check the endpoint, and any gateway or login page in between.",
  },
  "broken-upgrade": {
    seen: {
      found: ["a 101 answer whose WebSocket headers are wrong"],
    },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause: "The host accepts the upgrade but does not complete it",
    nextStep: "Check the endpoint, and any gateway or proxy in between.",
  },
  "not-http": {
    seen: { socket: ["HPE_*"] },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause: "The host does not speak HTTP at this port",
    nextStep: "Check the endpoint's port.",
  },
  redirect: {
    seen: { upgrade: ["3*"] },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause:
      "The host answers with a redirect, which is not followed because it could carry the key elsewhere",
    nextStep: "Use the final address as endpoint.",
  },
  "bad-request": {
    seen: { upgrade: ["400"] },
    severity: "stop",
    code: "VOICE_LIVE_BAD_REQUEST",
    cause: "The service refused the request",
    nextStep: "Check the model or agent and the API version.",
  },
  "bad-api-version": {
    seen: {
      upgrade: [
        "400 InvalidApiVersionParameter",
        "400 MissingApiVersionParameter",
        "400 UnsupportedApiVersion",
      ],
    },
    severity: "stop",
    code: "VOICE_LIVE_BAD_REQUEST",
    cause: "The service does not know this API version",
    nextStep: "Choose another API version in the resource node.",
  },
  "key-refused": {
    seen: { upgrade: ["401"] },
    severity: "stop",
    code: "VOICE_LIVE_UNAUTHORIZED",
    cause: "The service did not accept the key or token",
    nextStep:
      "Check the API key, or the tenant and client, and that they belong to this resource.",
  },
  forbidden: {
    seen: { upgrade: ["403", "401 PermissionDenied"] },
    severity: "stop",
    code: "VOICE_LIVE_FORBIDDEN",
    cause: "The identity is known but may not use this resource",
    nextStep:
      "Give it the roles «Cognitive Services User» and «Foundry User», or allow this network in the resource's firewall.",
  },
  "keys-disabled": {
    seen: { upgrade: ["403 AuthenticationTypeDisabled"] },
    severity: "stop",
    code: "VOICE_LIVE_FORBIDDEN",
    cause: "The resource does not accept API keys",
    nextStep:
      "Choose an Entra ID sign-in in the resource node, or allow keys in the portal.",
  },
  "no-service": {
    seen: { upgrade: ["404", "410"] },
    severity: "stop",
    code: "VOICE_LIVE_NOT_FOUND",
    cause: "The resource has no Voice Live service at this address",
    nextStep:
      "Check the endpoint, and that the resource's region offers Voice Live.",
  },
  "no-deployment": {
    seen: { upgrade: ["404 DeploymentNotFound"] },
    severity: "stop",
    code: "VOICE_LIVE_NOT_FOUND",
    cause: "The resource has no deployment of this name",
    nextStep:
      "Check the model in the session node against the deployments in the portal.",
  },
  "proxy-login": {
    seen: { upgrade: ["407"], proxy: ["407"] },
    severity: "stop",
    code: "VOICE_LIVE_PROXY",
    cause: "The proxy asks for a login",
    nextStep:
      "Fill in or correct user and password in the proxy node, or in https_proxy of the environment.",
  },
  "request-timeout": {
    seen: { upgrade: ["408"] },
    severity: "retry",
    code: "VOICE_LIVE_TIMEOUT",
    cause: "The service took too long to answer",
    nextStep: "It is tried again.",
  },
  "upgrade-required": {
    seen: { upgrade: ["426"] },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause: "The host does not speak WebSocket at this address",
    nextStep: "Check the endpoint and any gateway in between.",
  },
  busy: {
    seen: { upgrade: ["429"] },
    severity: "retry",
    code: "VOICE_LIVE_BUSY",
    cause: "Too many connections or tokens for this resource",
    nextStep:
      "It is tried again later; a larger quota can be asked for in the portal.",
  },
  "quota-used-up": {
    seen: {
      upgrade: ["429 insufficient_quota"],
      opening: ["insufficient_quota"],
    },
    severity: "stop",
    code: "VOICE_LIVE_BUSY",
    cause: "The account's quota is used up",
    nextStep: "Check plan and billing of the account.",
  },
  "headers-too-large": {
    seen: { upgrade: ["431"] },
    severity: "stop",
    code: "VOICE_LIVE_BAD_REQUEST",
    cause: "The request's headers are too large for the host",
    nextStep:
      "Use an identity with fewer groups, or raise the limit of the gateway in between.",
  },
  "refused-otherwise": {
    seen: { upgrade: ["4*", "*"] },
    severity: "stop",
    code: "VOICE_LIVE_BAD_REQUEST",
    cause: "The service refused the connection",
    nextStep: "Check the endpoint, the model and the API version.",
  },
  "service-failed": {
    seen: { upgrade: ["5*"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "The service is not available",
    nextStep: "It is tried again.",
  },
  "gateway-failed": {
    seen: { upgrade: ["502", "504"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "A gateway does not reach the service",
    nextStep: "It is tried again; if this lasts, check the gateway in between.",
  },
  "service-overloaded": {
    seen: { upgrade: ["503"] },
    severity: "retry",
    code: "VOICE_LIVE_UNAVAILABLE",
    cause: "The service is overloaded or under repair",
    nextStep: "It is tried again.",
  },
  "proxy-forbids": {
    seen: { proxy: ["4*", "*"] },
    severity: "stop",
    code: "VOICE_LIVE_PROXY",
    cause: "The proxy does not let this machine through to the host",
    nextStep: "Have the host and its port allowed on the proxy.",
  },
  "proxy-failed": {
    seen: { proxy: ["5*"] },
    severity: "retry",
    code: "VOICE_LIVE_PROXY",
    cause: "The proxy does not reach the host",
    nextStep:
      "It is tried again; if this lasts, check the proxy's own network.",
  },
  "proxy-down": {
    seen: { found: ["the proxy cannot be reached, or hangs up"] },
    severity: "retry",
    code: "VOICE_LIVE_PROXY",
    cause: "The proxy cannot be reached",
    nextStep: "Check the proxy's address and port; it is tried again.",
  },
  "proxy-silent": {
    seen: { found: ["no answer to `CONNECT` within 10 s"] },
    severity: "retry",
    code: "VOICE_LIVE_PROXY",
    cause: "The proxy did not answer within 10 seconds",
    nextStep: "Check the proxy's address and port; it is tried again.",
  },
} as const satisfies Causes;
