import { readFileSync } from "node:fs";
import path from "node:path";

/** Members of an object with their types, as the protocol reference writes them. */
export type Fields = Readonly<Record<string, string>>;

export type Side = "client" | "server";

export interface CatalogueEvent {
  readonly type: string;
  readonly since: string;
  readonly fields: Fields;
}

export interface Model {
  readonly fields: Fields;
  readonly extends?: string;
}

interface Fixture {
  readonly clientEvents: readonly Omit<CatalogueEvent, "fields">[];
  readonly serverEvents: readonly Omit<CatalogueEvent, "fields">[];
  readonly eventFields: Readonly<
    Record<Side, Readonly<Record<string, Fields>>>
  >;
  readonly models: Readonly<Record<string, Model>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const file = path.resolve(
  __dirname,
  "../../../test/fixtures/wire-catalogue.json",
);
const fixture = JSON.parse(readFileSync(file, "utf8")) as Fixture;

/** Members that are plain texts in the specification, and whose values the pages name. */
const DOCUMENTED: Readonly<Record<string, Fields>> = {
  AudioNoiseReduction: { type: "NoiseReductionType" },
  AudioInputTranscriptionOptions: { model: "TranscriptionModel" },
  EouDetection: { model: "EouModel" },
  ResponseCancelledDetails: { reason: "ResponseCancelledReason" },
  ResponseIncompleteDetails: { reason: "ResponseIncompleteReason" },
};

export const MODELS: Readonly<Record<string, Model>> = Object.fromEntries(
  Object.entries(fixture.models).map(([name, model]) => [
    name,
    { ...model, fields: { ...model.fields, ...DOCUMENTED[name] } },
  ]),
);
export const ENUMS = fixture.enums;
export const EVENTS: Readonly<Record<Side, readonly CatalogueEvent[]>> = {
  client: withFields("client", fixture.clientEvents),
  server: withFields("server", fixture.serverEvents),
};

function withFields(
  side: Side,
  events: Fixture["clientEvents"],
): readonly CatalogueEvent[] {
  return events.map(({ type, since }) => ({
    type,
    since,
    fields: fixture.eventFields[side][type] ?? {},
  }));
}

/** Unions that the reference names without spelling them out. */
const UNIONS: Readonly<Record<string, readonly string[]>> = {
  Voice: ["string", "OpenAIVoice", "AzureVoice", "AzureRealtimeNativeVoice"],
  ToolChoice: ["ToolChoiceLiteral", "ToolChoiceSelection"],
  InterimResponseConfig: ["InterimResponseConfigBase"],
  MessageContentPartUnion: ["MessageContentPart", "RequestImageContentPart"],
};

/** The alternatives that a type stands for: models, enumerations, literals and plain types. */
export function alternatives(type: string): readonly string[] {
  const plain = type.replace(/\s*\([^)]*\)/g, "").trim();
  if (plain.startsWith("{") || plain.startsWith("Record<")) return [plain];
  const parts = plain.split("|").map((part) => part.trim());
  if (parts.length > 1) return parts.flatMap(alternatives);
  const union = UNIONS[plain] ?? [];
  if (union.length > 0) return union.flatMap(concrete);
  return concrete(plain.replace(/Union$/, ""));
}

/** A model that others extend stands for them; one with members of its own besides stands for itself as well. */
function concrete(name: string): readonly string[] {
  const heirs = Object.keys(MODELS).filter(
    (other) => MODELS[other]?.extends === name,
  );
  if (heirs.length === 0) return [name];
  const isWhole = Object.keys(MODELS[name]?.fields ?? {}).includes("role");
  return [...(isWhole ? [name] : []), ...heirs.flatMap(concrete)];
}

/** Models and enumerations that a type mentions, also as members of others, and bases of those. */
export function mentioned(
  type: string,
  seen = new Set<string>(),
): ReadonlySet<string> {
  const element = type.replace(/(\[\])+$/, "");
  for (const name of alternatives(element)) {
    if (name !== element && name.endsWith("[]")) mentioned(name, seen);
    if (seen.has(name) || !(name in MODELS || name in ENUMS)) continue;
    seen.add(name);
    const model = MODELS[name];
    for (const member of Object.values(model?.fields ?? {}))
      mentioned(member, seen);
    for (let base = model?.extends; base; base = MODELS[base]?.extends) {
      seen.add(base);
      for (const member of Object.values(MODELS[base]?.fields ?? {}))
        mentioned(member, seen);
    }
  }
  return seen;
}

/** The events of a side that carry a model or enumeration. */
export function carriers(side: Side, name: string): readonly string[] {
  return EVENTS[side]
    .filter(({ fields }) =>
      Object.values(fields).some((type) => mentioned(type).has(name)),
    )
    .map(({ type }) => type);
}
