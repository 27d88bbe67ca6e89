import { BlockList, isIP } from "node:net";
import { realtimePath, type ServiceKind } from "../protocol";
import { VoiceLiveError } from "./errors";
import { HOST_RULES, type HostRules } from "./service-hosts";

export interface EndpointOptions {
  /** Allows hosts outside Azure: private link, gateway. */
  readonly customHost?: boolean;
  /** Default `voice-live`. */
  readonly service?: ServiceKind;
  /** Azure OpenAI has a path of its own for previews. */
  readonly apiVersion?: string;
}

/** Names under which clouds tell a machine its secrets. */
const FORBIDDEN_NAMES =
  /^(metadata(\.(google|azure)\.internal|\.goog|\.tencentyun\.com)?|instance-data(\.ec2\.internal)?)$/;

/** IPv4 rules hold for mapped spellings, such as `::ffff:169.254.0.0`, too. */
const FORBIDDEN_IPV4 = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, with the metadata service of most clouds
  ["168.63.129.16", 32], // Azure's host
  ["100.100.100.200", 32], // Alibaba's metadata
  ["192.0.0.192", 32], // Oracle's metadata
  ["224.0.0.0", 3], // multicast, reserved, broadcast
] as const;

const FORBIDDEN_IPV6 = [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128], // Amazon's metadata
  ["fd20:ce::254", 128], // Google's metadata
] as const;

const FORBIDDEN_ADDRESSES = forbiddenAddresses();

/**
 * Turns what people paste into the WebSocket address of the service, without query.
 * A bare resource name, any scheme, portal project paths, a trailing slash or quotes are understood.
 * @param pasted - endpoint as typed by the user
 * @returns `wss:` (loopback: `ws:`) URL that ends in the service's path, such as `/voice-live/realtime`
 * @throws VoiceLiveError `VOICE_LIVE_ENDPOINT` that says why and what to paste instead
 * @see protocol.md §2.1, §13.1
 */
export function resolveEndpoint(
  pasted: string,
  options: EndpointOptions = {},
): URL {
  const { service = "voice-live", apiVersion = "" } = options;
  const rules = HOST_RULES[service];
  const text = unquoted(pasted) || (rules.only ?? "");
  if (text === "")
    throw refuse(
      "The endpoint is empty",
      `Paste the resource's endpoint, for example ${rules.example}.`,
    );
  const variable = /\$\{([^}]+)\}/.exec(text);
  if (variable) throw missingVariable(variable[1] ?? "", "endpoint");
  if (looksLikeKey(text)) throw refuseSecret();
  // URL drops them in silence, and what is left is another address than the one that was read.
  if (/\p{Cc}/u.test(text))
    throw refuse(
      "The endpoint contains a line break or another control character",
      "Paste the address alone, in one line.",
    );
  const url = parse(text, rules);
  refuseSecrets(url);
  refuseScheme(url);
  const loopback = isLoopback(url.hostname);
  const isOwn = rules.own.test(url.hostname);
  if (!isOwn) refuseMistakes(url, rules);
  refuseForbiddenHosts(url, rules);
  if (!isOwn && !loopback && !options.customHost) {
    throw refuse(
      `The host ${url.hostname} is not ${rules.what}`,
      "Paste the resource's endpoint, or tick «custom host» if this gateway is yours and may receive the key.",
    );
  }
  const path = realtimePath(service, apiVersion);
  url.protocol = socketScheme(url, loopback);
  url.pathname = isOwn ? path : joinPath(url.pathname, path);
  if (isOwn) url.port = "";
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
    hostname === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function unquoted(pasted: string): string {
  return pasted
    .trim()
    .replace(/^["'<]+|["'>]+$/g, "")
    .trim();
}

function parse(text: string, rules: HostRules): URL {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const spelled = hasScheme ? text : `https://${withDomain(text, rules)}`;
  // Not kept as a cause: it quotes the text, which may hold a key.
  if (!URL.canParse(spelled)) {
    throw refuse(
      "The endpoint is not an address",
      `Paste it as shown in the portal, for example ${rules.example}.`,
    );
  }
  const url = new URL(spelled);
  if (!hasScheme && isLoopback(url.hostname)) url.protocol = "ws:";
  return url;
}

/** A bare resource name gets the current domain. */
function withDomain(text: string, { domain = "" }: HostRules): string {
  const name = text.replace(/\/+$/, "");
  return /^[a-z0-9][a-z0-9-]*$/i.test(name) &&
    name.toLowerCase() !== "localhost"
    ? `${name}${domain}`
    : text;
}

function refuseSecrets(url: URL): void {
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase());
  const secret =
    url.username !== "" ||
    url.password !== "" ||
    names.some((name) => /(key|token|secret|^authorization|^sig)$/.test(name));
  if (secret) throw refuseSecret();
}

/** A key in the wrong field would pass for a resource's name, and travel to the name server. */
function looksLikeKey(text: string): boolean {
  return /^([0-9a-f]{32}|[a-z0-9]{64,}|sk-[\w-]{16,})$/i.test(text);
}

function refuseSecret(): VoiceLiveError {
  return refuse(
    "The endpoint contains a key or password",
    "Remove it from the address and put it in the API key field, where it is kept secret.",
  );
}

function refuseMistakes(url: URL, { mistaken, advice }: HostRules): void {
  for (const [pattern, why] of mistaken) {
    if (pattern.test(url.hostname))
      throw refuse(`The host ${url.hostname} will not do: ${why}`, advice);
  }
}

/** Metadata services, link-local and multicast addresses never get a key, whatever is ticked. */
function refuseForbiddenHosts(url: URL, { example }: HostRules): void {
  // The resolver takes a name with a final dot for the same name.
  const host = url.hostname.replace(/\.$/, "");
  if (FORBIDDEN_NAMES.test(host) || isForbiddenAddress(host))
    throw refuse(
      `The host ${host} is a link-local or metadata address`,
      `Use the resource's endpoint, for example ${example}.`,
    );
}

/**
 * @param host - address or name as a URL or a name server gives it: decimal, hexadecimal and octal spellings are the
 * usual one already
 */
export function isForbiddenAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$|%.*$/g, "");
  const family = isIP(address);
  return (
    family !== 0 &&
    FORBIDDEN_ADDRESSES.check(address, family === 4 ? "ipv4" : "ipv6")
  );
}

