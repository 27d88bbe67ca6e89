import { textOf, tickOf } from "./inputs";

/** What Node-RED shows in the place of a stored secret. */
const STORED = "__PWRD__";

/** Properties that decide whether the service is reached; they are read from the form by their names. */
const PROPERTIES = [
  "service",
  "endpoint",
  "apiVersion",
  "auth",
  "tenantId",
  "clientId",
  "scope",
  "organization",
  "project",
  "tls",
  "proxy",
] as const;
const SECRETS = ["apiKey", "clientSecret"] as const;

type ResourceNode = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly changed?: boolean;
  readonly credentials?: Readonly<Record<string, unknown>>;
};

/**
 * What the runtime is to test: the deployed node where the dialog shows nothing else, or what is typed.
 * @param script - of the simulator, as the dialog has it
 * @returns undefined when a stored secret is needed for other settings than the deployed ones
 */
export function resourceTrial(
  node: ResourceNode,
  script: unknown,
): object | undefined {
  const model = modelOfSessions(node.id);
  const config = { ...configFromForm(), script };
  if (isDeployed(node, config)) return { model };
  const credentials = secretsFromForm();
  if (needsStored(config, credentials)) return undefined;
  return { model, config, credentials };
}

function configFromForm(): Record<string, unknown> {
  const texts = PROPERTIES.map((name) => [
    name,
    // The editor's word for no config node.
    textOf(`node-config-input-${name}`).replace("_ADD_", ""),
  ]);
  return {
    ...(Object.fromEntries(texts) as Record<string, string>),
    customHost: tickOf("node-config-input-customHost"),
  };
}

function secretsFromForm(): Record<string, string> {
  return Object.fromEntries(
    SECRETS.map((name) => [name, textOf(`node-config-input-${name}`)]),
  );
}

function isDeployed(
  node: ResourceNode,
  config: Readonly<Record<string, unknown>>,
): boolean {
  const isSame = Object.entries(config).every(
    ([name, value]) =>
      JSON.stringify(value || "") === JSON.stringify(node[name] || ""),
  );
  const isUntouched = SECRETS.every((name) => {
    const has = Boolean(node.credentials?.[`has_${name}`]);
    return textOf(`node-config-input-${name}`) === (has ? STORED : "");
  });
  return isSame && isUntouched && node.changed !== true;
}

function needsStored(
  { service, auth }: Readonly<Record<string, unknown>>,
  { apiKey, clientSecret }: Readonly<Record<string, string>>,
): boolean {
  if (service === "simulator") return false;
  if (service === "openai" || auth === "key") return apiKey === STORED;
  return auth !== "client-secret" || clientSecret === STORED;
}

/** A service may know only the models that are really used with it. */
function modelOfSessions(resource: string): string {
  let found = "";
  RED.nodes.eachConfig((node) => {
    const { type, target, model } = node as unknown as Record<string, unknown>;
    const isUser =
      (node as unknown as Record<string, unknown>)["resource"] === resource;
    if (type === "voice-live-session" && isUser && target === "model")
      found ||= String(model).includes("${") ? "" : String(model);
    return true;
  });
  return found;
}
