import type { NodeAPI, NodeDef } from "node-red";
import {
  createCredential,
  HandshakeBudget,
  HostWatch,
  missingVariable,
  resolveEndpoint,
  VoiceLiveError,
  type Credential,
  type ServiceAccess,
} from "../../lib/client";
import {
  AZURE_OPENAI_VERSIONS,
  DEFAULT_API_VERSION,
  KNOWN_API_VERSIONS,
  serviceOfVersion,
  type ServiceKind,
} from "../../lib/protocol";
import {
  startSimulator,
  type ScriptOption,
  type Simulator,
} from "../../lib/simulator";
import { flag, number, oneOf, text } from "./config-values";
import { chosenProxy, connectOptions, type NetworkConfig } from "./network";
import {
  accountHeaders,
  credentialSettings,
  type IdentityConfig,
  type ResourceCredentials,
} from "./resource-identity";

export interface ResourceConfig
  extends Partial<NodeDef>, IdentityConfig, NetworkConfig {
  readonly service?: unknown;
  readonly endpoint?: unknown;
  readonly apiVersion?: unknown;
  readonly customHost?: unknown;
  readonly connectsPerMinute?: unknown;
  readonly script?: unknown;
}

const REAL_SERVICES = ["azure", "openai", "azure-openai"];
const SERVICES = [...REAL_SERVICES, "simulator"];

/** Where tokens come from; the library's own default. */
const AUTHORITY = new URL("https://login.microsoftonline.com");

/** The simulator takes any key; this one says whose it is. */
const SIMULATOR_KEY = "simulator";

/** What a resource needs of its node. */
export interface ResourceSurroundings {
  readonly RED: NodeAPI;
  readonly credentials: () => ResourceCredentials;
  /** The host's certificate is not checked. */
  readonly onUnverified: () => void;
}

/** The way to the service that a resource's settings describe, and how to end what runs for it. */
export function createAccess(
  config: ResourceConfig,
  surroundings: ResourceSurroundings,
): ServiceAccess & Pick<Source, "close"> {
  const service = serviceOf(config);
  const source = isReal(config)
    ? real(config, service, surroundings)
    : simulator(config, service);
  return {
    service,
    apiVersion: apiVersionOf(config, service),
    isSimulated: !isReal(config),
    watch: new HostWatch(),
    budget: new HandshakeBudget(
      Math.round(
        number(config, "connectsPerMinute", 30, { min: 1, max: 100_000 }),
      ),
    ),
    locate: source.locate,
    close: () => source.close(),
  };
}

/** It leaves this machine, and needs a proof of who we are. */
export function isReal({ service }: ResourceConfig): boolean {
  return REAL_SERVICES.includes(text(service));
}

interface Source {
  readonly locate: ServiceAccess["locate"];
  close(): Promise<void>;
}

/** What the choice of the service means on the wire; a simulator plays the one that its API version names. */
function serviceOf(config: ResourceConfig): ServiceKind {
  const service = text(config.service);
  if (service === "azure") return "voice-live";
  if (service === "openai" || service === "azure-openai") return service;
  return serviceOfVersion(text(config.apiVersion));
}

/** Address and credential are looked at with each handshake: what is wrong is said when it matters, and a mended environment is seen. */
function real(
  config: ResourceConfig,
  service: ServiceKind,
  { RED, credentials, onUnverified }: ResourceSurroundings,
): Source {
  let credential: Credential | undefined;
  const warnOnce = onlyOnce(onUnverified);
  return {
    async locate() {
      const apiVersion = apiVersionOf(config, service);
      requireVersion(apiVersion, service);
      const endpoint = resolveEndpoint(text(config.endpoint), {
        customHost: flag(config, "customHost", false),
        service,
        apiVersion,
      });
      const connect = connectOptions(RED, config, endpoint);
      if (connect.rejectUnauthorized === false) warnOnce();
      credential ??= createCredential(
        credentialSettings(config, service, credentials(), () =>
          chosenProxy(RED, config, AUTHORITY),
        ),
      );
      const headers = await credential.headers();
      return {
        endpoint,
        headers: { ...headers, ...accountHeaders(config, service) },
        connect,
      };
    },
    close: () => Promise.resolve(),
  };
}

function onlyOnce(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}

/** One simulator for each resource node, started with the first conversation. */
function simulator(config: ResourceConfig, service: ServiceKind): Source {
  let running: Promise<Simulator> | undefined;
  return {
    async locate() {
      oneOf(config, "service", SERVICES, "simulator");
      running ??= startSimulator({ script: scriptOf(config.script) });
      // A start that failed is tried again with the next handshake.
      running.catch(() => (running = undefined));
      try {
        const { url } = await running;
        const apiVersion = apiVersionOf(config, service);
        return {
          endpoint: resolveEndpoint(url, { service, apiVersion }),
          headers: { Authorization: `Bearer ${SIMULATOR_KEY}` },
        };
      } catch (cause) {
        throw new VoiceLiveError(
          "VOICE_LIVE_CONFIGURATION",
          `The simulator does not start: ${cause instanceof Error ? cause.message : String(cause)}`,
          {
            nextStep: "Correct the script in the resource node.",
          },
        );
      }
    },
    close: async () => {
      await running?.then((started) => started.close()).catch(() => undefined);
    },
  };
}

function scriptOf(script: unknown): ScriptOption {
  if (Array.isArray(script)) return script as ScriptOption;
  const name = text(script, "assistant");
  if (name === "" || name === "assistant") return "assistant";
  if (name === "echo") return "echo";
  try {
    return JSON.parse(name) as ScriptOption;
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      "The simulator's script is not JSON",
      {
        nextStep:
          "Correct it in the resource node, or choose «assistant» or «echo».",
        cause,
      },
    );
  }
}

function apiVersionOf(config: ResourceConfig, service: ServiceKind): string {
  const usual = service === "azure-openai" ? "v1" : DEFAULT_API_VERSION;
  return text(config.apiVersion) || usual;
}

function requireVersion(apiVersion: string, service: ServiceKind): void {
  if (service === "openai") return;
  const variable = /^\$\{(.+)\}$/.exec(apiVersion)?.[1];
  if (variable) throw missingVariable(variable, "API version");
  const isVoiceLives = KNOWN_API_VERSIONS.some((known) => known === apiVersion);
  if (service === "voice-live" || !isVoiceLives || apiVersion === "v1") return;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `${apiVersion} is an API version of Voice Live, not of Azure OpenAI`,
    {
      nextStep: `Choose ${AZURE_OPENAI_VERSIONS.join(" or ")} in the resource node.`,
    },
  );
}