function refuseScheme({ protocol }: URL): void {
  if (["https:", "wss:", "http:", "ws:"].includes(protocol)) return;
  throw refuse(
    `The scheme ${protocol}// is not supported`,
    "Start the endpoint with https:// or wss://.",
  );
}

function socketScheme(url: URL, loopback: boolean): string {
  if (url.protocol === "https:" || url.protocol === "wss:") return "wss:";
  if (!loopback) {
    throw refuse(
      "The endpoint is not encrypted, so the key would travel in clear text",
      "Start it with https:// instead of http://.",
    );
  }
  return "ws:";
}

/** A gateway's path prefix survives; what it already has of the service's own path is not repeated. */
function joinPath(pathname: string, path: string): string {
  const prefix = pathname.replace(/\/+$/, "");
  const steps = path.split("/").slice(1);
  const repeated = steps
    .map((_, index) => `/${steps.slice(0, steps.length - index).join("/")}`)
    .find((start) => prefix.endsWith(start));
  return prefix + path.slice(repeated?.length ?? 0);
}

function forbiddenAddresses(): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of FORBIDDEN_IPV6)
    list.addSubnet(address, prefix, "ipv6");
  for (const [address, prefix] of FORBIDDEN_IPV4) {
    list.addSubnet(address, prefix, "ipv4");
    for (const [carrier, bits] of carriersOf(address))
      list.addSubnet(carrier, bits + prefix, "ipv6");
  }
  return list;
}

/** IPv6 addresses that lead to an IPv4 one, and how many bits stand before it: compatible, translated, NAT64, 6to4. */
function carriersOf(
  address: string,
): readonly (readonly [carrier: string, bits: number])[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const digits = [a * 256 + b, c * 256 + d].map((word) => word.toString(16));
  const tail = digits.join(":");
  return [
    // ::1 is this machine, not 0.0.0.1
    ...(a === 0 ? [] : [[`::${tail}`, 96] as const]),
    [`::ffff:0:${tail}`, 96],
    [`64:ff9b::${tail}`, 96],
    [`2002:${tail}::`, 16],
  ];
}

function refuse(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_ENDPOINT", reason, { nextStep });
}
