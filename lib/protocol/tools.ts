import type { McpApproval, Open, TOOL_CHOICES } from "./enums";

/** Something the model may call. Function tools are flat, not nested under `function`. @see protocol.md §8.3 */
export type Tool = FunctionTool | McpTool | FoundryAgentTool;

/** A function that we run. */
export interface FunctionTool {
  type: "function";
  name: string;
  description?: string | null;
  /** JSON Schema of the arguments. */
  parameters?: unknown;
}

/** A server whose tools the service lists and calls by itself. Since 2026-01-01-preview. */
export interface McpTool {
  type: "mcp";
  server_label: string;
  server_url: string;
  /** A secret: keep it out of logs, as the values of `headers`. */
  authorization?: string | null;
  headers?: Record<string, string> | null;
  allowed_tools?: string[] | null;
  /** Default `always`; or lists of tool names under `always` and `never`. */
  require_approval?:
    McpApproval | { always?: string[]; never?: string[] } | null;
}

/** Withdrawn from the specification, still printed in the 2026-07-15 page. */
export interface FoundryAgentTool {
  type: "foundry_agent";
  agent_name: string;
  project_name: string;
  agent_version?: string | null;
  client_id?: string | null;
  description?: string | null;
  foundry_resource_override?: string | null;
  agent_context_type?: Open<"agent_context" | "no_context"> | null;
  /** Default true. */
  return_agent_response_directly?: boolean | null;
}

/** A word, the bare name of a function, or one forced function. @see protocol.md §7.1 */
export type ToolChoice =
  Open<(typeof TOOL_CHOICES)[number]> | ToolChoiceFunction | ToolChoiceMcp;

/** Not honoured by realtime models, says a live test. */
export interface ToolChoiceFunction {
  type: "function";
  name: string;
}

/** `v1` only. */
export interface ToolChoiceMcp {
  type: "mcp";
  server_label: string;
  name?: string | null;
}
