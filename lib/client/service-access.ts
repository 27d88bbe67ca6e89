import type { ServiceKind } from "../protocol";
import type { HandshakeBudget } from "./handshake-budget";

/** Where the service is and how to get in: one per resource, shared by all its conversations. */
export interface ServiceAccess {
  /** Default `voice-live`. */
  readonly service?: ServiceKind;
  readonly apiVersion: string;
  readonly budget: HandshakeBudget;
  /**
   * Asked once for each handshake.
   * @returns address without query, and headers that prove who we are
   * @throws VoiceLiveError when address or credential are wrong
   */
  locate(): Promise<{
    readonly endpoint: URL;
    readonly headers: Readonly<Record<string, string>>;
  }>;
}
