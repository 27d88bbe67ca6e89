import { MCP_APPROVALS } from "../protocol";
import { isJsonObject, type JsonObject } from "./json-object";
import { invalidValue, missingParameter } from "./request-fault";
import {
  checkMembers,
  isString,
  isTextMap,
  listOf,
  membersOf,
  oneOf,
} from "./value-checks";

export function isTool(value: unknown, param: string): void {
  const tool = membersOf(value, param);
  isString(tool["type"], `${param}.type`);
  if (tool["type"] === "mcp") return isMcpTool(tool, param);
  if (tool["type"] !== "function") return;
  if (tool["name"] === undefined) throw missingParameter(`${param}.name`);
  // The names that models can call. https://platform.openai.com/docs/api-reference/realtime
  if (typeof tool["name"] !== "string" || !/^[\w-]{1,64}$/.test(tool["name"])) {
    throw invalidValue(
      `${param}.name`,
      "1 to 64 letters, digits, '_' or '-'",
      tool["name"],
    );
  }
}

/** @see protocol.md §8.3 */
function isMcpTool(tool: JsonObject, param: string): void {
  for (const name of ["server_label", "server_url"]) {
    if (!tool[name]) throw missingParameter(`${param}.${name}`);
    isString(tool[name], `${param}.${name}`);
  }
  checkMembers(tool, param, {
    authorization: isString,
    headers: isTextMap,
    allowed_tools: listOf(isString),
    require_approval: isApproval,
  });
}

function isApproval(value: unknown, param: string): void {
  if (!isJsonObject(value)) return oneOf(MCP_APPROVALS)(value, param);
  checkMembers(value, param, {
    always: listOf(isString),
    never: listOf(isString),
  });
}

export function isToolChoice(value: unknown, param: string): void {
  if (typeof value === "string" && value !== "") return;
  isString(membersOf(value, param)["type"], `${param}.type`);
}
