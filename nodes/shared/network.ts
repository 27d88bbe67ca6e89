import type { Node, NodeAPI } from "node-red";
import {
  guardLookup,
  isExempt,
  ProxyAgent,
  proxyOfEnvironment,
  readProxy,
  VoiceLiveError,
  type ConnectOptions,
  type Proxy,
} from "../../lib/client";
import { text, texts } from "./config-values";

/** Core's `tls-config` node. */
interface TlsNode extends Node {
  /** False when its files cannot be read. */
  readonly valid?: boolean;
  addTLSOptions(options: object): ConnectOptions;
}

/** Core's `http proxy` node. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
  readonly url?: unknown;
  readonly noproxy?: unknown;
}

export interface NetworkConfig {
  readonly tls?: unknown;
  readonly proxy?: unknown;
}

/**
 * The way to a host, by the config nodes of the resource; without a proxy node by this machine's environment, as Node-RED's
 * own nodes do it. Asked for with each handshake: a tunnel is of one.
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when a config node is missing or no good
 */
export function connectOptions(
  RED: NodeAPI,
  config: NetworkConfig,
  endpoint: URL,
): ConnectOptions {
  const tls = tlsOptions(RED, text(config.tls));
  const proxy =
    chosenProxy(RED, config, endpoint) ?? environmentProxy(config, endpoint);
  return proxy
    ? { ...tls, agent: new ProxyAgent(proxy, tls.ca) }
    : { ...tls, lookup: guardLookup() };
}

/** The proxy of the resource's proxy node, unless that node spares the address. */
export function chosenProxy(
  RED: NodeAPI,
  config: NetworkConfig,
  url: URL,
): Proxy | undefined {
  const id = text(config.proxy);
  if (id === "") return undefined;
  const node = RED.nodes.getNode(id) as ProxyNode | null;
  if (!node) throw missing("proxy");
  if (isExempt(url, texts(node.noproxy, []).join(","))) return undefined;
  return readProxy({ url: text(node.url), ...node.credentials });
}

function environmentProxy(
  config: NetworkConfig,
  endpoint: URL,
): Proxy | undefined {
  if (text(config.proxy) !== "") return undefined;
  const url = proxyOfEnvironment(endpoint, process.env);
  return url === "" ? undefined : readProxy({ url });
}

function tlsOptions(RED: NodeAPI, id: string): ConnectOptions {
  if (id === "") return {};
  const node = RED.nodes.getNode(id) as TlsNode | null;
  if (!node) throw missing("TLS");
  if (node.valid === false)
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      "The certificates of the TLS settings cannot be read",
      {
        nextStep: "Correct the TLS settings of the resource node, then deploy.",
      },
    );
  return node.addTLSOptions({});
}

function missing(what: "TLS" | "proxy"): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `The ${what} settings of the resource are missing or disabled`,
    { nextStep: "Choose others in the resource node, then deploy." },
  );
}
