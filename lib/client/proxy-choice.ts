import { isLoopback } from "./endpoint";

type Environment = Readonly<Record<string, string | undefined>>;

/** Most telling first. Node-RED's own nodes look for the same names, in small letters and in capitals. */
const VARIABLES = [
  "wss_proxy",
  "npm_config_https_proxy",
  "https_proxy",
  "npm_config_proxy",
  "all_proxy",
] as const;

/**
 * The proxy that this machine's environment names for an address.
 * @returns its address as it is written there; empty for none
 */
export function proxyOfEnvironment(url: URL, environment: Environment): string {
  const noProxy =
    read(environment, "npm_config_no_proxy") || read(environment, "no_proxy");
  if (isExempt(url, noProxy)) return "";
  return VARIABLES.map((name) => read(environment, name)).find(Boolean) ?? "";
}

/**
 * Whether an address is reached without the proxy. This machine itself always is: the proxy's loopback is another one.
 * @param noProxy - names separated by commas or spaces: `host`, `host:port`, `.domain`, `*.domain`, or `*` for all
 */
export function isExempt(url: URL, noProxy: string): boolean {
  if (isLoopback(url.hostname)) return true;
  const entries = noProxy.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== "" && matches(url, entry));
}

function matches(url: URL, entry: string): boolean {
  if (entry === "*") return true;
  const [, name = "", port] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || "443")) return false;
  const isEnding = /^[.*]/.test(name);
  return isEnding
    ? url.hostname.endsWith(name.replace(/^\*/, ""))
    : url.hostname === name;
}

function read(environment: Environment, name: string): string {
  return environment[name] || environment[name.toUpperCase()] || "";
}
