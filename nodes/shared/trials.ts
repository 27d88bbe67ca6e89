import type { NodeAPI } from "node-red";
import { toVoiceLiveError, VoiceLiveError } from "../../lib/client";
import { isRecord } from "./messages";

/** A person waits at the dialog; a handshake that takes longer fails anyway. */
const LIMIT_MS = 15_000;
/** Each one is a session of the service, which has a quota. */
const MOST_AT_ONCE = 2;

export type TrialBody = Readonly<Record<string, unknown>>;

/** What a dialog is told. */
export type TrialAnswer =
  | { readonly ok: true; readonly [fact: string]: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

let running = 0;

/**
 * Answers `POST <type>/<id>/<action>` of the node's dialog. Nothing is logged, and an answer holds no secret: errors went through
 * the redactor.
 * @param run - its signal ends it after 15 seconds, and when the person has gone
 */
export function serveTrial(
  RED: NodeAPI,
  type: string,
  action: string,
  run: (id: string, body: TrialBody, signal: AbortSignal) => Promise<object>,
): void {
  RED.httpAdmin.post(
    `/${type}/:id/${action}`,
    RED.auth.needsPermission(`${type}.write`),
    (request, response) => {
      const body: unknown = request.body;
      const over = new AbortController();
      // A page of another origin cannot send JSON unasked.
      if (!request.is("application/json") || !isRecord(body))
        return void response.status(415).json("Expected a JSON object");
      response.on("close", () => over.abort());
      const id = String(request.params["id"]);
      void attempt((signal) => run(id, body, signal), over).then((answer) =>
        response.json(answer),
      );
    },
  );
}

/** Never rejects. */
async function attempt(
  run: (signal: AbortSignal) => Promise<object>,
  over: AbortController,
): Promise<TrialAnswer> {
  if (running >= MOST_AT_ONCE) return refusal(tooMany());
  running += 1;
  const timer = setTimeout(() => over.abort(), LIMIT_MS);
  try {
    return { ok: true, ...(await run(over.signal)) };
  } catch (thrown) {
    return refusal(toVoiceLiveError(thrown));
  } finally {
    clearTimeout(timer);
    running -= 1;
  }
}

function refusal({ code, message }: VoiceLiveError): TrialAnswer {
  return { ok: false, code, message };
}

function tooMany(): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_LIMIT",
    `${MOST_AT_ONCE} tests are running already`,
    { nextStep: "Wait until one of them is over." },
  );
}

/** Variables are read when a node is deployed; a dialog must not be a way to read them. */
export function refuseVariables(value: unknown): void {
  const variable = /\$\{([^}]*)\}/.exec(JSON.stringify(value) ?? "")?.[1];
  if (variable === undefined) return;
  throw new VoiceLiveError(
    "VOICE_LIVE_ENVIRONMENT",
    `The environment variable ${variable} is read only by deployed nodes`,
    { nextStep: "Deploy first, or type the value itself for this test." },
  );
}
