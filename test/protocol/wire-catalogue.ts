import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface CatalogueEvent {
  readonly type: string;
  readonly since: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

interface Catalogue {
  readonly clientEvents: readonly CatalogueEvent[];
  readonly serverEvents: readonly CatalogueEvent[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** Required members of items, by side and type. */
  readonly items: Readonly<
    Record<"client" | "server", Readonly<Record<string, readonly string[]>>>
  >;
  readonly v1Names: Readonly<Record<string, string>>;
}

const path = join(__dirname, "../../../test/fixtures/wire-catalogue.json");

/** The facts of the protocol reference, kept apart from the code that they judge. */
export const CATALOGUE: Catalogue = JSON.parse(readFileSync(path, "utf8"));

/**
 * A well-formed event of the catalogue, with its required members and those asked for. An event about an item always
 * has its item, although the reference calls that optional.
 */
export function sampleEvent(
  event: CatalogueEvent,
  alsoWith: readonly string[] = [],
): Record<string, unknown> {
  const held = event.optional.filter((name) => name === "item");
  const members = [...event.required, ...held, ...alsoWith].map((name) => [
    name,
    sampleValue(event.type, name),
  ]);
  // Whoever breaks a sample on purpose must not break the next one.
  return structuredClone({ type: event.type, ...Object.fromEntries(members) });
}

function sampleValue(type: string, name: string): unknown {
  if (type === "response.invocation.delta") return { any: "thing" };
  if (type === "response.audio.delta" && name === "delta") return "AAAA";
  if (type === "conversation.item.create" && name === "item")
    return sampleItem("client", "function_call_output");
  return (
    VALUES.get(name) ??
    (/_(index|ms|id_number|number)$/.test(name) ? 3 : "some text")
  );
}

const VALUES = new Map<string, unknown>([
  ["session", { instructions: "Be kind." }],
  ["response", { id: "resp_1", status: "in_progress" }],
  ["item", { id: "item_1", type: "message", role: "user", content: [] }],
  ["part", { type: "text", text: "Hello" }],
  ["error", { message: "It broke.", type: "server_error" }],
  ["warning", { message: "Careful." }],
  ["frames", [[0, 1]]],
  ["annotation", { any: "thing" }],
  ["rate_limits", [{ name: "requests" }]],
  ["authorization_headers", { authorization: "redacted" }],
  ["viseme_id", 7],
  ["received_at", 1_700_000_000],
  ["start", 0.5],
  ["end", 1.5],
  ["logprobs", []],
  ["phrases", []],
]);

/** A well-formed item of the catalogue. */
export function sampleItem(
  side: "client" | "server",
  type: string,
): Record<string, unknown> {
  const members = (CATALOGUE.items[side][type] ?? []).map((name) => [
    name,
    ITEM_VALUES.get(name) ?? "some text",
  ]);
  return {
    type,
    ...(side === "server" && { id: "item_1" }),
    ...Object.fromEntries(members),
  };
}

const ITEM_VALUES = new Map<string, unknown>([
  ["content", []],
  ["tools", []],
  ["approve", true],
]);
