import { REALTIME_PATH } from "../protocol";
import { VoiceLiveError } from "./errors";

export interface EndpointOptions {
  /** Allows hosts outside Azure: private link, gateway. */
  readonly customHost?: boolean;
}

/** Hosts that receive credentials without the custom host tick (protocol.md §2.1). */
const AZURE_SUFFIXES = [
  ".services.ai.azure.com",
  ".cognitiveservices.azure.com",
  ".api.cognitive.microsoft.com",
] as const;

const EXAMPLE = "https://my-resource.services.ai.azure.com";

/** Hosts people paste by mistake, and what to paste instead. */
const MISTAKEN_HOSTS: readonly (readonly [RegExp, string])[] = [
  [
    /(^|\.)openai\.azure\.com$/,
    "this is an Azure OpenAI host, which does not serve Voice Live",
  ],
  [/^(ai|portal|oai)\.azure\.com$/, "this is a portal page, not a resource"],
  [/(^|\.)openai\.com$/, "this is OpenAI's own service, not Azure Voice Live"],
  [
    /\.(stt|tts)\.speech\.microsoft\.com$/,
    "this host serves only classic speech recognition or synthesis",
  ],
];

/**
 * Turns what people paste into the WebSocket address of the service, without query.
 * A bare resource name, any scheme, portal project paths, a trailing slash or quotes are understood.
 * @param pasted - endpoint as typed by the user
 * @returns `wss:` (loopback: `ws:`) URL that ends in `/voice-live/realtime`
 * @throws VoiceLiveError `VOICE_LIVE_ENDPOINT` that says why and what to paste instead
 * @see protocol.md §2.1
 */
export function resolveEndpoint(
  pasted: string,
  options: EndpointOptions = {},
): URL {
  const text = pasted
    .trim()
    .replace(/^["'<]+|["'>]+$/g, "")
    .trim();
  if (text === "")
    throw refuse(
      "The endpoint is empty",
      `Paste the resource's endpoint, for example ${EXAMPLE}.`,
    );
  const variable = /^\$\{(.+)\}$/.exec(text);
  if (variable) throw missingVariable(variable[1] ?? "", "endpoint");
  const url = parse(text);
  refuseSecrets(url);
  const loopback = isLoopback(url.hostname);
  const azure = isAzureHost(url.hostname);
  refuseMistakes(url, azure);
  refuseForbiddenHosts(url);
  if (!azure && !loopback && !options.customHost) {
    throw refuse(
      `The host ${url.hostname} is not an Azure Voice Live host`,
      "Paste the resource's endpoint, or tick «custom host» if this gateway is yours and may receive the key.",
    );
  }
  url.protocol = socketScheme(url, loopback);
  url.pathname = azure ? REALTIME_PATH : joinPath(url.pathname);
  if (azure) url.port = "";
  url.search = "";
  url.hash = "";
  return url;
}

/** A property that still reads `${NAME}` was not found in the environment by Node-RED. */
export function missingVariable(name: string, what: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_ENVIRONMENT",
    `The ${what} is taken from the environment variable ${name}, which is not set`,
    {
      nextStep: `Set ${name} before Node-RED starts, or type the ${what} in the resource node.`,
    },
  );
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function isAzureHost(hostname: string): boolean {
  return AZURE_SUFFIXES.some(
    (suffix) => hostname.endsWith(suffix) && hostname.length > suffix.length,
  );
}

function parse(text: string): URL {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? text
    : `https://${withDomain(text)}`;
  try {
    return new URL(spelled);
  } catch (cause) {
    throw refuse(
      "The endpoint is not an address",
      `Paste it as shown in the portal, for example ${EXAMPLE}.`,
      cause,
    );
  }
}

/** A bare resource name gets the current domain. */
function withDomain(text: string): string {
  return /^[a-z0-9][a-z0-9-]*$/i.test(text) &&
    text.toLowerCase() !== "localhost"
    ? `${text}${AZURE_SUFFIXES[0]}`
    : text;
}

function refuseSecrets(url: URL): void {
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase());
  const secret =
    url.username !== "" ||
    url.password !== "" ||
    names.some((name) =>
      /^(api[-_]?key|key|authorization|.*token)$/.test(name),
    );
  if (secret) {
    throw refuse(
      "The endpoint contains a key or password",
      "Remove it from the address and put it in the API key field, where it is kept secret.",
    );
  }
}

function refuseMistakes(url: URL, azure: boolean): void {
  if (azure) return;
  for (const [pattern, reason] of MISTAKEN_HOSTS) {
    if (pattern.test(url.hostname)) {
      throw refuse(
        `The host ${url.hostname} will not do: ${reason}`,
        `Use the Foundry resource's endpoint, for example ${EXAMPLE}.`,
      );
    }
  }
}

/** Metadata services and link-local addresses never get a key, whatever is ticked. */
function refuseForbiddenHosts(url: URL): void {
  const host = url.hostname;
  const forbidden =
    /^(169\.254\.|0\.|\[fe[89ab][0-9a-f]:)/.test(host) ||
    host === "[::]" ||
    host === "168.63.129.16" ||
    host === "metadata.google.internal";
  if (forbidden)
    throw refuse(
      `The host ${host} is a link-local or metadata address`,
      `Use the resource's endpoint, for example ${EXAMPLE}.`,
    );
}

function socketScheme(url: URL, loopback: boolean): string {
  if (url.protocol === "https:" || url.protocol === "wss:") return "wss:";
  if (url.protocol !== "http:" && url.protocol !== "ws:") {
    throw refuse(
      `The scheme ${url.protocol}// is not supported`,
      "Start the endpoint with https:// or wss://.",
    );
  }
  if (!loopback) {
    throw refuse(
      "The endpoint is not encrypted, so the key would travel in clear text",
      "Start it with https:// instead of http://.",
    );
  }
  return "ws:";
}

/** A gateway's path prefix survives; the service's own path is not repeated. */
function joinPath(pathname: string): string {
  const prefix = pathname.replace(/\/+$/, "");
  return prefix.endsWith(REALTIME_PATH) ? prefix : `${prefix}${REALTIME_PATH}`;
}

function refuse(
  reason: string,
  nextStep: string,
  cause?: unknown,
): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_ENDPOINT", reason, { nextStep, cause });
}
