export type { Sound } from "./audio-format";
export type {
  Answer,
  Behaviour,
  FunctionOutput,
  ResponseContext,
  Step,
} from "./behaviour";
export { behavioursOf, type ScriptOption } from "./behaviours";
export type { StoredItem } from "./conversation-items";
export type { Refusal, SessionRequest } from "./handshake";
export type { Moment, MomentRule, MomentStep } from "./moment-schema";
export type { ReceivedEvent } from "./received-log";
export {
  parseScript,
  type Rule,
  type Script,
  type ScriptStep,
} from "./script-schema";
export {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from "./server";
export type { SimulatedSession } from "./session";
export { speak } from "./speech";
export type { UsageLedger } from "./usage";
