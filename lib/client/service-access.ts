import type { Agent } from "node:http";
import type { LookupFunction } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { ServiceKind } from "../protocol";
import type { HandshakeBudget } from "./handshake-budget";
import type { HostWatch } from "./host-watch";

/** How a socket gets to the host. */
export interface ConnectOptions extends Pick<
  ConnectionOptions,
  | "ca"
  | "cert"
  | "key"
  | "passphrase"
  | "servername"
  | "rejectUnauthorized"
  | "ALPNProtocols"
> {
  /** Opens a tunnel through a proxy; of one handshake. */
  readonly agent?: Agent;
  /** Resolves the host's name; not asked where a proxy does that. */
  readonly lookup?: LookupFunction;
}

/** Where the service is and how to get in: one per resource, shared by all its conversations. */
export interface ServiceAccess {
  /** Default `voice-live`. */
  readonly service?: ServiceKind;
  readonly apiVersion: string;
  /** The built-in simulator, which understands no speech. */
  readonly isSimulated?: boolean;
  readonly budget: HandshakeBudget;
  /** Ends a back-off when the network is back. */
  readonly watch?: HostWatch;
  /**
   * Asked once for each handshake.
   * @returns address without query, headers that prove who we are, and the way there
   * @throws VoiceLiveError when address or credential are wrong
   */
  locate(): Promise<{
    readonly endpoint: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly connect?: ConnectOptions;
  }>;
}
