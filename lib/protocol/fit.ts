import type { ClientEvent, ClientEventOf } from "./client-events";
import type { JsonObject } from "./json";
import { type FitContext, isEmpty } from "./openai-values";
import type { ResponseCreateParams } from "./response";
import type { RequestSession } from "./session";
import {
  type FieldRule,
  type FieldRules,
  RESPONSE_FIELDS,
  SESSION_FIELDS,
} from "./session-fields";
import { type Dialect, isOpenAI } from "./versions";

/** A setting, or a part of one, that a dialect does not have. */
export interface Missing {
  /** Such as `turn_detection.languages`; of a response's own parameters, `response.commit`. */
  readonly setting: string;
  /** In a few words, for a person. */
  readonly reason: string;
}

/** What of something can be sent, and what of it is missing. */
export interface Fitted<T> {
  readonly fitted: T;
  readonly missing: readonly Missing[];
}

/** The settings that a dialect has, in our own shape. What it spells differently or lacks in part is adapted. */
export function fitSession(
  session: RequestSession,
  dialect: Dialect,
): Fitted<RequestSession> {
  return fitFields(session, SESSION_FIELDS, dialect);
}

/** The same for the parameters of `response.create`, and for a response. */
export function fitResponse(
  params: ResponseCreateParams,
  dialect: Dialect,
): Fitted<ResponseCreateParams> {
  return fitFields(params, RESPONSE_FIELDS, dialect, "response.");
}

/**
 * An event as it can be sent. What a response lacks is put into its instructions where that is possible.
 * @param instructions - of the session, for a response that adds to them
 */
export function fitClientEvent(
  event: ClientEvent,
  dialect: Dialect,
  instructions = "",
): Fitted<ClientEvent> {
  if (event.type === "session.update") {
    const { fitted, missing } = fitSession(event.session, dialect);
    return { fitted: { ...event, session: fitted }, missing };
  }
  if (event.type !== "response.create" || !isOpenAI(dialect))
    return { fitted: event, missing: [] };
  return fitRequest(event, dialect, instructions);
}

function fitRequest(
  event: ClientEventOf<"response.create">,
  dialect: Dialect,
  instructions: string,
): Fitted<ClientEvent> {
  const { additional_instructions: additional, response, ...rest } = event;
  const { fitted, missing } = fitResponse(response ?? {}, dialect);
  const said = exactWords(response ?? {});
  const base = fitted.instructions ?? instructions;
  const params: ResponseCreateParams = {
    ...fitted,
    ...(response?.commit === false && { conversation: "none" }),
    ...(additional && { instructions: `${base}\n${additional}`.trim() }),
    ...(said !== undefined && sayExactly(said)),
  };
  const isBare = Object.keys(params).length === 0;
  return { fitted: { ...rest, ...(!isBare && { response: params }) }, missing };
}

function exactWords(params: ResponseCreateParams): string | undefined {
  const [part] = params.pre_generated_assistant_message?.content ?? [];
  return part?.text;
}

/** The nearest there is; quotes would be read aloud as such only by a model that ignores the instruction anyway. */
function sayExactly(text: string): ResponseCreateParams {
  return {
    instructions: `Say the following, word for word, and nothing else: "${text}"`,
    tool_choice: "none",
  };
}

function fitFields<T extends object>(
  object: T,
  rules: FieldRules,
  dialect: Dialect,
  prefix = "",
): Fitted<T> {
  const beside: JsonObject = Object.fromEntries(Object.entries(object));
  const result = { ...beside };
  const missing: Missing[] = [];
  const lack = (setting: string, reason: string): void =>
    void missing.push({ setting: prefix + setting, reason });
  for (const [name, value] of Object.entries(beside)) {
    const context = { dialect, beside, lack };
    const taken = takenOf(value, rules[name] ?? {}, context);
    const reason = rules[name]?.lacking?.[dialect];
    if (reason !== undefined && !isEmpty(taken)) lack(name, reason);
    if (reason !== undefined || taken === undefined) delete result[name];
    else result[name] = taken;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members went or were adapted, none came
  return { fitted: result as T, missing };
}

function takenOf(
  value: unknown,
  { implied, fit }: FieldRule,
  context: FitContext,
): unknown {
  if (value === implied) return undefined;
  return fit && isOpenAI(context.dialect) ? fit(value, context) : value;
}
