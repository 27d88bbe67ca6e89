import type { IncomingMessage } from "node:http";
import {
  AZURE_OPENAI_VERSIONS,
  type Contract,
  contractAt,
  KNOWN_API_VERSIONS,
} from "../protocol";

/** Who may connect. */
export interface AccessPolicy {
  /** When set, the only key that is accepted. */
  readonly apiKey?: string;
  /** When set, the only bearer token that is accepted. */
  readonly token?: string;
}

/** What a client asked for when it connected: also which service, in which dialect. */
export interface SessionRequest extends Contract {
  /** Path and query without the credentials. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  /** Empty where the service's address has none. */
  readonly apiVersion: string;
  /** `undefined` in agent mode. */
  readonly model: string | undefined;
  readonly agentName: string | undefined;
  readonly profile: string | undefined;
  readonly features: readonly string[];
}

/** Why an upgrade was refused, as `{error: {code, message}}`. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** When the client may try again. */
  readonly retryAfterSeconds?: number;
}

export type Judgement =
  | { readonly kind: "accepted"; readonly request: SessionRequest }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The socket opens, says why, and closes. */
  | { readonly kind: "expelled"; readonly refusal: Refusal };

/** Only completes paths to URLs. */
const BASE = "http://localhost/";

/** Decides about an upgrade by its URL and headers. @see protocol.md §2.2–2.6, §13.1 */
export function judgeHandshake(
  message: IncomingMessage,
  policy: AccessPolicy,
): Judgement {
  const path = message.url ?? "/";
  const url = URL.canParse(path, BASE) ? new URL(path, BASE) : new URL(BASE);
  const contract = contractOf(url, message);
  if (!contract)
    return refused({ status: 404, code: "404", message: "Resource not found" });
  const proofs = readProofs(url, message, contract);
  if (!isAuthorised(proofs, policy)) return turnAway(proofs, contract);
  const refusal = findMissing(url, contract);
  return refusal
    ? refused(refusal)
    : { kind: "accepted", request: readRequest(url, message, contract) };
}

function refused(refusal: Refusal): Judgement {
  return { kind: "refused", refusal };
}

function contractOf(
  { pathname, searchParams }: URL,
  { headers }: IncomingMessage,
): Contract | undefined {
  const version = searchParams.get("api-version") ?? "";
  return contractAt(
    pathname,
    version,
    headers["openai-beta"] === "realtime=v1",
  );
}

/** OpenAI lets a wrong key in, only to tell it so; without any there is no socket. */
function turnAway({ keys, tokens }: Proofs, { service }: Contract): Judgement {
  const isOpenAIs = service === "openai";
  const refusal: Refusal = {
    status: 401,
    code: isOpenAIs ? "invalid_api_key" : "401",
    message: isOpenAIs
      ? "Incorrect API key provided."
      : "Access denied due to invalid subscription key or wrong API endpoint.",
  };
  const isGiven = [...keys, ...tokens].some((proof) => proof !== undefined);
  return { kind: isOpenAIs && isGiven ? "expelled" : "refused", refusal };
}

function findMissing(
  { searchParams }: URL,
  { service, dialect }: Contract,
): Refusal | undefined {
  const isAzures = service === "azure-openai";
  const hasVersion =
    service === "voice-live" || (isAzures && dialect === "openai-beta");
  return (
    (hasVersion
      ? findVersionFault(searchParams.get("api-version"), isAzures)
      : undefined) ?? findModelFault(searchParams, service, dialect)
  );
}

function findVersionFault(
  version: string | null,
  isAzureOpenAIs: boolean,
): Refusal | undefined {
  if (!version) {
    return {
      status: 400,
      code: "MissingApiVersionParameter",
      message: "The api-version query parameter (?api-version=) is required.",
    };
  }
  const known: readonly string[] = isAzureOpenAIs
    ? AZURE_OPENAI_VERSIONS.filter((name) => name !== "v1")
    : KNOWN_API_VERSIONS;
  if (known.includes(version)) return undefined;
  return {
    status: 400,
    code: "InvalidApiVersionParameter",
    message: `The api-version '${version.slice(0, 40)}' is not supported. Supported: ${known.join(", ")}.`,
  };
}

function findModelFault(
  query: URLSearchParams,
  service: Contract["service"],
  dialect: Contract["dialect"],
): Refusal | undefined {
  const isDeployment = service === "azure-openai" && dialect === "openai-beta";
  const name = isDeployment ? "deployment" : "model";
  const isVoiceLives = service === "voice-live";
  if (query.get(name) || (isVoiceLives && query.get("agent-name")))
    return undefined;
  return {
    status: 400,
    code: "BadRequest",
    message: isVoiceLives
      ? "The model query parameter is required unless agent-name is given."
      : `The ${name} query parameter is required.`,
  };
}

interface Proofs {
  readonly keys: readonly (string | undefined)[];
  readonly tokens: readonly (string | undefined)[];
}

/** A key or a token, in a header or in the query; the official client sends its key in both. @see protocol.md §2.3 */
function readProofs(
  { searchParams }: URL,
  { headers }: IncomingMessage,
  { service }: Contract,
): Proofs {
  const tokens = [headers.authorization, searchParams.get("Authorization")].map(
    bearerOf,
  );
  const key = headers["api-key"];
  const keys = [
    typeof key === "string" ? key : undefined,
    searchParams.get("api-key") ?? undefined,
    // OpenAI's keys come as bearer tokens, from browsers as a sub-protocol.
    ...(service === "openai" ? [...tokens, protocolKey(headers)] : []),
  ];
  return { keys, tokens };
}

function isAuthorised({ keys, tokens }: Proofs, policy: AccessPolicy): boolean {
  return (
    keys.some((key) => isRight(key, policy.apiKey, policy)) ||
    tokens.some((token) => isRight(token, policy.token, policy))
  );
}

function isRight(
  given: string | undefined,
  expected: string | undefined,
  policy: AccessPolicy,
): boolean {
  if (given === undefined || given === "") return false;
  const isOpen = policy.apiKey === undefined && policy.token === undefined;
  return isOpen || given === expected;
}

function protocolKey(headers: IncomingMessage["headers"]): string | undefined {
  const offered = headers["sec-websocket-protocol"] ?? "";
  return /openai-insecure-api-key\.([^\s,]+)/.exec(offered)?.[1];
}

function bearerOf(value: string | null | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(value ?? "")?.[1];
}

function readRequest(
  url: URL,
  message: IncomingMessage,
  contract: Contract,
): SessionRequest {
  const query = url.searchParams;
  const shown = new URL(url);
  shown.searchParams.delete("api-key");
  shown.searchParams.delete("Authorization");
  const {
    "api-key": _key,
    authorization: _authorization,
    "sec-websocket-protocol": _protocols,
    ...headers
  } = message.headers;
  const agentName = query.get("agent-name") ?? undefined;
  return {
    ...contract,
    url: shown.pathname + shown.search,
    headers,
    apiVersion: query.get("api-version") ?? "",
    model: agentName
      ? undefined
      : (query.get("model") ?? query.get("deployment") ?? undefined),
    agentName,
    profile: query.get("profile") ?? undefined,
    features: (query.get("features") ?? "")
      .split(",")
      .filter((flag) => flag !== ""),
  };
}
