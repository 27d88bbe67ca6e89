import type {
  RequestContentPart,
  ResponseContentPart,
  TextPart,
} from "./content-parts";
import type { ItemStatus, MessageRole, Open } from "./enums";
import type { Maybe } from "./maybe";

/** An item that we create. @see protocol.md §8.1 */
export type RequestItem =
  | RequestMessageItem
  | RequestFunctionCallItem
  | RequestFunctionCallOutputItem
  | RequestMcpApprovalResponseItem;

interface RequestItemEnvelope {
  /** Ours if given, else the server makes one. */
  id?: string;
  /** `completed` or `incomplete`. */
  status?: ItemStatus;
}

export interface RequestMessageItem extends RequestItemEnvelope {
  type: "message";
  role: MessageRole;
  content: RequestContentPart[];
}

/** An assistant message made of text, as `pre_generated_assistant_message` wants it. */
export interface AssistantMessageItem extends RequestMessageItem {
  role: "assistant";
  content: TextPart[];
}

export interface RequestFunctionCallItem extends RequestItemEnvelope {
  type: "function_call";
  name: string;
  call_id: string;
  /** JSON as a string. */
  arguments: string;
}

export interface RequestFunctionCallOutputItem extends RequestItemEnvelope {
  type: "function_call_output";
  call_id: string;
  /** May be empty. */
  output: string;
}

/** The answer to an `mcp_approval_request`: an item, never an event (§5). Since 2026-01-01-preview. */
export interface RequestMcpApprovalResponseItem extends RequestItemEnvelope {
  type: "mcp_approval_response";
  approval_request_id: string;
  approve: boolean;
}

/**
 * An item that the server sends. Items of other types arrive with `id` and `type` checked and the rest untouched, so
 * a `switch` over `type` needs a default.
 * @see protocol.md §8.1
 */
export type ResponseItem =
  | ResponseMessageItem
  | ResponseFunctionCallItem
  | ResponseFunctionCallOutputItem
  | McpListToolsItem
  | McpCallItem
  | McpApprovalRequestItem
  | McpApprovalResponseItem
  | WebSearchCallItem
  | FileSearchCallItem
  | FoundryAgentCallItem;

export type ResponseItemOf<T extends ResponseItem["type"]> = Extract<
  ResponseItem,
  { type: T }
>;

interface ResponseItemEnvelope {
  id: string;
  object?: Maybe<Open<"realtime.item">>;
  status?: Maybe<ItemStatus>;
}

export interface ResponseMessageItem extends ResponseItemEnvelope {
  type: "message";
  role: MessageRole;
  content?: Maybe<ResponseContentPart[]>;
}

export interface ResponseFunctionCallItem extends ResponseItemEnvelope {
  type: "function_call";
  name: string;
  call_id: string;
  /** JSON as a string; empty or absent while the call is in progress. */
  arguments?: Maybe<string>;
}

export interface ResponseFunctionCallOutputItem extends ResponseItemEnvelope {
  type: "function_call_output";
  call_id: string;
  output?: Maybe<string>;
}

/** Since 2026-01-01-preview. */
export interface McpListToolsItem extends ResponseItemEnvelope {
  type: "mcp_list_tools";
  server_label: string;
  tools?: Maybe<McpToolDescription[]>;
}

export interface McpToolDescription {
  name: string;
  description?: Maybe<string>;
  input_schema?: unknown;
  annotations?: unknown;
}

/** Since 2026-01-01-preview. */
export interface McpCallItem extends ResponseItemEnvelope {
  type: "mcp_call";
  server_label: string;
  name: string;
  arguments?: Maybe<string>;
  approval_request_id?: Maybe<string>;
  output?: Maybe<string>;
  error?: unknown;
}

/** Since 2026-01-01-preview. */
export interface McpApprovalRequestItem extends ResponseItemEnvelope {
  type: "mcp_approval_request";
  server_label: string;
  name: string;
  arguments?: Maybe<string>;
}

/** Since 2026-01-01-preview. */
export interface McpApprovalResponseItem extends ResponseItemEnvelope {
  type: "mcp_approval_response";
  approval_request_id: string;
  approve: boolean;
  reason?: Maybe<string>;
}

/** Its `status` is `in_progress`, `searching`, `completed` or `failed`. Since 2026-04-10. */
export interface WebSearchCallItem extends ResponseItemEnvelope {
  type: "web_search_call";
  /** What was searched, opened or looked for; open shape. */
  action?: unknown;
}

/** Its `status` may also be `searching` or `failed`. Since 2026-04-10. */
export interface FileSearchCallItem extends ResponseItemEnvelope {
  type: "file_search_call";
  queries?: Maybe<string[]>;
  /** Only when the session's `include` asks for them. */
  results?: Maybe<FileSearchResult[]>;
}

export interface FileSearchResult {
  file_id?: Maybe<string>;
  filename?: Maybe<string>;
  score?: Maybe<number>;
  text?: Maybe<string>;
  attributes?: Maybe<Record<string, string>>;
}

/** Withdrawn from the specification, still in the 2026-07-15 page. */
export interface FoundryAgentCallItem extends ResponseItemEnvelope {
  type: "foundry_agent_call";
  name: string;
  call_id: string;
  arguments?: Maybe<string>;
  agent_response_id?: Maybe<string>;
  output?: Maybe<string>;
  error?: unknown;
}
