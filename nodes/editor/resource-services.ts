import {
  AZURE_OPENAI_VERSIONS,
  OPENAI_VERSION,
} from "../../lib/protocol/services";
import {
  DEFAULT_API_VERSION,
  KNOWN_API_VERSIONS,
} from "../../lib/protocol/versions";

export type ResourceService = "simulator" | "azure" | "openai" | "azure-openai";

/** Fields whose meaning depends on the service. */
interface ServiceValues {
  readonly apiVersion: string;
  readonly scope: string;
}

const AZURE_SCOPE = "https://ai.azure.com/.default";

/** What a service begins with. */
export const FIRST_VALUES: Readonly<Record<ResourceService, ServiceValues>> = {
  simulator: { apiVersion: DEFAULT_API_VERSION, scope: AZURE_SCOPE },
  azure: { apiVersion: DEFAULT_API_VERSION, scope: AZURE_SCOPE },
  openai: { apiVersion: OPENAI_VERSION, scope: AZURE_SCOPE },
  "azure-openai": {
    apiVersion: AZURE_OPENAI_VERSIONS[0],
    scope: "https://cognitiveservices.azure.com/.default",
  },
};

/** Versions to offer; a simulator's says which service it plays. */
export function versionsOf(service: string): readonly string[] {
  if (service === "azure") return KNOWN_API_VERSIONS;
  if (service === "azure-openai") return AZURE_OPENAI_VERSIONS;
  const previews = AZURE_OPENAI_VERSIONS.filter((version) => version !== "v1");
  return [...KNOWN_API_VERSIONS, OPENAI_VERSION, ...previews];
}

/** A version of Voice Live means nothing to Azure OpenAI, but for `v1`, which both have. */
export function isForeignVersion(service: string, version: unknown): boolean {
  if (service !== "azure-openai" || version === "v1") return false;
  return KNOWN_API_VERSIONS.some((known) => known === version);
}

/** Each service keeps the values that were typed for it, while the dialog is open. */
export class ValuesOfServices {
  readonly #kept = new Map<string, ServiceValues>();
  #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  /** @returns what was typed for the other service, or what it begins with */
  change(service: string, typed: ServiceValues): ServiceValues {
    this.#kept.set(this.#service, typed);
    this.#service = service;
    return (
      this.#kept.get(service) ??
      Object.entries(FIRST_VALUES).find(([name]) => name === service)?.[1] ??
      typed
    );
  }
}
