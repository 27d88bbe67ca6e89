import { BoundedMap } from "../bounded-map";
import type {
  IceServer,
  McpApprovalRequestItem,
  McpCallItem,
  McpListToolsItem,
  ResponseItem,
  ResponseSession,
  ServerEvent,
  ServerEventOf,
  ServerEventType,
} from "../protocol";
import { decodeAnswer } from "./avatar-sdp";
import type { LifeEvent } from "./conversation-events";

/** What the service tells beside text and audio, as the flow gets it: see the help of the event node. */
type Side = LifeEvent | undefined;

export interface SideEventsOptions {
  readonly report: (event: LifeEvent) => void;
  /** An interruption has overtaken the response: nothing of it is told any more. */
  readonly isStale: (responseId: string) => boolean;
}

type Handlers = {
  readonly [T in ServerEventType]?: (
    event: ServerEventOf<T>,
    items: McpItems,
  ) => Side;
};

/** Turns events of faces, words, searches, MCP servers, agents and avatars into those of the flow. */
export class SideEvents {
  readonly #options: SideEventsOptions;
  readonly #items = new McpItems();

  constructor(options: SideEventsOptions) {
    this.#options = options;
  }

  handle(event: ServerEvent): void {
    if ("response_id" in event && typeof event.response_id === "string")
      if (this.#options.isStale(event.response_id)) return;
    // A method's parameter may be narrower than the one it is called with; the table pairs each event with its own.
    const handlers = HANDLERS as Readonly<
      Record<
        string,
        ((event: ServerEvent, items: McpItems) => Side) | undefined
      >
    >;
    const side = handlers[event.type]?.(event, this.#items);
    if (side) this.#options.report(side);
  }

  /** The settings in effect name the avatar's relay servers (protocol.md §10 step 2). */
  session({ avatar }: ResponseSession): void {
    const servers = avatar?.ice_servers ?? [];
    if (servers.length === 0) return;
    this.#options.report({
      kind: "avatar",
      payload: { what: "ice", iceServers: servers.map(toIceServer) },
    });
  }

  sessionLost(): void {
    this.#items.clear();
  }
}

/** What is known of an MCP server's items: most events about them bring only the id. */
class McpItems {
  readonly #items = new BoundedMap<string, McpListToolsItem | McpCallItem>(
    MAX_REMEMBERED,
  );

  remember(item: ResponseItem): void {
    if (item.type !== "mcp_call" && item.type !== "mcp_list_tools") return;
    this.#items.set(item.id, item);
  }

  describe(itemId: string): Readonly<Record<string, unknown>> {
    const item = this.#items.get(itemId);
    if (!item) return {};
    const { server_label: serverLabel } = item;
    if (item.type === "mcp_list_tools")
      return { serverLabel, tools: item.tools ?? [] };
    return { serverLabel, name: item.name };
  }

  clear(): void {
    this.#items.clear();
  }
}

const MAX_REMEMBERED = 100;

/** Where an event belongs; the flow finds it in `msg.voice`. */
function place(event: {
  readonly response_id?: string;
  readonly item_id?: string;
}): Pick<LifeEvent, "responseId" | "itemId"> {
  return { responseId: event.response_id, itemId: event.item_id };
}

const HANDLERS: Handlers = {
  "response.animation_viseme.delta": (event) => ({
    kind: "viseme",
    payload: { visemeId: event.viseme_id, offsetMs: event.audio_offset_ms },
    ...place(event),
  }),
  "response.animation_viseme.done": (event) => over("viseme", event),
  "response.animation_blendshapes.delta": (event) => ({
    kind: "blendshapes",
    payload: { frames: event.frames, frameIndex: event.frame_index ?? null },
    ...place(event),
  }),
  "response.animation_blendshapes.done": (event) => over("blendshapes", event),
  "response.audio_timestamp.delta": (event) => ({
    kind: "word",
    payload: {
      text: event.text,
      offsetMs: event.audio_offset_ms,
      durationMs: event.audio_duration_ms ?? null,
      type: event.timestamp_type ?? "word",
    },
    ...place(event),
  }),
  "response.audio_timestamp.done": (event) => over("word", event),
  "response.audio_transcript.annotation.added": (event) => ({
    kind: "annotation",
    payload: {
      index: event.annotation_index,
      annotation: event.annotation ?? null,
    },
    ...place(event),
  }),
  "response.web_search_call.in_progress": searching,
  "response.web_search_call.searching": searching,
  "response.web_search_call.completed": searching,
  "response.file_search_call.in_progress": searching,
  "response.file_search_call.searching": searching,
  "response.file_search_call.completed": searching,
  "mcp_list_tools.in_progress": listing,
  "mcp_list_tools.completed": listing,
  "mcp_list_tools.failed": listing,
  "response.mcp_call_arguments.done": (event, items) => ({
    kind: "mcp",
    payload: {
      what: "call",
      stage: "arguments",
      ...items.describe(event.item_id),
      arguments: parsed(event.arguments),
    },
    ...place(event),
  }),
  "response.mcp_call.in_progress": calling,
  "response.mcp_call.completed": calling,
  "response.mcp_call.failed": calling,
  "conversation.item.created": ({ item }, items) => remember(item, items),
  "response.output_item.added": ({ item }, items) => remember(item, items),
  "response.output_item.done": (event, items) => {
    items.remember(event.item);
    return itemDone(event.response_id, event.item);
  },
  "response.foundry_agent_call_arguments.done": (event) => ({
    kind: "agent",
    payload: { stage: "arguments", arguments: parsed(event.arguments) },
    ...place(event),
  }),
  "response.foundry_agent_call.in_progress": agentCall,
  "response.foundry_agent_call.completed": agentCall,
  "response.foundry_agent_call.failed": agentCall,
  "response.invocation.delta": ({ delta }) => ({
    kind: "agent",
    payload: { stage: "invocation", delta },
  }),
  "rate_limits.updated": ({ rate_limits: limits }) => ({
    kind: "rate_limits",
    payload: {
      limits: limits.map(({ name, limit, remaining, reset_seconds }) => ({
        name: name ?? null,
        limit: limit ?? null,
        remaining: remaining ?? null,
        resetSeconds: reset_seconds ?? null,
      })),
    },
  }),
  "session.avatar.connecting": ({ server_sdp: sdp }) => ({
    kind: "avatar",
    payload: { what: "answer", answer: decodeAnswer(sdp) },
  }),
  "session.avatar.switch_to_speaking": (event) => avatarTurn("speaking", event),
  "session.avatar.switch_to_idle": (event) => avatarTurn("idle", event),
  "output_audio_buffer.cleared": () => ({
    kind: "avatar",
    payload: { what: "cleared" },
  }),
  "response.video.delta": ({ codec, delta }) => ({
    kind: "avatar",
    payload: {
      what: "video",
      codec: codec ?? null,
      data: Buffer.from(delta, "base64"),
    },
  }),
};

