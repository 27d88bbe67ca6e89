import { dialectFor, type ServiceKind } from "../protocol";
import { VoiceLiveError } from "./errors";

/** An agent of the Foundry Agent Service (protocol.md §2.2). */
export interface AgentTarget {
  readonly name: string;
  readonly project: string;
  readonly version?: string | undefined;
  readonly conversationId?: string | undefined;
  /** Client id of a user-assigned managed identity. */
  readonly clientId?: string | undefined;
  /** Name of the resource that holds the agent, where it is not the session's own. */
  readonly foundryResource?: string | undefined;
}

/** Who answers: a model by name, or an agent. */
export type SessionTarget =
  | {
      readonly target: "model";
      readonly model: string;
      /** Kind of a model of the user's own, such as `byom-azure-openai-realtime`. */
      readonly profile?: string | undefined;
    }
  | { readonly target: "agent"; readonly agent: AgentTarget };

/** @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when a required part is missing, or the service has no agents */
export function checkTarget(
  target: SessionTarget,
  service: ServiceKind = "voice-live",
): void {
  if (target.target === "agent" && service !== "voice-live")
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      "Agents run on Azure Voice Live only",
      {
        nextStep:
          "Choose a model in the session node, or Azure Voice Live as the resource's service.",
      },
    );
  if (target.target === "model") {
    refuseVariable(target.profile, "model's profile");
    return requirePart(target.model, "model", "for example gpt-realtime");
  }
  requirePart(
    target.agent.name,
    "agent name",
    "as the Foundry project lists it",
  );
  requirePart(
    target.agent.project,
    "agent's project",
    "the Foundry project that holds the agent",
  );
  const { version, conversationId, clientId, foundryResource } = target.agent;
  refuseVariable(version, "agent's version");
  refuseVariable(conversationId, "agent's conversation");
  refuseVariable(clientId, "agent's client id");
  refuseVariable(foundryResource, "agent's resource");
}

function requirePart(value: string, what: string, hint: string): void {
  refuseVariable(value, what);
  if (value.trim() === "")
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      `The ${what} is empty`,
      { nextStep: `Fill it in on the session node: ${hint}.` },
    );
}

function refuseVariable(value: string | undefined, what: string): void {
  const variable = /^\$\{(.+)\}$/.exec((value ?? "").trim())?.[1];
  if (!variable) return;
  throw new VoiceLiveError(
    "VOICE_LIVE_ENVIRONMENT",
    `The ${what} is taken from the environment variable ${variable}, which is not set`,
    {
      nextStep: `Set ${variable} before Node-RED starts, or type the ${what} in the session node.`,
    },
  );
}

/** Which service is meant, in which of its versions. */
export interface ServiceVersion {
  /** Default `voice-live`. */
  readonly service?: ServiceKind;
  readonly apiVersion: string;
}

/**
 * The address of one session: endpoint, version and target. It carries no secret.
 * @see protocol.md §2.2, §13.1
 */
export function sessionUrl(
  endpoint: URL,
  { service = "voice-live", apiVersion }: ServiceVersion,
  target: SessionTarget,
  features: readonly string[] = [],
): string {
  const url = new URL(endpoint);
  const query = url.searchParams;
  const version = apiVersion.trim();
  const isPreview = dialectFor(service, version) === "openai-beta";
  if (service === "voice-live" || isPreview) query.set("api-version", version);
  if (target.target === "model") {
    query.set(isPreview ? "deployment" : "model", target.model.trim());
    if (target.profile && service === "voice-live")
      query.set("profile", target.profile);
  } else setAgent(query, target.agent);
  if (features.length > 0) query.set("features", features.join(","));
  return url.href;
}

function setAgent(query: URLSearchParams, agent: AgentTarget): void {
  const { name, project, version, conversationId, clientId } = agent;
  const { foundryResource } = agent;
  query.set("agent-name", name.trim());
  query.set("agent-project-name", project.trim());
  if (version) query.set("agent-version", version);
  if (conversationId) query.set("conversation-id", conversationId);
  if (clientId) query.set("agent-authentication-identity-client-id", clientId);
  if (foundryResource) query.set("foundry-resource-override", foundryResource);
}
