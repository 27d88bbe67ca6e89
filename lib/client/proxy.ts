import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
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

interface ProxyAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

type Request = Parameters<HttpsProxyAgent<string>["connect"]>;

/**
 * Opens the tunnel of one handshake (`CONNECT`) and says in our words what the proxy has against it: the library would
 * pass the proxy's refusal off as the service's.
 *
 *     connect ──200──▶ TLS to the host, through the tunnel
 *        ├── any other answer ──▶ refused: 407 login, 4xx forbidden, 5xx host not reached
 *        ├── cannot be reached, hangs up ──▶ proxy down
 *        └── 10 s, or the handshake is given up ──▶ its socket is destroyed
 *
 * The library's options go by the text of the address; those of `https:` allow TLS to the proxy, and are right for both.
 */
export class ProxyAgent extends HttpsProxyAgent<`https:${string}`> {
  readonly #giveUp = new AbortController();
  readonly #host: string;

  /** @param ca - also trusted for the proxy itself, where that is an `https:` one */
  constructor(proxy: Proxy, ca?: ConnectionOptions["ca"]) {
    super(proxy.url, {
      // The library logs the address when told to by DEBUG, so the login is not in it.
      headers: loginHeaders(proxy),
      ...(ca !== undefined && { ca }),
    });
    this.#host = hostOf(proxy.url);
    this.connectOpts.signal = this.#giveUp.signal;
  }

  override async connect(...[request, options]: Request): Promise<Socket> {
    let answer: ProxyAnswer | undefined;
    request.once("proxyConnect", (given: ProxyAnswer) => (answer = given));
    const socket = await this.#withinLimits(request, () =>
      super.connect(request, withIdentity(options)),
    );
    const { statusCode = 0, headers = {} } = answer ?? {};
    if (statusCode === 200) return socket;
    socket.destroy();
    throw diagnoseProxy(statusCode, readRetryAfterMs(headers, Date.now()));
  }

  async #withinLimits(
    request: ClientRequest,
    connect: () => Promise<Socket>,
  ): Promise<Socket> {
    let isLate = false;
    const abort = (): void => this.#giveUp.abort();
    const patience = setTimeout(() => {
      isLate = true;
      abort();
    }, ANSWER_WITHIN_MS);
    request.once("abort", abort);
    try {
      return await connect();
    } catch (cause) {
      throw isLate
        ? faultOf("proxy-silent", { said: this.#host })
        : faultOf("proxy-down", {
            said: at(errnoOf(cause), this.#host),
            cause,
          });
    } finally {
      clearTimeout(patience);
      request.off("abort", abort);
    }
  }
}

/** The library would hold the certificate of a host without a name against the proxy's name. */
function withIdentity(options: Request[1]): Request[1] {
  const { host, servername } = options as ConnectionOptions;
  if (servername || host === undefined || isIP(host) === 0) return options;
  return {
    ...options,
    checkServerIdentity: (_name, certificate) =>
      checkServerIdentity(host, certificate),
  } as Request[1];
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
