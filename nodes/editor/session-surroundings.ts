import { dialectFor, serviceOfVersion } from "../../lib/protocol/services";
import {
  DEFAULT_API_VERSION,
  isOpenAI,
  type Dialect,
} from "../../lib/protocol/versions";
import type { Surroundings } from "./field-needs";
import { textOf } from "./inputs";

/** Inputs that decide which settings the service can use. */
export const SURROUNDING_INPUTS = [
  "#node-config-input-target",
  "#node-config-input-model",
  "#node-config-input-profile",
  "#node-config-input-resource",
].join(", ");

interface SessionNode {
  readonly target: string;
  readonly model: string;
  readonly profile?: string;
  readonly resource: string;
}

/** What the open dialog says. */
export function shownSurroundings(): Surroundings {
  return surroundingsOf({
    target: textOf("node-config-input-target"),
    model: textOf("node-config-input-model"),
    profile: textOf("node-config-input-profile").trim(),
    resource: textOf("node-config-input-resource"),
  });
}

/** What a node says, and the resource that it names. */
export function surroundingsOf({
  target,
  model,
  profile = "",
  resource,
}: SessionNode): Surroundings {
  const found = (RED.nodes.node(resource) ?? {}) as ResourceNode;
  const { apiVersion = "" } = found;
  const dialect = dialectOfResource(found);
  // OpenAI's versions say nothing of what Voice Live has had since when.
  return isOpenAI(dialect)
    ? { target, model, profile, apiVersion: "v1", dialect }
    : // A resource of a flow file without a version speaks the newest.
      { target, model, profile, apiVersion: apiVersion || DEFAULT_API_VERSION };
}

interface ResourceNode {
  readonly service?: string;
  readonly apiVersion?: string;
}

function dialectOfResource({
  service,
  apiVersion = "",
}: ResourceNode): Dialect {
  if (service === "openai" || service === "azure-openai")
    return dialectFor(service, apiVersion);
  const played =
    service === "simulator" ? serviceOfVersion(apiVersion) : undefined;
  return dialectFor(played, apiVersion);
}
