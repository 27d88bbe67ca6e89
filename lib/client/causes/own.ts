import type { Causes } from "./cause";

/** What is found before or beside the wire: settings, credentials, messages of the flow, calls. The words are those of the place where it is found. */
export const OWN_CAUSES = {
  "token-refused": {
    seen: { found: ["Entra ID answers with an error"] },
    severity: "retry",
    code: "VOICE_LIVE_CREDENTIAL",
    cause: "Entra ID gave no token",
    nextStep:
      "Check tenant, client id and secret, or sign in on this machine (az login); the resource needs the roles «Cognitive Services User» and «Foundry User».",
  },
  "token-old": {
    seen: { found: ["a token with less than 5 min left"] },
    severity: "retry",
    code: "VOICE_LIVE_CREDENTIAL",
    cause: "The Entra ID token is about to expire",
    nextStep:
      "It is fetched again with the next attempt; if this repeats, check this machine's clock.",
  },
  "bad-endpoint": {
    seen: { raised: ["VOICE_LIVE_ENDPOINT"] },
    severity: "stop",
    code: "VOICE_LIVE_ENDPOINT",
    cause: "The endpoint is empty, mistaken or not allowed",
    nextStep: "Paste the resource's endpoint into the resource node.",
  },
  "bad-configuration": {
    seen: { raised: ["VOICE_LIVE_CONFIGURATION"] },
    severity: "stop",
    code: "VOICE_LIVE_CONFIGURATION",
    cause: "A setting of a node is missing or cannot be used",
    nextStep: "Correct it in the node that is named, then deploy.",
  },
  "variable-missing": {
    seen: { raised: ["VOICE_LIVE_ENVIRONMENT"] },
    severity: "stop",
    code: "VOICE_LIVE_ENVIRONMENT",
    cause: "A setting is taken from an environment variable that is not set",
    nextStep: "Set the variable and restart Node-RED.",
  },
  "credential-missing": {
    seen: { raised: ["VOICE_LIVE_CREDENTIAL"] },
    severity: "stop",
    code: "VOICE_LIVE_CREDENTIAL",
    cause: "A part of the credential is missing or cannot be one",
    nextStep: "Fill it in on the resource node.",
  },
  "bad-audio": {
    seen: { raised: ["VOICE_LIVE_AUDIO"] },
    severity: "report",
    code: "VOICE_LIVE_AUDIO",
    cause: "A message holds no audio that can be used, or a sound card fails",
    nextStep: "Do what the message says; the next one may be right.",
  },
  "bad-payload": {
    seen: { raised: ["VOICE_LIVE_PAYLOAD"] },
    severity: "report",
    code: "VOICE_LIVE_PAYLOAD",
    cause: "A message's payload cannot be used",
    nextStep: "Send what the node's help lists.",
  },
  "no-key": {
    seen: { raised: ["VOICE_LIVE_KEY"] },
    severity: "report",
    code: "VOICE_LIVE_KEY",
    cause: "A message names no conversation",
    nextStep: "Put the caller's name into the property that the session asks.",
  },
  "bad-action": {
    seen: { raised: ["VOICE_LIVE_ACTION"] },
    severity: "report",
    code: "VOICE_LIVE_ACTION",
    cause: "A control message asks for an action that does not exist",
    nextStep: "Send one that the node's help lists.",
  },
  "call-unknown": {
    seen: { raised: ["VOICE_LIVE_CALL_UNKNOWN"] },
    severity: "report",
    code: "VOICE_LIVE_CALL_UNKNOWN",
    cause: "A result names no call of the conversation",
    nextStep: "Keep `msg.voice` on the way from call to result.",
  },
  "call-answered": {
    seen: { raised: ["VOICE_LIVE_CALL_ANSWERED"] },
    severity: "report",
    code: "VOICE_LIVE_CALL_ANSWERED",
    cause: "A call got a second result",
    nextStep: "Send one result for each call.",
  },
  "call-late": {
    seen: { raised: ["VOICE_LIVE_CALL_LATE"] },
    severity: "report",
    code: "VOICE_LIVE_CALL_LATE",
    cause: "A result came after its call was given up",
    nextStep: "Answer sooner, or raise the timeout of the function node.",
  },
  "call-timeout": {
    seen: { raised: ["VOICE_LIVE_CALL_TIMEOUT"] },
    severity: "report",
    code: "VOICE_LIVE_CALL_TIMEOUT",
    cause: "The flow gave no result in time",
    nextStep: "Answer sooner, or raise the timeout of the function node.",
  },
  "bad-arguments": {
    seen: { raised: ["VOICE_LIVE_ARGUMENTS"] },
    severity: "report",
    code: "VOICE_LIVE_ARGUMENTS",
    cause: "The model called a function with arguments its schema forbids",
    nextStep: "The model is told; describe the parameters more clearly.",
  },
  "bad-tool": {
    seen: { raised: ["VOICE_LIVE_TOOL"] },
    severity: "report",
    code: "VOICE_LIVE_TOOL",
    cause: "A function is declared wrongly, twice or not at all",
    nextStep: "Correct the function node.",
  },
  "not-connected": {
    seen: { raised: ["VOICE_LIVE_NOT_CONNECTED"] },
    severity: "report",
    code: "VOICE_LIVE_NOT_CONNECTED",
    cause:
      "There is no session to send a message to, or it was ended in the editor",
    nextStep:
      "Send it again when the session is ready; sound for one that was ended, after a pause of 10 s.",
  },
  "history-store": {
    seen: { raised: ["VOICE_LIVE_HISTORY"] },
    severity: "report",
    code: "VOICE_LIVE_HISTORY",
    cause: "The context store of the conversation's memory fails",
    nextStep:
      "The conversation goes on; check the context store that the session node names.",
  },
  recording: {
    seen: { raised: ["VOICE_LIVE_RECORDING"] },
    severity: "report",
    code: "VOICE_LIVE_RECORDING",
    cause: "A recording cannot be written, or a limit of the folder is reached",
    nextStep:
      "The conversation goes on; make room, or correct the folder in the record node.",
  },
  "limit-reached": {
    seen: { raised: ["VOICE_LIVE_LIMIT"] },
    severity: "report",
    code: "VOICE_LIVE_LIMIT",
    cause: "A limit of the session node is reached",
    nextStep: "Wait, disconnect conversations, or raise the limit.",
  },
  "no-session": {
    seen: { raised: ["VOICE_LIVE_NO_SESSION"] },
    severity: "report",
    code: "VOICE_LIVE_NO_SESSION",
    cause: "A node has no session",
    nextStep: "Choose one in the node, then deploy.",
  },
  internal: {
    seen: { raised: ["VOICE_LIVE_INTERNAL", "*"] },
    severity: "report",
    code: "VOICE_LIVE_INTERNAL",
    cause: "Something went wrong that this version does not know",
    nextStep: "Report it with the text of the error.",
  },
} as const satisfies Causes;
