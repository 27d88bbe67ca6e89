// The wire of Voice Live: types in wire names, lists of known values, and frames in both directions. No I/O.

export { AudioDeltaReader } from "./audio-delta-reader";
export type * from "./avatar";
export {
  CLIENT_EVENT_TYPES,
  isClientEventType,
  isKnownServerEvent,
  SERVER_EVENT_TYPES,
} from "./catalogue";
export type * from "./client-events";
export {
  APPEND_HEAD,
  APPEND_TAIL,
  parseClientFrame,
  type ParsedClientFrame,
  serializeClientEvent,
  serializeRawEvent,
} from "./client-frames";
export type * from "./content-parts";
export { pathInDialect, sessionFromWire, sessionToWire } from "./dialect";
export * from "./enums";
export type * from "./errors";
export {
  fitClientEvent,
  fitResponse,
  fitSession,
  type Fitted,
  type Missing,
} from "./fit";
export { createId, type IdPrefix } from "./ids";
export { imageMember, imagesToVersion } from "./image-address";
export type * from "./interim-response";
export type * from "./items";
export { isPrototypeTrap, type JsonObject } from "./json";
export { hasClientEvent } from "./known-members";
export { isKnownSetting } from "./known-settings";
export type { Maybe } from "./maybe";
export type * from "./response";
export type * from "./server-events";
export {
  type ParsedFrame,
  parseServerFrame,
  serializeServerEvent,
} from "./server-frames";
export { familyOfModel, type ModelFamily } from "./model-family";
export * from "./services";
export type * from "./session";
export type * from "./tools";
export type * from "./turn-detection";
export * from "./versions";
export type * from "./voice";
