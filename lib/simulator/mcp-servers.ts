import {
  createId,
  type McpListToolsItem,
  type McpTool,
  type McpToolDescription,
  type ServerEvent,
  type Tool,
} from "../protocol";
import type { ConversationItems } from "./conversation-items";
import { snapshot } from "./output-writer";

/** What a simulated server offers unless the session names the tools that it allows. */
const SEARCH: McpToolDescription = {
  name: "search",
  description: "Searches the simulated knowledge base.",
  input_schema: {
    type: "object",
    properties: { query: { type: "string" } },
    required: ["query"],
  },
};

export interface McpServersOptions {
  readonly items: ConversationItems;
  readonly send: (event: ServerEvent) => void;
}

/** Lists the tools of a session's MCP servers, as the service does after `session.update`. @see protocol.md §12 E */
export class McpServers {
  readonly #options: McpServersOptions;
  /** Servers whose tools were told, as JSON of their declaration. */
  #listed = new Set<string>();

  constructor(options: McpServersOptions) {
    this.#options = options;
  }

  /** Servers that are new or declared otherwise than before are asked for their tools. */
  update(tools: readonly Tool[]): void {
    const servers = tools.filter(isMcpServer);
    const listed = this.#listed;
    this.#listed = new Set(servers.map((server) => JSON.stringify(server)));
    for (const server of servers)
      if (!listed.has(JSON.stringify(server))) this.#list(server);
  }

  #list(server: McpTool): void {
    const { items, send } = this.#options;
    const isReachable = canReach(server);
    const item: McpListToolsItem = {
      id: createId("item"),
      object: "realtime.item",
      type: "mcp_list_tools",
      server_label: server.server_label,
      tools: isReachable ? toolsOf(server) : [],
    };
    const previousId = items.insert({ item }) ?? null;
    send({
      type: "conversation.item.created",
      item: snapshot(item),
      previous_item_id: previousId,
    });
    send({ type: "mcp_list_tools.in_progress", item_id: item.id });
    send({
      type: isReachable ? "mcp_list_tools.completed" : "mcp_list_tools.failed",
      item_id: item.id,
    });
  }
}

export function isMcpServer(tool: Tool): tool is McpTool {
  return tool.type === "mcp";
}

/**
 * The server that a call goes to.
 * @param label - its `server_label`; without one, the first server
 * @throws TypeError when the session declares no such server, which ends the response as failed
 */
export function mcpServerOf(
  tools: readonly Tool[],
  label: string | undefined,
): McpTool {
  const server = tools
    .filter(isMcpServer)
    .find(({ server_label: name }) => label === undefined || label === name);
  if (server) return server;
  throw new TypeError(
    `The session declares no MCP server${label === undefined ? "" : ` '${label}'`}.`,
  );
}

/** Tools in neither list need approval, as all do where nothing is said. @see protocol.md §8.3 */
export function needsApproval(
  { require_approval: approval }: McpTool,
  toolName: string,
): boolean {
  if (typeof approval !== "object" || approval === null)
    return approval !== "never";
  if (approval.always?.includes(toolName)) return true;
  return !approval.never?.includes(toolName);
}

function toolsOf({ allowed_tools: allowed }: McpTool): McpToolDescription[] {
  if (!allowed || allowed.length === 0) return [SEARCH];
  return allowed.map((name) => ({ ...SEARCH, name }));
}

/** No name below `.invalid` ever resolves (RFC 2606): a server there plays one that cannot be reached. */
function canReach({ server_url: url }: McpTool): boolean {
  const { hostname, protocol } = URL.canParse(url)
    ? new URL(url)
    : { hostname: "", protocol: "" };
  return /^https?:$/.test(protocol) && !/(^|\.)invalid$/.test(hostname);
}
