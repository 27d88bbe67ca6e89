import type { IncomingMessage } from "node:http";
import { KNOWN_API_VERSIONS, REALTIME_PATH } from "../protocol";

/** Who may connect. */
export interface AccessPolicy {
  /** When set, the only key that is accepted. */
  readonly apiKey?: string;
  /** When set, the only bearer token that is accepted. */
  readonly token?: string;
}

/** What a client asked for when it connected. */
export interface SessionRequest {
  /** Path and query without the credentials. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly apiVersion: string;
  /** `undefined` in agent mode. */
  readonly model: string | undefined;
  readonly agentName: string | undefined;
  readonly features: readonly string[];
}

/** Why an upgrade was refused, in Azure's shape `{error: {code, message}}`. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** When the client may try again. */
  readonly retryAfterSeconds?: number;
}

export type Judgement =
  | { readonly kind: "accepted"; readonly request: SessionRequest }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Only completes paths to URLs. */
const BASE = "http://localhost/";

/** Decides about an upgrade by its URL and headers. @see protocol.md §2.2–2.6 */
export function judgeHandshake(
  message: IncomingMessage,
  policy: AccessPolicy,
): Judgement {
  const path = message.url ?? "/";
  const url = URL.canParse(path, BASE) ? new URL(path, BASE) : new URL(BASE);
  const refusal = findRefusal(url, message, policy);
  return refusal
    ? { kind: "refused", refusal }
    : { kind: "accepted", request: readRequest(url, message) };
}

function findRefusal(
  url: URL,
  message: IncomingMessage,
  policy: AccessPolicy,
): Refusal | undefined {
  if (url.pathname !== REALTIME_PATH) {
    return { status: 404, code: "404", message: "Resource not found" };
  }
  if (!isAuthorised(url, message, policy)) {
    return {
      status: 401,
      code: "401",
      message:
        "Access denied due to invalid subscription key or wrong API endpoint.",
    };
  }
  const version = url.searchParams.get("api-version");
  if (!version) {
    return {
      status: 400,
      code: "MissingApiVersionParameter",
      message: "The api-version query parameter (?api-version=) is required.",
    };
  }
  if (!(KNOWN_API_VERSIONS as readonly string[]).includes(version)) {
    return {
      status: 400,
      code: "InvalidApiVersionParameter",
      message: `The api-version '${version.slice(0, 40)}' is not supported. Supported: ${KNOWN_API_VERSIONS.join(", ")}.`,
    };
  }
  if (!url.searchParams.get("model") && !url.searchParams.get("agent-name")) {
    return {
      status: 400,
      code: "BadRequest",
      message:
        "The model query parameter is required unless agent-name is given.",
    };
  }
  return undefined;
}

/** A key or a token, in a header or in the query; the official client sends its key in both. @see protocol.md §2.3 */
function isAuthorised(
  url: URL,
  { headers }: IncomingMessage,
  policy: AccessPolicy,
): boolean {
  const keys = [headers["api-key"], url.searchParams.get("api-key")];
  const tokens = [
    headers.authorization,
    url.searchParams.get("Authorization"),
  ].map(bearerOf);
  return (
    keys.some((key) => isRight(key, policy.apiKey, policy)) ||
    tokens.some((token) => isRight(token, policy.token, policy))
  );
}

function isRight(
  given: unknown,
  expected: string | undefined,
  policy: AccessPolicy,
): boolean {
  if (typeof given !== "string" || given === "") return false;
  const isOpen = policy.apiKey === undefined && policy.token === undefined;
  return isOpen || given === expected;
}

function bearerOf(value: string | null | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(value ?? "")?.[1];
}

function readRequest(url: URL, message: IncomingMessage): SessionRequest {
  const query = url.searchParams;
  const shown = new URL(url);
  shown.searchParams.delete("api-key");
  shown.searchParams.delete("Authorization");
  const {
    "api-key": _key,
    authorization: _authorization,
    ...headers
  } = message.headers;
  return {
    url: shown.pathname + shown.search,
    headers,
    apiVersion: query.get("api-version") ?? "",
    model: query.get("agent-name")
      ? undefined
      : (query.get("model") ?? undefined),
    agentName: query.get("agent-name") ?? undefined,
    features: (query.get("features") ?? "")
      .split(",")
      .filter((flag) => flag !== ""),
  };
}
