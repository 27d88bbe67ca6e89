import { isJsonObject, type JsonObject } from "./json";
import { type Dialect, isNested } from "./versions";

// Values that one dialect spells differently. What is not as expected passes, for the service to judge.

/** The nested shapes take audio or text, never both, because spoken replies always come with their transcript. */
export function withoutRedundantText(
  modalities: unknown,
  dialect: Dialect,
): unknown {
  if (!isNested(dialect) || !Array.isArray(modalities)) return modalities;
  if (!modalities.includes("audio")) return modalities;
  return modalities.filter((modality) => modality !== "text");
}

export function withImpliedText(modalities: unknown): unknown {
  if (
    !Array.isArray(modalities) ||
    !modalities.includes("audio") ||
    modalities.includes("text")
  )
    return modalities;
  return ["text", ...(modalities as unknown[])];
}

/** OpenAI's GA service describes formats by object; Voice Live's `v1` keeps the strings. @see protocol.md §13.3 */
const FORMATS: readonly (readonly [ours: string, theirs: JsonObject])[] = [
  ["pcm16", { type: "audio/pcm", rate: 24_000 }],
  ["g711_ulaw", { type: "audio/pcmu" }],
  ["g711_alaw", { type: "audio/pcma" }],
];

export function formatToOpenAI(format: unknown, dialect: Dialect): unknown {
  if (dialect !== "openai") return format;
  return FORMATS.find(([ours]) => ours === format)?.[1] ?? format;
}

export function formatFromOpenAI(format: unknown): unknown {
  if (!isJsonObject(format)) return format;
  const { rate = 24_000 } = format;
  if (format.type === "audio/pcm" && rate !== 24_000) return format;
  return FORMATS.find(([, { type }]) => type === format.type)?.[0] ?? format;
}

export function outputFormatFromOpenAI(format: unknown): unknown {
  const { type, rate }: JsonObject = isJsonObject(format) ? format : {};
  return type === "audio/pcm" && (rate === 8000 || rate === 16_000)
    ? `pcm16_${rate}hz`
    : formatFromOpenAI(format);
}

/** Lists of an MCP server's tools: names here, filters that hold such a list there. @see protocol.md §8.3 */
export function toolsToOpenAI(tools: unknown, dialect: Dialect): unknown {
  if (dialect !== "openai") return tools;
  return mapTools(tools, "require_approval", (approval) =>
    mapMembers(approval, (list) =>
      Array.isArray(list) ? { tool_names: list } : list,
    ),
  );
}

export function toolsFromOpenAI(tools: unknown): unknown {
  const named = mapTools(tools, "allowed_tools", namesOf);
  return mapTools(named, "require_approval", (approval) =>
    mapMembers(approval, namesOf),
  );
}

function namesOf(filter: unknown): unknown {
  return isJsonObject(filter) && Object.keys(filter).join() === "tool_names"
    ? filter.tool_names
    : filter;
}

function mapTools(
  tools: unknown,
  member: string,
  map: (value: unknown) => unknown,
): unknown {
  if (!Array.isArray(tools)) return tools;
  return tools.map((tool: unknown) =>
    isJsonObject(tool) && tool[member] !== undefined
      ? { ...tool, [member]: map(tool[member]) }
      : tool,
  );
}

function mapMembers(
  value: unknown,
  map: (member: unknown) => unknown,
): unknown {
  if (!isJsonObject(value)) return value;
  const mapped = Object.entries(value).map(([name, inner]) => [
    name,
    map(inner),
  ]);
  return Object.fromEntries(mapped);
}
