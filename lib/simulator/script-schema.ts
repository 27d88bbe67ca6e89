import type { McpStep, SayStep, SearchStep } from "./behaviour";
import { isJsonObject } from "./json-object";
import { findMomentRuleFault, type MomentRule } from "./moment-schema";
import {
  aList,
  anObject,
  type Check,
  closeCode,
  findMemberFault,
  isListOfNames,
  isName,
  justTrue,
  milliseconds,
  regularExpression,
} from "./script-checks";

/** A script: the first rule that fits decides. Rules with `moment` make the service fail, all others answer. */
export type Script = readonly (Rule | MomentRule)[];

/**
 * When something happens and what is done then. All members of `when` must hold. A response that follows function outputs
 * asks only rules with `output`, once for each output; any other response asks only rules without it.
 */
export interface Rule {
  readonly when: {
    /** Regular expression, case-insensitive, searched in what the user said or typed. */
    readonly text?: string;
    /** The n-th user turn; 0 is a response before the first. */
    readonly turn?: number;
    /** The response follows an output of this function, or of any. */
    readonly output?: string | true;
    /** The session declares this function, or all of these. */
    readonly tool?: string | readonly string[];
    /** The session declares an MCP server with this label, or any. */
    readonly mcp?: string | true;
    /** Values that must be there, by path: `output.error`, `argument.city`. */
    readonly has?: readonly string[];
    /** Values that must be equal, by path. */
    readonly is?: Readonly<Record<string, string | number | boolean | null>>;
  };
  readonly do: readonly ScriptStep[];
}

/** Texts may hold `{{text}}`, `{{match.1}}`, `{{match.name}}`, `{{argument.x}}`, `{{output}}` and `{{output.x}}`. */
export type ScriptStep =
  | SayStep
  | {
      readonly call: string;
      readonly arguments?: Readonly<Record<string, unknown>>;
    }
  | McpStep
  | SearchStep
  | { readonly invocation: Readonly<Record<string, unknown>> }
  | { readonly fail: { readonly code?: string; readonly message?: string } }
  | { readonly stall: number }
  | { readonly close: number }
  | { readonly drop: true };

const CONDITIONS: Readonly<Record<string, Check>> = {
  text: regularExpression,
  turn: (value) =>
    Number.isInteger(value) && Number(value) >= 0
      ? undefined
      : "a whole number",
  output: (value) =>
    isName(value) || value === true ? undefined : "a function name or true",
  tool: (value) =>
    isName(value) || isListOfNames(value)
      ? undefined
      : "a function name or a list of them",
  mcp: (value) =>
    isName(value) || value === true ? undefined : "a server's label or true",
  has: (value) => (isListOfNames(value) ? undefined : "a list of paths"),
  is: (value) =>
    isJsonObject(value) ? undefined : "an object of paths and values",
};

const STEPS: Readonly<Record<string, Check>> = {
  say: (value) =>
    typeof value === "string" && value !== "" ? undefined : "a text",
  call: (value) => (isName(value) ? undefined : "a function name"),
  mcp: (value) => (isName(value) ? undefined : "the name of a tool"),
  search: (value) =>
    value === "web" || value === "file" ? undefined : "web or file",
  invocation: anObject,
  fail: (value) =>
    isJsonObject(value) ? undefined : "an object with code and message",
  stall: milliseconds,
  close: closeCode,
  drop: justTrue,
};

/** What may stand beside the action of a step. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  say: { annotations: aList },
  call: { arguments: anObject },
  mcp: {
    server: (value) => (isName(value) ? undefined : "a server's label"),
    arguments: anObject,
    output: () => undefined,
    error: (value) => (isName(value) ? undefined : "a text"),
  },
  search: {
    queries: (value) => (isListOfNames(value) ? undefined : "a list of texts"),
    results: aList,
  },
};

/** The rules that answer, and those that make the service fail. */
export function sortRules(script: Script): {
  readonly answers: readonly Rule[];
  readonly moments: readonly MomentRule[];
} {
  const isAnswer = (rule: Rule | MomentRule): rule is Rule =>
    !isMomentRule(rule);
  return {
    answers: script.filter(isAnswer),
    moments: script.filter(isMomentRule),
  };
}

/**
 * Checks a script that came from a file or a setting.
 * @throws TypeError naming the rule, counted from 1, and its fault
 */
export function parseScript(value: unknown): Script {
  if (!Array.isArray(value))
    throw new TypeError("Expected the script to be a JSON list of rules");
  return value.map((rule: unknown, index) => {
    expectRule(rule, index + 1);
    return rule;
  });
}

function isMomentRule(rule: Rule | MomentRule): rule is MomentRule {
  return "moment" in rule.when;
}

function expectRule(
  rule: unknown,
  number: number,
): asserts rule is Rule | MomentRule {
  const fault = findRuleFault(rule);
  if (fault) throw new TypeError(`Script rule ${number}: ${fault}`);
}

function findRuleFault(rule: unknown): string | undefined {
  if (!isJsonObject(rule)) return "expected an object with `when` and `do`";
  const stranger = Object.keys(rule).find(
    (name) => name !== "when" && name !== "do",
  );
  if (stranger)
    return `\`${stranger}\` is unknown, expected \`when\` and \`do\``;
  if (!isJsonObject(rule["when"])) return "`when` must be an object";
  if (!Array.isArray(rule["do"])) return "`do` must be a list of steps";
  if ("moment" in rule["when"])
    return findMomentRuleFault(rule["when"], rule["do"]);
  return (
    findMemberFault(rule["when"], CONDITIONS, "when") ??
    findStepsFault(rule["do"])
  );
}

function findStepsFault(steps: readonly unknown[]): string | undefined {
  for (const [index, step] of steps.entries()) {
    const fault = findStepFault(step, `do[${index}]`);
    if (fault) return fault;
  }
  return undefined;
}

function findStepFault(step: unknown, at: string): string | undefined {
  if (!isJsonObject(step)) return `\`${at}\` must be an object`;
  const actions = Object.keys(step).filter((name) =>
    Object.hasOwn(STEPS, name),
  );
  const [action = ""] = actions;
  if (actions.length === 0 && Object.keys(step).length === 1)
    return findMemberFault(step, STEPS, at);
  if (actions.length !== 1)
    return `\`${at}\` must have exactly one of ${Object.keys(STEPS).join(", ")}`;
  const { [action]: value, ...beside } = step;
  return (
    findMemberFault({ [action]: value }, STEPS, at) ??
    findMemberFault(beside, COMPANIONS[action] ?? {}, at)
  );
}
