import {
  type Check,
  checksOf,
  type Fields,
  type ShapeName,
} from "./field-kinds";

interface ShapeFields {
  readonly fields: Fields;
  /** Further members by the value of `type`; other types pass. */
  readonly byType?: Readonly<Record<string, Fields>>;
}

interface Shape {
  readonly checks: readonly Check[];
  readonly byType: ReadonlyMap<unknown, readonly Check[]>;
}

/** Which members are demanded follows the types of the same objects. */
const shapes: { readonly [name in ShapeName]: ShapeFields } = {
  // A session is mostly an echo of settings, open in every direction, and a connection without it is lost: only
  // what we act on is checked.
  session: {
    fields: {
      id: "string?",
      model: "string?",
      expires_at: "number?",
      agent: "object?",
      output_audio_format: "string?",
      tools: "object[]?",
    },
  },
  response: {
    fields: {
      id: "id",
      status: "string?",
      status_details: "statusDetails?",
      output_audio_format: "string?",
      output: "item[]?",
      // Figures only: a wrong one must not hide that the response is over.
      usage: "any?",
      conversation_id: "string?",
      metadata: "object?",
    },
  },
  statusDetails: { fields: { type: "string?", reason: "string?" } },
  item: {
    fields: { id: "id", type: "string", status: "string?" },
    byType: {
      message: { role: "string", content: "part[]?" },
      function_call: {
        name: "string",
        call_id: "id",
        arguments: "string?",
      },
      function_call_output: { call_id: "string", output: "string?" },
      mcp_list_tools: { server_label: "string", tools: "object[]?" },
      mcp_call: {
        server_label: "string",
        name: "string",
        arguments: "string?",
        output: "string?",
      },
      mcp_approval_request: {
        server_label: "string",
        name: "string",
        arguments: "string?",
      },
      mcp_approval_response: {
        approval_request_id: "string",
        approve: "boolean",
      },
      file_search_call: { queries: "string[]?", results: "object[]?" },
      foundry_agent_call: {
        name: "string",
        call_id: "string",
        arguments: "string?",
        output: "string?",
      },
    },
  },
  part: {
    fields: {
      type: "string",
      text: "string?",
      transcript: "string?",
      audio: "string?",
    },
  },
  errorDetails: {
    fields: {
      message: "string",
      type: "string?",
      code: "string?",
      param: "string?",
      event_id: "string?",
    },
  },
  warningDetails: {
    fields: { message: "string", code: "string?", param: "string?" },
  },
  requestItem: {
    fields: { type: "string", id: "string?", status: "string?" },
    byType: {
      message: { role: "string", content: "requestPart[]" },
      function_call: { name: "string", call_id: "string", arguments: "string" },
      function_call_output: { call_id: "string", output: "string" },
      mcp_approval_response: {
        approval_request_id: "string",
        approve: "boolean",
      },
    },
  },
  requestPart: {
    fields: { type: "string" },
    byType: {
      input_text: { text: "string" },
      input_audio: { audio: "string", transcript: "string?" },
      input_image: { image_url: "string?", url: "string?", detail: "string?" },
      text: { text: "string" },
    },
  },
  responseParams: {
    fields: {
      modalities: "string[]?",
      instructions: "string?",
      tools: "object[]?",
      temperature: "number?",
      metadata: "object?",
      commit: "boolean?",
      cancel_previous: "boolean?",
      append_input_items: "requestItem[]?",
      input_items: "requestItem[]?",
      pre_generated_assistant_message: "requestItem?",
      invoke_input: "object?",
    },
  },
};

/** By name; a map, because names such as `constructor` find something in an object. */
export const SHAPES: ReadonlyMap<string, Shape> = new Map(
  Object.entries(shapes).map(([name, { fields, byType = {} }]) => [
    name,
    { checks: checksOf(fields), byType: checksByType(byType) },
  ]),
);

function checksByType(types: Readonly<Record<string, Fields>>) {
  return new Map<unknown, readonly Check[]>(
    Object.entries(types).map(([type, fields]) => [type, checksOf(fields)]),
  );
}
