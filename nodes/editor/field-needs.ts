import {
  familyOfModel,
  type ModelFamily,
} from "../../lib/protocol/model-family";
import type { Dialect } from "../../lib/protocol/versions";
import { isRecord, type Settings } from "./json-path";
import { variantOf } from "./setting-variants";
import { isEnvironmentReference } from "./validate";

/** What decides, beside the settings themselves, which of them the service can use. */
export interface Surroundings {
  readonly target: string;
  readonly model: string;
  /** Bring-your-own-model: what kind of model stands behind a name of the user's own. */
  readonly profile: string;
  /** Of Voice Live; what it does not say is that of the service. */
  readonly apiVersion: string;
  /** Of a service that speaks OpenAI's protocol. */
  readonly dialect?: Dialect;
}

type Need = (around: Surroundings, settings: Settings) => boolean;

/** Conditions of the protocol reference; the reason for each is in the catalog under `need`. */
const NEEDS = {
  /** Agents bring their own instructions, tools and temperature (§2.2). */
  ownPersona: ({ target }) => target !== "agent",
  realtimeModel: (around) => isFamily(around, "gpt-realtime"),
  azureRealtime: (around) => isFamily(around, "azure-realtime"),
  textModel: (around) => isFamily(around, "text"),
  azureVoice: (around, { voice }) => speaksAzure(around, voice),
  /** Phi models call no MCP servers (§8.3). */
  mcpModel: (around) => familyOf(around) !== "phi",
  hdVoice: (_around, { voice }) => isHighDefinition(voice),
  previewVersion: ({ apiVersion }) => /-preview$|^v1$/.test(apiVersion),
  since202601: ({ apiVersion }) => isAtLeast(apiVersion, "2026-01-01"),
  since202604: ({ apiVersion }) => isAtLeast(apiVersion, "2026-04-10"),
  /** Two channels exist in PCM16 only (§7.4). */
  noOwnReference: (_around, settings) => !hasOwnReference(settings),
} satisfies Record<string, Need>;

export type NeedName = keyof typeof NEEDS;

export const NEED_NAMES = Object.keys(NEEDS) as NeedName[];

export function isMet(
  need: NeedName,
  around: Surroundings,
  settings: Settings,
): boolean {
  return NEEDS[need](around, settings);
}

/** Whether a version knows what `since` brought; what a preview brought is in every later version (protocol.md §3). */
export function isAtLeast(apiVersion: string, since: string): boolean {
  const version = apiVersion.trim();
  if (!/^\d{4}-/.test(version)) return true;
  return version.slice(0, 10) >= since.slice(0, 10);
}

function isFamily(around: Surroundings, wanted: ModelFamily): boolean {
  const family = familyOf(around);
  return family === wanted || family === "unknown";
}

function familyOf({ target, model, profile }: Surroundings): ModelFamily {
  // An agent's model is heard and spoken through text (protocol.md §14).
  if (target === "agent") return "text";
  return familyOfModel(model, profile);
}

/** Timestamps and visemes come with speech that Azure synthesises (protocol.md §7.1); text models have an Azure voice by default. */
function speaksAzure(around: Surroundings, voice: unknown): boolean {
  const kind = variantOf("voice", voice);
  if (kind === "") return isFamily(around, "text");
  return kind !== "openai" && kind !== "azure-realtime-native";
}

/** Standard voices say in their name that they are HD; of others the name says nothing. */
function isHighDefinition(voice: unknown): boolean {
  if (!isRecord(voice) || voice.type !== "azure-standard") return true;
  const { name } = voice;
  return (
    typeof name !== "string" ||
    isEnvironmentReference(name) ||
    /Dragon|MAI-Voice/i.test(name)
  );
}

function hasOwnReference(settings: Settings): boolean {
  const { input_audio_echo_cancellation: echo } = settings;
  return isRecord(echo) && echo.reference_source === "client";
}
