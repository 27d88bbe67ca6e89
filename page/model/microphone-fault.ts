export const MICROPHONE_FAULTS = [
  "insecure",
  "unsupported",
  "denied",
  "none",
  "busy",
  "lost",
  "other",
] as const;

/** Why there is no microphone. */
export type MicrophoneFault = (typeof MICROPHONE_FAULTS)[number];

/** What browsers call it. https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia */
const BY_NAME: Readonly<Record<string, MicrophoneFault>> = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  DevicesNotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
};

/** @param thrown - by `getUserMedia` */
export function microphoneFault(thrown: unknown): MicrophoneFault {
  const { name } = thrown as { readonly name?: unknown };
  return (typeof name === "string" ? BY_NAME[name] : undefined) ?? "other";
}
