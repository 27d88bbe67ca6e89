import { isRecord, withValueAt, type Settings } from "./json-path";

/** An MCP server among the session's tools (protocol.md §8.3), and its place in the list. */
export interface McpServer {
  readonly index: number;
  readonly tool: Settings;
}

/** What the dialog changes about authorizations; the runtime merges it with what it stores, which the dialog never sees. */
export type AuthorizationChanges = Readonly<
  Record<string, string | null | { readonly from: string }>
>;

/** One server as it stands in the dialog. */
export interface ServerSecret {
  readonly label: string;
  /** The label under which an authorization is stored. */
  readonly storedAs: string | undefined;
  /** What was typed; `undefined`: untouched. */
  readonly typed: string | undefined;
}

export function serversOf(settings: Settings): readonly McpServer[] {
  return toolsOf(settings).flatMap((tool, index) =>
    isRecord(tool) && tool.type === "mcp" ? [{ index, tool }] : [],
  );
}

export function withServer(
  settings: Settings,
  { index, tool }: McpServer,
): Settings {
  const tools = toolsOf(settings).map((each, i) => (i === index ? tool : each));
  return { ...settings, tools };
}

export function addServer(settings: Settings): Settings {
  const tool = { type: "mcp", server_label: "", server_url: "" };
  return { ...settings, tools: [...toolsOf(settings), tool] };
}

export function removeServer(settings: Settings, index: number): Settings {
  const tools = toolsOf(settings).filter((_tool, i) => i !== index);
  return withValueAt(settings, "tools", tools.length > 0 ? tools : undefined);
}

/** The labels that have an authorization after the dialog is saved. */
export function authorizedLabels(servers: readonly ServerSecret[]): string[] {
  return servers
    .filter(({ storedAs, typed }) =>
      typed === undefined ? storedAs !== undefined : typed !== "",
    )
    .map(({ label }) => label);
}

/**
 * What the runtime has to change.
 * @param before - labels that had an authorization when the dialog opened
 * @param pending - changes of an earlier edit that no deploy has taken to the runtime yet
 */
export function authorizationChanges(
  servers: readonly ServerSecret[],
  before: readonly string[],
  pending: AuthorizationChanges,
): AuthorizationChanges {
  const changes: Record<string, AuthorizationChanges[string]> = { ...pending };
  for (const label of before) {
    const isKept = servers.some((server) => isAsStored(server, label));
    if (!isKept) changes[label] = null;
  }
  for (const { label, storedAs, typed } of servers) {
    if (typed !== undefined) changes[label] = typed === "" ? null : typed;
    else if (storedAs !== undefined && storedAs !== label)
      changes[label] = pending[storedAs] ?? { from: storedAs };
  }
  return changes;
}

function isAsStored(server: ServerSecret, label: string): boolean {
  return (
    server.label === label &&
    server.storedAs === label &&
    server.typed === undefined
  );
}

function toolsOf({ tools }: Settings): readonly unknown[] {
  return Array.isArray(tools) ? tools : [];
}
