import { isAtLeast, isMet, type Surroundings } from "./field-needs";
import { isRecord, valueAt, type Settings } from "./json-path";
import { readJson } from "./json-text";
import { serversOf, type McpServer } from "./mcp-servers";
import {
  MCP_FIELDS,
  SESSION_FIELDS,
  type SessionField,
} from "./session-fields";
import { isLeftOut } from "./service-gaps";
import { isOffered, readField } from "./session-settings";
import { isEnvironmentReference, type Problem } from "./validate";

type Check = (
  value: unknown,
  field: SessionField,
  settings: Settings,
) => Problem | undefined;

const ERROR = "voice-live-session.error.field";
const NEED = "voice-live-session.need";
/** Limits of the service (protocol.md §7.1, §7.5). */
const MOST_PHRASES = 499;
const METADATA = { pairs: 16, name: 64, value: 512 };

/** What is wrong with one setting as it stands, or nothing. */
export function problemOf(
  field: SessionField,
  settings: Settings,
): Problem | undefined {
  if (!isOffered(settings, field.path)) return undefined;
  const value = valueAt(settings, field.path);
  if (value === undefined || value === null || value === "")
    return isMissing(field, settings)
      ? { key: `${ERROR}.required` }
      : undefined;
  if (isEnvironmentReference(value)) return undefined;
  return CHECKS[field.kind]?.(value, field, settings);
}

/** Why the service cannot use a setting with this model, voice or version, or nothing. */
export function unmetNeed(
  field: SessionField,
  settings: Settings,
  around: Surroundings,
): Problem | undefined {
  const { since, needs, optionNeeds } = field;
  if (since !== undefined && !isAtLeast(around.apiVersion, since))
    return { key: `${NEED}.since`, values: { version: since } };
  if (needs && !isMet(needs, around, settings))
    return { key: `${NEED}.${needs}` };
  const need = optionNeeds?.[readField(settings, field.path, field.kind)];
  return need && !isMet(need, around, settings)
    ? { key: `${NEED}.${need}` }
    : undefined;
}

/** What the service leaves out, and goes on without; or nothing. */
export function serviceGap(
  field: SessionField,
  settings: Settings,
  { dialect }: Surroundings,
): Problem | undefined {
  const text = readField(settings, field.path, field.kind);
  return dialect && isLeftOut(field, text, dialect)
    ? { key: `${NEED}.openai` }
    : undefined;
}

/** The first setting that the service would refuse or could not use, and why. */
export function firstProblem(
  settings: Settings,
  around: Surroundings,
): Found | undefined {
  for (const field of SESSION_FIELDS) {
    const isSet = readField(settings, field.path, field.kind) !== "";
    const problem =
      problemOf(field, settings) ??
      (isSet ? unmetNeed(field, settings, around) : undefined);
    if (problem) return { field, problem };
  }
  return firstServerProblem(settings, around);
}

type Found = { readonly field: SessionField; readonly problem: Problem };

function firstServerProblem(
  settings: Settings,
  around: Surroundings,
): Found | undefined {
  const servers = serversOf(settings);
  for (const { tool } of servers)
    for (const field of MCP_FIELDS) {
      const problem =
        serverProblem(field, tool) ??
        labelProblem(field, tool, servers) ??
        unmetNeed(field, tool, around);
      if (problem) return { field, problem };
    }
  return undefined;
}

/** Authorizations go by the label, and belong into the credentials. */
function labelProblem(
  { path }: SessionField,
  { server_label: label, authorization }: Settings,
  servers: readonly McpServer[],
): Problem | undefined {
  if (path !== "server_label") return undefined;
  if (authorization && !isEnvironmentReference(authorization))
    return { key: `${ERROR}.secret` };
  const same = servers.filter(({ tool }) => tool.server_label === label);
  return same.length > 1 ? { key: `${ERROR}.label` } : undefined;
}

/** What is wrong with one member of an MCP server. */
export function serverProblem(
  field: SessionField,
  tool: Settings,
): Problem | undefined {
  const value = valueAt(tool, field.path);
  if (value === undefined || value === null || value === "")
    return field.isRequired ? { key: `${ERROR}.required` } : undefined;
  if (isEnvironmentReference(value)) return undefined;
  if (field.path === "server_url" && !isWebAddress(value))
    return { key: `${ERROR}.url` };
  if (field.path === "require_approval" && isRecord(value)) return undefined;
  return CHECKS[field.kind]?.(value, field, tool);
}

function isWebAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\/[^\s/]/.test(value);
}

/** A member is missed where the object that needs it is there. */
function isMissing(
  { path, isRequired }: SessionField,
  settings: Settings,
): boolean {
  if (!isRequired) return false;
  const parent = path.split(".").slice(0, -1).join(".");
  return isRecord(valueAt(settings, parent));
}

const CHECKS: Readonly<Partial<Record<SessionField["kind"], Check>>> = {
  number: checkNumber,
  flag: (value) =>
    typeof value === "boolean" ? undefined : { key: `${ERROR}.flag` },
  words: checkList,
  lines: checkList,
  set: checkList,
  map: checkMap,
  json: checkJson,
  text: checkText,
  area: checkText,
  suggest: checkText,
  voice: checkText,
  choice: checkText,
};

function checkNumber(
  value: unknown,
  { path, range, isInteger, words }: SessionField,
  settings: Settings,
): Problem | undefined {
  if (typeof value === "string" && words?.includes(value)) return undefined;
  const [least, most] = range ?? [-Infinity, Infinity];
  const isNumber =
    typeof value === "number" &&
    value >= least &&
    value <= most &&
    (!isInteger || Number.isInteger(value));
  if (!isNumber)
    return {
      key: `${ERROR}.${isInteger ? "integer" : "number"}`,
      values: { least, most },
    };
  return path === "input_audio_sampling_rate"
    ? checkRate(value, settings)
    : undefined;
}

/** Rates that the service takes (protocol.md §7.1). */
const RATES = [8_000, 16_000, 24_000, 44_100, 48_000];

function checkRate(value: number, settings: Settings): Problem | undefined {
  const { input_audio_format: format = "pcm16" } = settings;
  const isCoded = format === "g711_ulaw" || format === "g711_alaw";
  if (isCoded)
    return value === 8_000 ? undefined : { key: `${ERROR}.codedRate` };
  return RATES.includes(value) ? undefined : { key: `${ERROR}.rate` };
}

function checkList(
  value: unknown,
  { path }: SessionField,
): Problem | undefined {
  if (!Array.isArray(value) || !isTexts(value)) return { key: `${ERROR}.list` };
  if (path.endsWith("phrase_list") && value.length > MOST_PHRASES)
    return { key: `${ERROR}.phrases`, values: { most: MOST_PHRASES } };
  if (path === "modalities" && !value.includes("text"))
    return { key: `${ERROR}.modalities` };
  if (value.includes("avatar") && !value.includes("audio"))
    return { key: `${ERROR}.avatarAudio` };
  return undefined;
}

function checkMap(value: unknown, { path }: SessionField): Problem | undefined {
  const isMap =
    isRecord(value) &&
    Object.values(value).every((each) => typeof each === "string");
  if (!isMap) return { key: `${ERROR}.map` };
  return path === "metadata" ? checkMetadata(value) : undefined;
}

function checkMetadata(pairs: Settings): Problem | undefined {
  const entries = Object.entries(pairs);
  const isFine =
    entries.length <= METADATA.pairs &&
    entries.every(
      ([name, value]) =>
        name.length <= METADATA.name && String(value).length <= METADATA.value,
    );
  return isFine ? undefined : { key: `${ERROR}.metadata`, values: METADATA };
}

/** Text that could not be read stays text. */
function checkJson(
  value: unknown,
  { path }: SessionField,
): Problem | undefined {
  if (typeof value === "string") {
    const reading = readJson(value, "any");
    const problem = reading.ok ? value : reading.problem;
    return { key: `${ERROR}.json`, values: { problem } };
  }
  if (path.includes(".crop."))
    return isCorner(value) ? undefined : { key: `${ERROR}.corner` };
  return isServerList(value) ? undefined : { key: `${ERROR}.servers` };
}

function isCorner(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((each) => typeof each === "number" && each >= 0)
  );
}

function isServerList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((each) => isRecord(each) && isTexts(each.urls))
  );
}

function isTexts(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((each) => typeof each === "string")
  );
}

function checkText(
  value: unknown,
  { path }: SessionField,
  settings: Settings,
): Problem | undefined {
  const isFine =
    typeof value === "string" || (path === "tool_choice" && isRecord(value));
  if (!isFine) return { key: `${ERROR}.text` };
  const isSecond = path === "avatar.video.background.image_url";
  return isSecond && valueAt(settings, "avatar.video.background.color")
    ? { key: `${ERROR}.background` }
    : undefined;
}
