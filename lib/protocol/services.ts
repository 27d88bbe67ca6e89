import { type Dialect, dialectOf, REALTIME_PATH } from "./versions";

/** The services that speak this protocol, each in its own way. @see protocol.md §13.1 */
export const SERVICE_KINDS = ["voice-live", "openai", "azure-openai"] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** `v1` is GA; the dated previews are OpenAI's beta. Other dates are accepted too. @see protocol.md §13.1 */
export const AZURE_OPENAI_VERSIONS = [
  "v1",
  "2025-04-01-preview",
  "2024-10-01-preview",
] as const;

/** OpenAI's own service has no version in its address; this word asks a simulator to play it. */
export const OPENAI_VERSION = "openai";

const OPENAI_PATH = "/v1/realtime";
const AZURE_OPENAI_PATH = "/openai/v1/realtime";
const AZURE_OPENAI_PREVIEW_PATH = "/openai/realtime";

/** The service and the dialect that answer at a path. `undefined`: nobody does. */
export interface Contract {
  readonly service: ServiceKind;
  readonly dialect: Dialect;
}

/** What is spoken with a service, by default Voice Live, in one of its versions. */
export function dialectFor(
  service: ServiceKind = "voice-live",
  apiVersion = "",
): Dialect {
  if (service === "voice-live") return dialectOf(apiVersion);
  if (service === "openai") return "openai";
  return isGa(apiVersion) ? "openai" : "openai-beta";
}

/** Path of a normal session. @see protocol.md §2.1, §13.1 */
export function realtimePath(service: ServiceKind, apiVersion: string): string {
  if (service === "voice-live") return REALTIME_PATH;
  if (service === "openai") return OPENAI_PATH;
  return isGa(apiVersion) ? AZURE_OPENAI_PATH : AZURE_OPENAI_PREVIEW_PATH;
}

/**
 * Who answers at a path, for the simulator.
 * @param apiVersion - of the query, empty where there is none
 * @param wantsBeta - the header `OpenAI-Beta: realtime=v1` is there
 */
export function contractAt(
  path: string,
  apiVersion: string,
  wantsBeta: boolean,
): Contract | undefined {
  switch (path) {
    case REALTIME_PATH:
      return { service: "voice-live", dialect: dialectOf(apiVersion) };
    case OPENAI_PATH:
      return {
        service: "openai",
        dialect: wantsBeta ? "openai-beta" : "openai",
      };
    case AZURE_OPENAI_PATH:
      return { service: "azure-openai", dialect: "openai" };
    case AZURE_OPENAI_PREVIEW_PATH:
      return { service: "azure-openai", dialect: "openai-beta" };
    default:
      return undefined;
  }
}

/** Which service a simulator plays for an api version; the versions of the services do not overlap, but for `v1`. */
export function serviceOfVersion(apiVersion: string): ServiceKind {
  const version = apiVersion.trim().toLowerCase();
  if (version === OPENAI_VERSION) return "openai";
  const isPreview = AZURE_OPENAI_VERSIONS.some(
    (known) => known === version && known !== "v1",
  );
  return isPreview ? "azure-openai" : "voice-live";
}

function isGa(apiVersion: string): boolean {
  const version = apiVersion.trim().toLowerCase();
  return version === "v1" || version === "";
}
