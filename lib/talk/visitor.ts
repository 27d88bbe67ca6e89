import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { isLoopback } from "../client";

/** Who asks for a page's socket, as far as the request tells. */
export interface Visitor {
  /** Of the browser; behind a trusted proxy the one that the proxy saw. */
  readonly address: string;
  /** A browser on this very machine, with no proxy between, that asked for it by a loopback name. */
  readonly isLocal: boolean;
  /** Of the page that opens the socket; empty where the request names none. */
  readonly origin: string;
  /** Origins under which this server is reached, by this request. */
  readonly ownOrigins: readonly string[];
}

/** Whose `X-Forwarded-For` is believed. */
export type ProxyTrust = (address: string) => boolean;

/** Headers that only a proxy adds. */
const FORWARDING = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
] as const;

export function readVisitor(
  request: IncomingMessage,
  isTrustedProxy: ProxyTrust,
): Visitor {
  const peer = plainAddress(request.socket.remoteAddress ?? "");
  const { headers } = request;
  const isForwarded = FORWARDING.some((name) => headers[name] !== undefined);
  return {
    address: clientAddress(peer, request, isTrustedProxy),
    isLocal:
      isLoopback(peer) && !isForwarded && isLoopback(hostName(headers.host)),
    origin: headers.origin ?? "",
    ownOrigins: ownOrigins(request),
  };
}

/**
 * @param proxies - addresses and networks such as `10.0.0.0/8`; loopback always counts
 * @throws TypeError that names what is no address
 */
export function trustProxies(proxies: readonly string[]): ProxyTrust {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    const family = isIP(address);
    const prefix = bits === undefined ? undefined : Number(bits);
    const isFine =
      prefix === undefined ||
      (Number.isInteger(prefix) &&
        prefix >= 0 &&
        prefix <= (family === 4 ? 32 : 128));
    if (family === 0 || !isFine)
      throw new TypeError(`Expected an address or a network, got «${proxy}»`);
    const type = family === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, type);
    else list.addSubnet(address, prefix, type);
  }
  return (address) => {
    const family = isIP(address);
    return (
      isLoopback(address) ||
      (family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6"))
    );
  };
}

/** Each proxy appends who it was asked by: the last entry that is no trusted proxy is the browser. */
function clientAddress(
  peer: string,
  request: IncomingMessage,
  isTrustedProxy: ProxyTrust,
): string {
  if (!isTrustedProxy(peer)) return peer;
  const hops = listed(request, "x-forwarded-for").map(plainAddress);
  return hops.findLast((hop) => !isTrustedProxy(hop)) ?? hops[0] ?? peer;
}

/**
 * A page of a foreign origin cannot set these headers on a socket, so what a proxy says may be taken from anyone here.
 * Ports and schemes count: `http://host` and `https://host` are two origins.
 */
function ownOrigins(request: IncomingMessage): readonly string[] {
  const isEncrypted = (request.socket as Partial<TLSSocket>).encrypted === true;
  const [forwarded] = listed(request, "x-forwarded-proto");
  const scheme = forwarded ?? (isEncrypted ? "https" : "http");
  const [forwardedHost] = listed(request, "x-forwarded-host");
  return [forwardedHost, request.headers.host]
    .filter((host) => host !== undefined)
    .map((host) => originOf(`${scheme}://${host}`))
    .filter((origin) => origin !== undefined);
}

/** As a browser writes it: small letters, no port where it is the scheme's own. */
export function originOf(address: string): string | undefined {
  try {
    const { origin, protocol } = new URL(address);
    return /^https?:$/.test(protocol) ? origin : undefined;
  } catch {
    return undefined;
  }
}

function hostName(host: string | undefined): string {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return "";
  }
}

/** IPv4 in the clothes of IPv6 is the same address. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function listed(request: IncomingMessage, name: string): readonly string[] {
  const header = request.headers[name];
  return (Array.isArray(header) ? header.join(",") : (header ?? ""))
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
