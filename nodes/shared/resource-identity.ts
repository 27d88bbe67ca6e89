import {
  AZURE_OPENAI_SCOPE,
  DEFAULT_SCOPE,
  missingVariable,
  VoiceLiveError,
  type CredentialSettings,
} from "../../lib/client";
import type { ServiceKind } from "../../lib/protocol";
import { oneOf, text } from "./config-values";

/** Who signs in, as the flow file says it. */
export interface IdentityConfig {
  readonly auth?: unknown;
  readonly tenantId?: unknown;
  readonly clientId?: unknown;
  readonly scope?: unknown;
  readonly organization?: unknown;
  readonly project?: unknown;
}

export interface ResourceCredentials {
  apiKey?: string;
  clientSecret?: string;
}

type Proxy = Extract<CredentialSettings, { auth: "client-secret" }>["proxy"];

const SCOPES = {
  "voice-live": DEFAULT_SCOPE,
  "azure-openai": AZURE_OPENAI_SCOPE,
} as const;

/**
 * How a resource proves who it is. OpenAI takes a key for a bearer token, whatever was chosen for Azure.
 * @param findProxy - the way to the host that gives tokens
 */
export function credentialSettings(
  config: IdentityConfig,
  service: ServiceKind,
  secrets: ResourceCredentials,
  findProxy: () => Proxy,
): CredentialSettings {
  if (service === "openai")
    return { auth: "key", apiKey: secrets.apiKey, header: "bearer" };
  const auth = oneOf(
    config,
    "auth",
    ["key", "default", "client-secret", "managed-identity"],
    "key",
  );
  const common = {
    scope: text(config.scope) || SCOPES[service],
    tenantId: text(config.tenantId),
    clientId: text(config.clientId),
  };
  if (auth === "key") return { auth, apiKey: secrets.apiKey };
  if (auth !== "client-secret") return { auth, ...common };
  const { clientSecret } = secrets;
  return { auth, ...common, clientSecret, proxy: findProxy() };
}

/** Whose account pays, where a key of OpenAI's belongs to several. @see protocol.md §13.1 */
export function accountHeaders(
  config: IdentityConfig,
  service: ServiceKind,
): Record<string, string> {
  if (service !== "openai") return {};
  const organization = accountId(config.organization, "organization");
  const project = accountId(config.project, "project");
  return {
    ...(organization !== "" && { "OpenAI-Organization": organization }),
    ...(project !== "" && { "OpenAI-Project": project }),
  };
}

function accountId(value: unknown, what: string): string {
  const id = text(value).trim();
  const variable = /^\$\{(.+)\}$/.exec(id)?.[1];
  if (variable) throw missingVariable(variable, what);
  if (/^[\w-]*$/.test(id)) return id;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `The ${what} has characters that no id of OpenAI has`,
    {
      nextStep: "Paste its id into the resource node, such as org-… or proj_….",
    },
  );
}
