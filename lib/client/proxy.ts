import { request as plainRequest, type IncomingMessage } from "node:http";
import {
  Agent,
  request as secureRequest,
  type RequestOptions,
} from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { at, diagnoseProxy, errnoOf, faultOf, hostOf } from "./diagnosis";
import { VoiceLiveError } from "./errors";
import { learnSecret } from "./known-secrets";
import { readRetryAfterMs } from "./retry-after";

/** Less than the whole handshake may take, so that the proxy is named and not the host behind it. */
const ANSWER_WITHIN_MS = 10_000;

export interface ProxySettings {
  /** `http:` or `https:`; without a scheme `http:`. May hold user and password. */
  readonly url: string;
  /** Instead of what the address holds. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Proxy {
  /** Without user and password, so that it may be shown. */
  readonly url: URL;
  readonly username: string;
  readonly password: string;
}

/**
 * Takes a proxy's settings apart, and learns its password, so that nothing shows it.
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when the address is no good
 */
export function readProxy(settings: ProxySettings): Proxy {
  const text = settings.url.trim();
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? text
    : `http://${text}`;
  if (text === "" || !URL.canParse(spelled))
    throw refuse("The proxy's address is not an address");
  const url = new URL(spelled);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse(`The proxy's address starts with ${url.protocol}//`);
  const login =
    settings.username || settings.password ? settings : decodedLogin(url);
  const { username = "", password = "" } = login;
  url.username = "";
  url.password = "";
  learnSecret(password);
  return { url, username, password };
}

type Connected = Parameters<Agent["createConnection"]>[1];

/**
 * Opens the tunnel of one handshake (`CONNECT`) and says in our words what the proxy has against it.
 *
 *     connect ──200──▶ TLS to the host, through the tunnel
 *        ├── any other answer ──▶ refused: 407 login, 4xx forbidden, 5xx host not reached
 *        ├── cannot be reached, hangs up ──▶ proxy down
 *        └── 10 s, or the handshake is given up (`destroy`) ──▶ its socket is destroyed
 */
export class ProxyAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #ca: ConnectionOptions["ca"];
  readonly #giveUp = new AbortController();

  /** @param ca - also trusted for the proxy itself, where that is an `https:` one */
  constructor(proxy: Proxy, ca?: ConnectionOptions["ca"]) {
    super();
    this.#proxy = proxy;
    this.#ca = ca;
  }

  override createConnection(
    options: RequestOptions,
    connected: Connected,
  ): undefined {
    const host = options.host ?? "";
    const target = isIP(host) === 6 ? `[${host}]` : host;
    this.#openTunnel(`${target}:${options.port}`).then(
      (socket) =>
        // With the host's name among the options, the certificate has to be the host's.
        connected?.(null, connect({ ...(options as object), socket })),
      (fault: Error) => (connected as (fault: Error) => void)(fault),
    );
  }

  override destroy(): void {
    this.#giveUp.abort();
    super.destroy();
  }

  async #openTunnel(target: string): Promise<Duplex> {
    const patience = setTimeout(() => this.#giveUp.abort(), ANSWER_WITHIN_MS);
    try {
      const { response, socket } = await this.#ask(target);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return socket;
      socket.destroy();
      throw diagnoseProxy(statusCode, readRetryAfterMs(headers, Date.now()));
    } finally {
      clearTimeout(patience);
    }
  }

  #ask(target: string): Promise<{ response: IncomingMessage; socket: Duplex }> {
    const { url } = this.#proxy;
    const request = url.protocol === "https:" ? secureRequest : plainRequest;
    return new Promise((resolve, reject) => {
      request(url, {
        method: "CONNECT",
        path: target,
        headers: { Host: target, ...loginHeaders(this.#proxy) },
        agent: false,
        signal: this.#giveUp.signal,
        // Else it would be taken from the Host header, which names the host behind the proxy.
        servername: nameOf(url),
        ...(this.#ca !== undefined && { ca: this.#ca }),
      })
        // Whatever the proxy answers comes as this event, not as a response.
        .on("connect", (response, socket) => resolve({ response, socket }))
        .on("error", (cause) => reject(this.#faultOf(cause)))
        .end();
    });
  }

  #faultOf(cause: Error): VoiceLiveError {
    const host = hostOf(this.#proxy.url);
    if (this.#giveUp.signal.aborted)
      return faultOf("proxy-silent", { said: host });
    // The bytes that are no answer may quote anything.
    if ("rawPacket" in cause) delete cause.rawPacket;
    return faultOf("proxy-down", { said: at(errnoOf(cause), host), cause });
  }
}

/** Of the certificate to ask for; empty for an address, which has none. */
function nameOf({ hostname }: URL): string {
  return isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "";
}

function loginHeaders({ username, password }: Proxy): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = Buffer.from(`${username}:${password}`).toString("base64");
  learnSecret(login);
  return { "Proxy-Authorization": `Basic ${login}` };
}

function decodedLogin(url: URL): { username: string; password: string } {
  try {
    return {
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    };
  } catch {
    // Not kept as a cause: it would quote the password.
    throw refuse("The proxy's address holds a % that encodes nothing");
  }
}

function refuse(reason: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_CONFIGURATION", reason, {
    nextStep:
      "Write it as http://proxy.example.com:3128, with user and password in their own fields, or correct https_proxy and all_proxy of the environment.",
  });
}
