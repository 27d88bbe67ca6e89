import type { NodeAPI } from "node-red";
import {
  testHandshake,
  VoiceLiveError,
  type HandshakeResult,
  type ServiceAccess,
} from "../../lib/client";
import { KNOWN_MODELS } from "../../lib/protocol";
import type { ResourceNode } from "../voice-live-resource";
import { oneOf, text } from "./config-values";
import { isRecord } from "./messages";
import { createAccess, isReal, type ResourceConfig } from "./resource-access";
import { refuseVariables, type TrialBody } from "./trials";

/**
 * One handshake for the resource dialog. Without `config` the deployed node is tested as it is. With it, what the dialog shows
 * is, and only with secrets typed there: what is stored, and the identity of this machine, go to no other address than the
 * deployed one.
 */
export async function testResource(
  RED: NodeAPI,
  id: string,
  { config, credentials, model }: TrialBody,
  signal: AbortSignal,
): Promise<HandshakeResult & { readonly model: string }> {
  const target = {
    target: "model",
    model: text(model) || KNOWN_MODELS[0],
  } as const;
  if (!isRecord(config)) {
    const result = await testHandshake(deployed(RED, id), target, signal);
    return { ...result, model: target.model };
  }
  const access = typed(RED, config, isRecord(credentials) ? credentials : {});
  try {
    const result = await testHandshake(access, target, signal);
    return { ...result, model: target.model };
  } finally {
    await access.close();
  }
}

function deployed(RED: NodeAPI, id: string): ServiceAccess {
  const { access } = (RED.nodes.getNode(id) ?? {}) as Partial<ResourceNode>;
  if (access) return access;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    "This resource is not deployed",
    { nextStep: "Deploy it, then test again." },
  );
}

function typed(
  RED: NodeAPI,
  config: ResourceConfig,
  { apiKey, clientSecret }: TrialBody,
): ReturnType<typeof createAccess> {
  refuseVariables([config, apiKey, clientSecret]);
  if (isReal(config)) refuseOwnIdentity(config);
  return createAccess(config, {
    RED,
    credentials: () => ({
      apiKey: text(apiKey),
      clientSecret: text(clientSecret),
    }),
    onUnverified: () => undefined,
  });
}

function refuseOwnIdentity(config: ResourceConfig): void {
  const means = ["key", "client-secret", "default", "managed-identity"];
  const chosen = oneOf(config, "auth", means, "key");
  if (
    config.service === "openai" ||
    chosen === "key" ||
    chosen === "client-secret"
  )
    return;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    "The identity of this machine is shown only to deployed addresses",
    { nextStep: "Deploy first, then test again." },
  );
}
