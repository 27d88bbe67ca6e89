import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  createCredential,
  HandshakeBudget,
  missingVariable,
  resolveEndpoint,
  VoiceLiveError,
  type Credential,
  type ServiceAccess,
} from "../lib/client";
import {
  AZURE_OPENAI_VERSIONS,
  DEFAULT_API_VERSION,
  KNOWN_API_VERSIONS,
  serviceOfVersion,
  type ServiceKind,
} from "../lib/protocol";
import {
  startSimulator,
  type ScriptOption,
  type Simulator,
} from "../lib/simulator";
import { flag, number, text } from "./shared/config-values";
import {
  accountHeaders,
  credentialSettings,
  type IdentityConfig,
  type ResourceCredentials,
} from "./shared/resource-identity";
import {
  chosenProxy,
  connectOptions,
  type NetworkConfig,
} from "./shared/network";

interface ResourceConfig extends NodeDef, IdentityConfig, NetworkConfig {
  readonly service?: unknown;
  readonly endpoint?: unknown;
  readonly apiVersion?: unknown;
  readonly customHost?: unknown;
  readonly connectsPerMinute?: unknown;
  readonly script?: unknown;
}

export type ResourceNode = Node<ResourceCredentials> & {
  readonly access?: ServiceAccess;
};

/** Other words mean the simulator, which sends nothing anywhere. */
const REAL_SERVICES = ["azure", "openai", "azure-openai"];

/** Where tokens come from; the library's own default. */
const AUTHORITY = new URL("https://login.microsoftonline.com");

/** The simulator takes any key; this one says whose it is. */
const SIMULATOR_KEY = "simulator";

export default function (RED: NodeAPI): void {
  function VoiceLiveResourceNode(
    this: Node<ResourceCredentials> & { access?: ServiceAccess },
    config: ResourceConfig,
  ): void {
    RED.nodes.createNode(this, config);
    const service = serviceOf(config);
    const source = REAL_SERVICES.includes(text(config.service))
      ? real(RED, this, config, service)
      : simulator(config, service);
    this.access = {
      service,
      apiVersion: apiVersionOf(config, service),
      budget: new HandshakeBudget(
        Math.round(
          number(config.connectsPerMinute, 30, { min: 1, max: 100_000 }),
        ),
      ),
      locate: source.locate,
    };
    this.on(
      "close",
      (_removed: boolean, done: () => void) =>
        void source.close().then(done, done),
    );
  }
  RED.nodes.registerType<
    Node<ResourceCredentials>,
    ResourceConfig,
    object,
    ResourceCredentials
  >("voice-live-resource", VoiceLiveResourceNode, {
    credentials: {
      apiKey: { type: "password" },
      clientSecret: { type: "password" },
    },
  });
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
  RED: NodeAPI,
  node: Node<ResourceCredentials>,
  config: ResourceConfig,
  service: ServiceKind,
): Source {
  let credential: Credential | undefined;
  const warnOnce = onlyOnce(() =>
    node.warn(RED._("voice-live-resource.warning.unverified")),
  );
  return {
    async locate() {
      const apiVersion = apiVersionOf(config, service);
      requireVersion(apiVersion, service);
      const endpoint = resolveEndpoint(text(config.endpoint), {
        customHost: flag(config.customHost, false),
        service,
        apiVersion,
      });
      const connect = connectOptions(RED, config, endpoint);
      if (connect.rejectUnauthorized === false) warnOnce();
      credential ??= createCredential(
        credentialSettings(config, service, node.credentials ?? {}, () =>
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
