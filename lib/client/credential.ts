import { faultOf } from "./diagnosis";
import { missingVariable } from "./endpoint";
import { VoiceLiveError } from "./errors";
import { learnSecret } from "./known-secrets";
import type { Proxy } from "./proxy";

/** Scope of the current Foundry resources (protocol.md §2.4). */
export const DEFAULT_SCOPE = "https://ai.azure.com/.default";
/** Scope of Azure OpenAI (protocol.md §13.1). */
export const AZURE_OPENAI_SCOPE =
  "https://cognitiveservices.azure.com/.default";

/** A token that ends sooner could expire during the handshake; the SDKs use the same margin (protocol.md §2.4). */
const TOKEN_MARGIN_MS = 5 * 60_000;

export type CredentialSettings =
  | {
      readonly auth: "key";
      readonly apiKey: string | undefined;
      /** Default `api-key`, as Azure wants it; OpenAI takes its key for a bearer token. */
      readonly header?: "api-key" | "bearer";
    }
  | { readonly auth: "default"; readonly scope?: string | undefined }
  | {
      readonly auth: "client-secret";
      readonly tenantId: string | undefined;
      readonly clientId: string | undefined;
      readonly clientSecret: string | undefined;
      readonly scope?: string | undefined;
      /** On the way to Entra ID. The other kinds ask this machine too, so they go by its environment. */
      readonly proxy?: Proxy | undefined;
    }
  | {
      readonly auth: "managed-identity";
      readonly clientId?: string | undefined;
      readonly scope?: string | undefined;
    };

/** Proves who we are, once per handshake. */
export interface Credential {
  /** Headers of one upgrade request. Rejects with `VOICE_LIVE_CREDENTIAL` when no proof can be had. */
  headers(): Promise<Record<string, string>>;
}

/** The part of an `@azure/identity` credential that is used here. */
export interface TokenSource {
  getToken(
    scope: string,
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/**
 * @param settings - kind of credential and its parts
 * @param createSource - makes the Entra token source; replaced in tests
 * @throws VoiceLiveError `VOICE_LIVE_CREDENTIAL` when a part is missing
 */
export function createCredential(
  settings: CredentialSettings,
  createSource: (settings: EntraSettings) => TokenSource = entraSource,
): Credential {
  if (settings.auth === "key")
    return keyCredential(settings.apiKey, settings.header ?? "api-key");
  requireParts(settings);
  const scope = settings.scope || DEFAULT_SCOPE;
  let source: TokenSource | undefined;
  return {
    async headers() {
      if (settings.auth === "client-secret") learnSecret(settings.clientSecret);
      source ??= createSource(settings);
      return { Authorization: `Bearer ${await fetchToken(source, scope)}` };
    },
  };
}

export type EntraSettings = Exclude<CredentialSettings, { auth: "key" }>;

function keyCredential(
  apiKey: string | undefined,
  header: "api-key" | "bearer",
): Credential {
  const key = (apiKey ?? "").trim();
  if (key === "")
    throw missing(
      "The API key is missing",
      header === "bearer"
        ? "Paste a key of your OpenAI project into the resource node."
        : "Paste key 1 of the resource («Keys and Endpoint» in the portal) into the resource node.",
    );
  const variable = /^\$\{(.+)\}$/.exec(key)?.[1];
  if (variable) throw missingVariable(variable, "API key");
  // A header value with control or non-Latin characters would make the socket throw with the key in its message.
  if (!/^[\x21-\x7e]+$/.test(key))
    throw missing(
      "The API key contains spaces or characters that no key has",
      "Paste it again, without quotes or line breaks.",
    );
  return {
    headers() {
      learnSecret(key);
      return Promise.resolve<Record<string, string>>(
        header === "bearer"
          ? { Authorization: `Bearer ${key}` }
          : { "api-key": key },
      );
    },
  };
}

function requireParts(settings: EntraSettings): void {
  if (settings.auth !== "client-secret") return;
  for (const part of ["tenantId", "clientId", "clientSecret"] as const) {
    const value = settings[part];
    if (!value)
      throw missing(
        `The ${part} of the Entra application is missing`,
        "Fill it in on the resource node.",
      );
    const variable = /^\$\{(.+)\}$/.exec(value)?.[1];
    if (variable) throw missingVariable(variable, part);
  }
}

async function fetchToken(source: TokenSource, scope: string): Promise<string> {
  let granted: { token: string; expiresOnTimestamp: number } | null;
  try {
    granted = await source.getToken(scope);
  } catch (thrown) {
    // Neither its message nor the error itself goes on: both may quote the request, and Catch nodes see causes.
    const name = thrown instanceof Error ? thrown.name : "unknown error";
    throw faultOf("token-refused", { said: name });
  }
  if (!granted)
    throw missing(
      "Entra ID gave no token",
      "Check that the identity may use this resource.",
    );
  if (granted.expiresOnTimestamp - Date.now() < TOKEN_MARGIN_MS)
    throw faultOf("token-old");
  learnSecret(granted.token);
  return granted.token;
}

function entraSource(settings: EntraSettings): TokenSource {
  let source: TokenSource | undefined;
  return {
    async getToken(scope) {
      source ??= await loadEntraSource(settings);
      return source.getToken(scope);
    },
  };
}

/** Loaded only here: the package is large, and key users never need it. */
async function loadEntraSource(settings: EntraSettings): Promise<TokenSource> {
  const identity = await import("@azure/identity");
  if (settings.auth === "client-secret") {
    const { tenantId, clientId, clientSecret, proxy } = settings;
    return new identity.ClientSecretCredential(
      tenantId ?? "",
      clientId ?? "",
      clientSecret ?? "",
      proxy && { proxyOptions: proxyOptions(proxy) },
    );
  }
  if (settings.auth === "default") return new identity.DefaultAzureCredential();
  return settings.clientId
    ? new identity.ManagedIdentityCredential({ clientId: settings.clientId })
    : new identity.ManagedIdentityCredential();
}

function proxyOptions({ url, username, password }: Proxy): ProxySettings {
  return {
    host: `${url.protocol}//${url.hostname}`,
    port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
    ...(username && { username }),
    ...(password && { password }),
  };
}

/** As `@azure/identity` takes a proxy. */
interface ProxySettings {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

function missing(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_CREDENTIAL", reason, { nextStep });
}
