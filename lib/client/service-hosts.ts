import type { ServiceKind } from "../protocol";

/** Which hosts belong to a service and may have its credentials (protocol.md §2.1, §13.1). */
export interface HostRules {
  /** Such as `an Azure Voice Live host`. */
  readonly what: string;
  readonly example: string;
  /** Taken for an empty endpoint. */
  readonly only?: string;
  /** Completes the bare name of a resource. */
  readonly domain?: string;
  readonly own: RegExp;
  /** Hosts people paste by mistake, and why they will not do. */
  readonly mistaken: readonly (readonly [host: RegExp, why: string])[];
  /** What to paste instead of a mistaken one. */
  readonly advice: string;
}

/** One label before the domain, more behind a private link. */
const RESOURCE = "[a-z0-9-]+(\\.[a-z0-9-]+)*";

const PORTAL = [
  /^(ai|portal|oai)\.azure\.com$/,
  "this is a portal page, not a resource",
] as const;
const AZURE_OPENAI_HOST = /(^|\.)openai\.azure\.com$/;
const OPENAI_HOST = /(^|\.)openai\.com$/;
const VOICE_LIVE_EXAMPLE = "https://my-resource.services.ai.azure.com";
const AZURE_OPENAI_EXAMPLE = "https://my-resource.openai.azure.com";
const OPENAI_ENDPOINT = "https://api.openai.com";

export const HOST_RULES: Readonly<Record<ServiceKind, HostRules>> = {
  "voice-live": {
    what: "an Azure Voice Live host",
    example: VOICE_LIVE_EXAMPLE,
    domain: ".services.ai.azure.com",
    own: new RegExp(
      `^${RESOURCE}\\.(services\\.ai\\.azure|cognitiveservices\\.azure|api\\.cognitive\\.microsoft)\\.com$`,
    ),
    mistaken: [
      [
        AZURE_OPENAI_HOST,
        "this is an Azure OpenAI host, which does not serve Voice Live",
      ],
      PORTAL,
      [OPENAI_HOST, "this is OpenAI's own service, not Azure Voice Live"],
      [
        /\.(stt|tts)\.speech\.microsoft\.com$/,
        "this host serves only classic speech recognition or synthesis",
      ],
    ],
    advice: `Use the Foundry resource's endpoint, for example ${VOICE_LIVE_EXAMPLE}, or choose the service that this host belongs to.`,
  },
  openai: {
    what: "OpenAI's own host",
    example: OPENAI_ENDPOINT,
    only: OPENAI_ENDPOINT,
    // Two letters before it name the region in which data stays.
    own: /^([a-z]{2}\.)?api\.openai\.com$/,
    mistaken: [
      [AZURE_OPENAI_HOST, "this is an Azure OpenAI host"],
      [
        /^(platform|chat|www)\.openai\.com$/,
        "this is a web page, not the service",
      ],
    ],
    advice: `Leave the endpoint empty for ${OPENAI_ENDPOINT}, or choose the service that this host belongs to.`,
  },
  "azure-openai": {
    what: "an Azure OpenAI host",
    example: AZURE_OPENAI_EXAMPLE,
    domain: ".openai.azure.com",
    own: new RegExp(
      `^${RESOURCE}\\.(openai|services\\.ai|cognitiveservices)\\.azure\\.com$`,
    ),
    mistaken: [
      PORTAL,
      [OPENAI_HOST, "this is OpenAI's own service, not Azure OpenAI"],
    ],
    advice: `Use the Azure OpenAI resource's endpoint, for example ${AZURE_OPENAI_EXAMPLE}, or choose the service that this host belongs to.`,
  },
};
