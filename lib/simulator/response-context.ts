import { isJsonObject, type JsonObject } from "./json-object";
import type {
  FunctionTool,
  McpCallItem,
  ResponseCreateParams,
  ResponseSession,
  Tool,
} from "../protocol";
import type { Sound } from "./audio-format";
import { atRate } from "./audio-format";
import type { FunctionOutput, ResponseContext } from "./behaviour";
import type { StoredItem } from "./conversation-items";
import { isMcpServer } from "./mcp-servers";

/**
 * What a behaviour sees of the conversation.
 * @param items - the input of the response, oldest first
 * @param settings - the session's with the response's overrides applied
 */
export function createResponseContext(
  items: readonly StoredItem[],
  settings: ResponseSession,
  request: ResponseCreateParams,
): ResponseContext {
  const questions = unansweredQuestions(items);
  const sounds = questions.flatMap(({ sound }) => (sound ? [sound] : []));
  const sound = joined(sounds);
  return {
    settings,
    request,
    instructions: settings.instructions ?? "",
    tools: callableTools(settings),
    mcpServers: callableServers(settings),
    turn: items.filter(isUserMessage).length,
    text: questions.map(({ heard }) => heard ?? "").join(" "),
    source: sourceOf(questions.length, sounds.length),
    ...(sound && { sound }),
    outputs: freshOutputs(items),
  };
}

/**
 * User messages since the assistant last said or called something; when there are none, the notes of the system since then, or the
 * newest question once more.
 */
function unansweredQuestions(items: readonly StoredItem[]): StoredItem[] {
  const lastAnswer = items.findLastIndex(
    (stored) =>
      isAssistantMessage(stored) ||
      stored.item.type === "function_call" ||
      stored.item.type === "mcp_call",
  );
  const fresh = items.slice(lastAnswer + 1);
  const questions = fresh.filter(isUserMessage);
  if (questions.length > 0) return questions;
  const notes = fresh.filter(isNote);
  if (notes.length > 0) return notes;
  const newest = items.findLast(isUserMessage);
  return newest ? [newest] : [];
}

/** Results after the last message of either side. */
function freshOutputs(items: readonly StoredItem[]): FunctionOutput[] {
  const lastMessage = items.findLastIndex(
    (stored) => isUserMessage(stored) || isAssistantMessage(stored),
  );
  return items.slice(lastMessage + 1).flatMap(({ item }) => {
    if (item.type === "mcp_call") return mcpOutput(item);
    if (item.type !== "function_call_output") return [];
    const call = items.find(
      (other) =>
        other.item.type === "function_call" &&
        other.item.call_id === item.call_id,
    )?.item;
    if (call?.type !== "function_call") return [];
    return [
      {
        name: call.name,
        callId: item.call_id,
        arguments: asObject(parsed(call.arguments ?? "")),
        output: parsed(item.output ?? ""),
      },
    ];
  });
}

/** None while the call is open. */
function mcpOutput(item: McpCallItem): FunctionOutput[] {
  const { id, name, arguments: args, output, error } = item;
  const isOpen = typeof output !== "string" && !error;
  if (isOpen) return [];
  return [
    {
      name,
      callId: id,
      arguments: asObject(parsed(args ?? "")),
      output: error ? { error } : parsed(output ?? ""),
    },
  ];
}

function callableServers(settings: ResponseSession): string[] {
  if (settings.tool_choice === "none") return [];
  return (settings.tools ?? [])
    .filter(isMcpServer)
    .map(({ server_label: label }) => label);
}

function callableTools(settings: ResponseSession): FunctionTool[] {
  if (settings.tool_choice === "none") return [];
  return (settings.tools ?? []).filter(
    (tool: Tool): tool is FunctionTool => tool.type === "function",
  );
}

function joined(sounds: readonly Sound[]): Sound | undefined {
  const [first] = sounds;
  if (!first || sounds.length === 1) return first;
  const pcm = Buffer.concat(
    sounds.map((sound) => atRate(sound, first.sampleRate).pcm),
  );
  return { pcm, sampleRate: first.sampleRate };
}

function sourceOf(
  questions: number,
  sounds: number,
): ResponseContext["source"] {
  if (questions === 0) return "none";
  return sounds > 0 ? "speech" : "text";
}

function isUserMessage({ item }: StoredItem): boolean {
  return item.type === "message" && item.role === "user";
}

function isNote({ item }: StoredItem): boolean {
  return item.type === "message" && item.role === "system";
}

function isAssistantMessage({ item }: StoredItem): boolean {
  return item.type === "message" && item.role === "assistant";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
