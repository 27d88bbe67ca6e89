import { connect, type LookupFunction } from "node:net";
import type { ConnectOptions } from "./service-access";

/** Where a handshake goes first: the host, or the proxy in front of it. */
export interface Route {
  readonly host: string;
  readonly port: number;
  /** Resolves the name, and refuses addresses that may not be asked. */
  readonly lookup?: LookupFunction | undefined;
}

/** Where the handshake with an endpoint goes first. */
export function routeOf(endpoint: URL, means: ConnectOptions = {}): Route {
  // Agents for proxies keep the proxy's address under this name.
  const { proxy } = (means.agent ?? {}) as { readonly proxy?: URL };
  const first = proxy ?? endpoint;
  const isPlain = first.protocol === "ws:" || first.protocol === "http:";
  return {
    host: first.hostname.replace(/^\[|\]$/g, ""),
    port: Number(first.port) || (isPlain ? 80 : 443),
    lookup: proxy ? undefined : means.lookup,
  };
}

/** Resolves to whether the host takes a TCP connection; never rejects. */
export type Probe = (route: Route) => Promise<boolean>;

/** Together they find a network that is back within two seconds, the handshake included. */
const PROBE_EVERY_MS = 500;
const PROBE_WITHIN_MS = 1_000;

interface Watched {
  readonly route: Route;
  readonly waiting: Set<() => void>;
  wasDown: boolean;
}

/**
 * Tells when hosts that were out of reach can be reached again, so that a long back-off does not outlast the outage.
 * A probe opens a TCP connection and closes it: no handshake of the service, no credential. One host is probed once for
 * all who wait for it. A host that answers the first probe was never out of reach: nobody is told, and the back-off counts.
 */
export class HostWatch {
  readonly #probe: Probe;
  readonly #watched = new Map<string, Watched>();

  constructor(probe: Probe = takesConnections) {
    this.#probe = probe;
  }

  /**
   * @param onBack - called once, when the host was found out of reach and then in reach
   * @returns a function that ends the wait
   */
  wait(route: Route, onBack: () => void): () => void {
    const key = `${route.host}:${route.port}`;
    const watched = this.#watched.get(key) ?? this.#begin(key, route);
    watched.waiting.add(onBack);
    return () => void watched.waiting.delete(onBack);
  }

  #begin(key: string, route: Route): Watched {
    const watched: Watched = { route, waiting: new Set(), wasDown: false };
    this.#watched.set(key, watched);
    void this.#look(key, watched);
    return watched;
  }

  async #look(key: string, watched: Watched): Promise<void> {
    const isUp = await this.#probe(watched.route);
    if (watched.waiting.size > 0 && !isUp) {
      watched.wasDown = true;
      setTimeout(() => void this.#look(key, watched), PROBE_EVERY_MS);
      return;
    }
    this.#watched.delete(key);
    if (watched.wasDown) for (const onBack of watched.waiting) onBack();
  }
}

/** A host that takes the connection is there; what it says is for the handshake to find out. */
export function takesConnections({
  host,
  port,
  lookup,
}: Route): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(lookup && { lookup }) });
    const end = (isUp: boolean): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(isUp);
    };
    const patience = setTimeout(() => end(false), PROBE_WITHIN_MS);
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
