import { SERVER_EVENT_TYPES } from "../protocol";
import { isJsonObject, type JsonObject } from "./json-object";
import {
  anObject,
  type Check,
  closeCode,
  findMemberFault,
  justTrue,
  milliseconds,
} from "./script-checks";

/** `handshake`, before the upgrade is answered, or the type of a server event that is about to be sent. */
export type Moment = string;

/** What goes wrong at a moment of the protocol. */
export interface MomentRule {
  readonly when: {
    readonly moment: Moment;
    /** Only the n-th time, counted from 1 over all sessions; each time when it is not given. */
    readonly nth?: number;
  };
  /** In this order; after them the event is sent, unless the socket is gone. */
  readonly do: readonly MomentStep[];
}

export type MomentStep =
  /** Milliseconds in which nothing is sent; what comes meanwhile follows in its order. */
  | { readonly stall: number }
  /** Sends `error` before the event. */
  | { readonly fail: { readonly code?: string; readonly message?: string } }
  /** Closes the socket with this code. */
  | { readonly close: number }
  /** Cuts the connection without a close frame, or without an answer to the handshake. */
  | { readonly drop: true }
  /** At the handshake: answers with this status, and with `Retry-After` in seconds. */
  | { readonly refuse: number; readonly retryAfter?: number };

export const HANDSHAKE = "handshake";

const CONDITIONS: Readonly<Record<string, Check>> = {
  moment: (value) =>
    value === HANDSHAKE || SERVER_EVENT_TYPES.some((type) => type === value)
      ? undefined
      : "handshake or the type of a server event, such as session.updated",
  nth: (value) =>
    Number.isInteger(value) && Number(value) >= 1
      ? undefined
      : "a whole number from 1",
};

const EVERYWHERE: Readonly<Record<string, Check>> = {
  stall: milliseconds,
  drop: justTrue,
};

const IN_A_SESSION: Readonly<Record<string, Check>> = {
  ...EVERYWHERE,
  fail: (value) => anObject(value) && "an object with code and message",
  close: closeCode,
};

const AT_THE_HANDSHAKE: Readonly<Record<string, Check>> = {
  ...EVERYWHERE,
  refuse: (value) =>
    Number.isInteger(value) && Number(value) >= 300 && Number(value) <= 599
      ? undefined
      : "an HTTP status from 300 to 599",
};

/** @returns what is wrong with a rule that has `when.moment` */
export function findMomentRuleFault(
  when: JsonObject,
  steps: readonly unknown[],
): string | undefined {
  const fault = findMemberFault(when, CONDITIONS, "when");
  if (fault) return fault;
  if (steps.length === 0) return "`do` must have a step";
  for (const [index, step] of steps.entries()) {
    const found = findStepFault(step, String(when["moment"]), `do[${index}]`);
    if (found) return found;
  }
  return undefined;
}

function findStepFault(
  step: unknown,
  moment: Moment,
  at: string,
): string | undefined {
  if (!isJsonObject(step)) return `\`${at}\` must be an object`;
  const { retryAfter, ...action } = step;
  const checks = moment === HANDSHAKE ? AT_THE_HANDSHAKE : IN_A_SESSION;
  const [name = "", ...others] = Object.keys(action);
  if (!Object.hasOwn(checks, name) || others.length > 0)
    return `\`${at}\` must have exactly one of ${Object.keys(checks).join(", ")} at the moment ${moment}`;
  if (retryAfter !== undefined && name !== "refuse")
    return `\`${at}.retryAfter\` is unknown, expected only beside \`refuse\``;
  if (retryAfter !== undefined && milliseconds(retryAfter))
    return `\`${at}.retryAfter\` must be seconds`;
  return findMemberFault(action, checks, at);
}