/** A request for approval, as the flow gets it. */
export function approvalRequest(item: McpApprovalRequestItem): LifeEvent {
  return {
    kind: "approval",
    payload: {
      kind: "mcp",
      name: item.name,
      arguments: parsed(item.arguments),
      serverLabel: item.server_label,
      approvalRequestId: item.id,
    },
    itemId: item.id,
    approvalRequestId: item.id,
  };
}

/** Nothing more of this kind comes for the item. */
function over(
  kind: LifeEvent["kind"],
  event: { readonly response_id: string; readonly item_id: string },
): LifeEvent {
  return { kind, payload: { done: true }, ...place(event) };
}

function searching(
  event: ServerEventOf<
    | "response.web_search_call.searching"
    | "response.file_search_call.searching"
    | "response.web_search_call.in_progress"
    | "response.file_search_call.in_progress"
    | "response.web_search_call.completed"
    | "response.file_search_call.completed"
  >,
): LifeEvent {
  return {
    kind: "search",
    payload: { source: sourceOf(event.type), stage: stageOf(event.type) },
    ...place(event),
  };
}

function listing(
  event: ServerEventOf<
    | "mcp_list_tools.in_progress"
    | "mcp_list_tools.completed"
    | "mcp_list_tools.failed"
  >,
  items: McpItems,
): LifeEvent {
  const known = items.describe(event.item_id);
  const payload = { what: "tools", stage: stageOf(event.type), ...known };
  return { kind: "mcp", payload, ...place(event) };
}

function calling(
  event: ServerEventOf<
    | "response.mcp_call.in_progress"
    | "response.mcp_call.completed"
    | "response.mcp_call.failed"
  >,
  items: McpItems,
): LifeEvent {
  const known = items.describe(event.item_id);
  const payload = { what: "call", stage: stageOf(event.type), ...known };
  return { kind: "mcp", payload, ...place(event) };
}

function agentCall(
  event: ServerEventOf<
    | "response.foundry_agent_call.in_progress"
    | "response.foundry_agent_call.completed"
    | "response.foundry_agent_call.failed"
  >,
): LifeEvent {
  const { type, agent_response_id: agentResponseId = null } = event;
  const payload = { stage: stageOf(type), agentResponseId };
  return { kind: "agent", payload, ...place(event) };
}

function avatarTurn(
  what: "speaking" | "idle",
  { turn_id: turnId = null }: { readonly turn_id?: string | null },
): LifeEvent {
  return { kind: "avatar", payload: { what, turnId } };
}

function remember(item: ResponseItem, items: McpItems): undefined {
  items.remember(item);
}

/** What came of a search, an MCP call or an agent's call. */
function itemDone(responseId: string, item: ResponseItem): Side {
  const at = { responseId, itemId: item.id };
  switch (item.type) {
    case "web_search_call": {
      const { status = null, action = null } = item;
      const payload = { source: "web", stage: "done", status, action };
      return { kind: "search", payload, ...at };
    }
    case "file_search_call": {
      const { status = null, queries, results } = item;
      const found = { queries: queries ?? [], results: results ?? [] };
      const payload = { source: "file", stage: "done", status, ...found };
      return { kind: "search", payload, ...at };
    }
    case "mcp_call":
      return { kind: "mcp", payload: mcpOutcome(item), ...at };
    case "foundry_agent_call": {
      const { name, output = null, error = null } = item;
      const payload = { stage: "done", name, output, error };
      return { kind: "agent", payload, ...at };
    }
    default:
      return undefined;
  }
}

function mcpOutcome(item: McpCallItem): LifeEvent["payload"] {
  return {
    what: "call",
    stage: "done",
    serverLabel: item.server_label,
    name: item.name,
    arguments: parsed(item.arguments),
    output: item.output ?? null,
    error: item.error ?? null,
  };
}

/** `response.web_search_call.searching` is about the web. */
function sourceOf(type: string): "web" | "file" {
  return type.includes("web_search") ? "web" : "file";
}

function stageOf(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

function toIceServer(server: IceServer): Readonly<Record<string, unknown>> {
  return { ...server };
}

/** The arguments as values; text that is no JSON stays text. */
function parsed(json: string | null | undefined): unknown {
  if (json === undefined || json === null || json === "") return {};
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
