export type { AudioTap, HeardTap } from "./audio-tap";
export type {
  OutletChunk,
  OutletMode,
  OutletOptions,
  PlaybackEvent,
} from "./audio-outlet";
export { Conversation, type Phase } from "./conversation";
export type { ConversationPolicy, Greeting } from "./conversation-policy";
export type {
  CallAnswer,
  CheckedCall,
  Interruption,
  LifeEvent,
} from "./conversation-events";
export {
  ConversationHub,
  type HubListeners,
  type HubOptions,
  type Outlet,
} from "./conversation-hub";
export type { ConnectionState } from "./connection-machine";
export type { CostLimits } from "./cost-limits";
export { DayUsage } from "./day-usage";
export {
  AZURE_OPENAI_SCOPE,
  createCredential,
  DEFAULT_SCOPE,
  type Credential,
  type CredentialSettings,
} from "./credential";
export { isLoopback, missingVariable, resolveEndpoint } from "./endpoint";
export {
  ERROR_CODES,
  toVoiceLiveError,
  VoiceLiveError,
  type ErrorCode,
  type ServiceFault,
} from "./errors";
export { guardLookup } from "./guarded-lookup";
export { DEFAULT_BOUNDS, type HistoryBounds } from "./history";
export type { HistoryStore } from "./memory";
export { DEFAULT_RENEWAL, type RenewalPolicy } from "./renewal";
export type { StoredHistory } from "./stored-history";
export { HostWatch } from "./host-watch";
export { HandshakeBudget } from "./handshake-budget";
export { testHandshake, type HandshakeResult } from "./handshake-test";
export { ProxyAgent, readProxy, type Proxy } from "./proxy";
export { isExempt, proxyOfEnvironment } from "./proxy-choice";
export { learnSecret } from "./known-secrets";
export { withoutSecrets } from "./redact";
export type { Marks } from "./response-marks";
export type { ConnectOptions, ServiceAccess } from "./service-access";
export {
  checkTarget,
  type AgentTarget,
  type SessionTarget,
} from "./session-target";
export type { FunctionCall } from "./tool-calls";
export type { LateResult, ToolDeclaration } from "./tools";
export type { Transcript } from "./transcripts";
export { typedText } from "./typed-text";
export type { AtEnd } from "./user-audio";
export { ECHO_MODES, type EchoMode } from "./echo";
