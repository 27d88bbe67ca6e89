import type { Node, NodeAPI, NodeDef } from "node-red";
import {
  createCredential,
  HandshakeBudget,
  missingVariable,
  resolveEndpoint,
  VoiceLiveError,
  type Credential,
  type CredentialSettings,
  type ServiceAccess,
} from "../lib/client";
import { DEFAULT_API_VERSION } from "../lib/protocol";
import {
  startSimulator,
  type ScriptOption,
  type Simulator,
} from "../lib/simulator";
import { flag, number, oneOf, text } from "./shared/config-values";

interface ResourceConfig extends NodeDef {
  readonly service?: unknown;
  readonly endpoint?: unknown;
  readonly apiVersion?: unknown;
  readonly auth?: unknown;
  readonly tenantId?: unknown;
  readonly clientId?: unknown;
  readonly scope?: unknown;
  readonly customHost?: unknown;
  readonly connectsPerMinute?: unknown;
  readonly script?: unknown;
}

interface ResourceCredentials {
  apiKey?: string;
  clientSecret?: string;
}

export type ResourceNode = Node<ResourceCredentials> & {
  readonly access?: ServiceAccess;
};

/** The simulator takes any key; this one says whose it is. */
const SIMULATOR_KEY = "simulator";

export default function (RED: NodeAPI): void {
  function VoiceLiveResourceNode(
    this: Node<ResourceCredentials> & { access?: ServiceAccess },
    config: ResourceConfig,
  ): void {
    RED.nodes.createNode(this, config);
    const source =
      text(config.service) === "azure"
        ? azure(config, this.credentials ?? {})
        : simulator(config);
    this.access = {
      apiVersion: apiVersionOf(config),
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

/** Address and credential are looked at with each handshake: what is wrong is said when it matters, and a mended environment is seen. */
function azure(config: ResourceConfig, secrets: ResourceCredentials): Source {
  let credential: Credential | undefined;
  return {
    async locate() {
      const endpoint = resolveEndpoint(text(config.endpoint), {
        customHost: flag(config.customHost, false),
      });
      requireVersion(config);
      credential ??= createCredential(credentialSettings(config, secrets));
      return { endpoint, headers: await credential.headers() };
    },
    close: () => Promise.resolve(),
  };
}

function credentialSettings(
  config: ResourceConfig,
  secrets: ResourceCredentials,
): CredentialSettings {
  const auth = oneOf(
    config.auth,
    ["key", "default", "client-secret", "managed-identity"],
    "key",
  );
  const common = {
    scope: text(config.scope),
    tenantId: text(config.tenantId),
    clientId: text(config.clientId),
  };
  return auth === "key"
    ? { auth, apiKey: secrets.apiKey }
    : { auth, ...common, clientSecret: secrets.clientSecret };
}

/** One simulator for each resource node, started with the first conversation. */
function simulator(config: ResourceConfig): Source {
  let running: Promise<Simulator> | undefined;
  return {
    async locate() {
      running ??= startSimulator({ script: scriptOf(config.script) });
      // A start that failed is tried again with the next handshake.
      running.catch(() => (running = undefined));
      try {
        return {
          endpoint: resolveEndpoint((await running).url),
          headers: { "api-key": SIMULATOR_KEY },
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

function apiVersionOf(config: ResourceConfig): string {
  return text(config.apiVersion) || DEFAULT_API_VERSION;
}

function requireVersion(config: ResourceConfig): void {
  const variable = /^\$\{(.+)\}$/.exec(apiVersionOf(config))?.[1];
  if (variable) throw missingVariable(variable, "API version");
}
