import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isForbiddenAddress, isLoopback } from "./endpoint";
import { VoiceLiveError } from "./errors";

/**
 * Resolves names for a socket, and refuses a name behind which there is a link-local or metadata address. What is checked
 * here is what the socket connects to: a name that changes its answer between two questions gains nothing.
 * @param resolve - asks the name server; replaced in tests
 */
export function guardLookup(resolve: LookupFunction = lookup): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, options, (error, found, family) => {
      const forbidden = error
        ? undefined
        : addressesOf(found).find((address) => !isAllowed(hostname, address));
      if (forbidden === undefined) callback(error, found, family);
      else callback(refusal(hostname, forbidden), "", 0);
    });
}

/** Plain text goes to this machine only, so its name has to mean it. */
function isAllowed(hostname: string, address: string): boolean {
  return (
    !isForbiddenAddress(address) &&
    (hostname !== "localhost" || isLoopback(address))
  );
}

function addressesOf(found: string | LookupAddress[]): readonly string[] {
  return typeof found === "string"
    ? [found]
    : found.map(({ address }) => address);
}

function refusal(hostname: string, address: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_ENDPOINT",
    hostname === "localhost"
      ? `The name localhost leads to ${address}, which is not this machine`
      : `The name ${hostname} leads to ${address}, which is a link-local or metadata address`,
    {
      nextStep: "Check the endpoint, and who answers for this name.",
    },
  );
}
