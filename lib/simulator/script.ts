import { isJsonObject } from "./json-object";
import type {
  Answer,
  Behaviour,
  FunctionOutput,
  ResponseContext,
  Step,
} from "./behaviour";
import {
  type Rule,
  type Script,
  type ScriptStep,
  sortRules,
} from "./script-schema";

/** What the templates and conditions of a rule can name. */
interface Values {
  readonly text: string;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly argument?: unknown;
  readonly output?: unknown;
}

/** A behaviour that follows a script; it leaves a response to the next behaviour when no rule fits. */
export function followScript(script: Script): Behaviour {
  const rules = sortRules(script).answers;
  return (context) => {
    if (context.outputs.length === 0) return answerTurn(rules, context);
    const answers = context.outputs.map((output) =>
      answerOutput(rules, context, output),
    );
    return answers.every((answer) => answer === undefined)
      ? undefined
      : answers.flatMap((answer) => answer ?? []);
  };
}

function answerTurn(
  rules: readonly Rule[],
  context: ResponseContext,
): Answer | undefined {
  for (const rule of rules) {
    const match =
      rule.when.output === undefined ? matchRule(rule, context, {}) : undefined;
    if (match) return rule.do.map((step) => fill(step, match));
  }
  return undefined;
}

function answerOutput(
  rules: readonly Rule[],
  context: ResponseContext,
  given: FunctionOutput,
): Answer | undefined {
  for (const rule of rules) {
    const isMeant =
      rule.when.output === true || rule.when.output === given.name;
    const values = { argument: given.arguments, output: given.output };
    const match = isMeant ? matchRule(rule, context, values) : undefined;
    if (match) return rule.do.map((step) => fill(step, match));
  }
  return undefined;
}

/** @returns the values for the rule's templates, or `undefined` when it does not fit */
function matchRule(
  { when }: Rule,
  context: ResponseContext,
  given: Omit<Values, "text">,
): Values | undefined {
  if (when.turn !== undefined && when.turn !== context.turn) return undefined;
  if (
    ![when.tool ?? []]
      .flat()
      .every((name) => context.tools.some((tool) => tool.name === name))
  )
    return undefined;
  if (when.mcp !== undefined && !hasServer(when.mcp, context)) return undefined;
  const found =
    when.text === undefined
      ? undefined
      : new RegExp(when.text, "iu").exec(context.text);
  if (found === null) return undefined;
  const values: Values = {
    ...given,
    text: context.text,
    match: Object.assign({}, found, found?.groups),
  };
  if (!(when.has ?? []).every((path) => isPresent(lookUp(values, path))))
    return undefined;
  if (
    !Object.entries(when.is ?? {}).every(
      ([path, value]) => lookUp(values, path) === value,
    )
  )
    return undefined;
  return values;
}

function hasServer(
  wanted: string | true,
  { mcpServers }: ResponseContext,
): boolean {
  return wanted === true ? mcpServers.length > 0 : mcpServers.includes(wanted);
}

function fill(step: ScriptStep, values: Values): Step {
  if ("say" in step) return { ...step, say: fillText(step.say, values) };
  if ("call" in step)
    return {
      call: step.call,
      arguments: fillDeep(step.arguments ?? {}, values),
    };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts stay texts, and nothing else changes
  if ("mcp" in step || "search" in step) return fillDeep(step, values) as Step;
  return step;
}

function fillDeep(value: unknown, values: Values): unknown {
  if (typeof value === "string") return fillText(value, values);
  if (Array.isArray(value))
    return value.map((member) => fillDeep(member, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      fillDeep(member, values),
    ]),
  );
}

function fillText(text: string, values: Values): string {
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) =>
    toWords(lookUp(values, path)),
  );
}

function lookUp(values: object, path: string): unknown {
  let value: unknown = values;
  for (const name of path.split(".")) {
    value =
      isJsonObject(value) && Object.hasOwn(value, name)
        ? value[name]
        : undefined;
  }
  return value;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** As one would say it: `{sky: "sunny", wind: 3}` becomes "sky sunny, wind 3". */
function toWords(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(toWords).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, member]) => `${name} ${toWords(member)}`)
      .join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
