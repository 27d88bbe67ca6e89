import type { VoiceLiveError } from "../../lib/client/errors";
import type { ConnectOptions } from "../../lib/client/service-access";
import { Transport } from "../../lib/client/transport";

export const DIAL_KEY = "Dial.Key.of.the.Tests";

export interface Dial {
  readonly transport: Transport;
  /** Resolves to how the handshake ended. */
  readonly outcome: Promise<VoiceLiveError | "opened">;
}

/** One handshake with a real host. */
export function dial(url: string, connect?: ConnectOptions): Dial {
  let transport: Transport | undefined;
  const outcome = new Promise<VoiceLiveError | "opened">((resolve) => {
    transport = new Transport(
      { url, headers: { "api-key": DIAL_KEY }, connect },
      {
        opened: () => resolve("opened"),
        received: () => undefined,
        closed: resolve,
        drained: () => undefined,
      },
    );
  });
  return { transport: transport!, outcome };
}
