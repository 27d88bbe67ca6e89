import { memberOf } from "./json-object";
import {
  createId,
  type InputAudioPart,
  type RequestContentPart,
  type RequestItem,
  type RequestMcpApprovalResponseItem,
  type RequestMessageItem,
  type ResponseContentPart,
} from "../protocol";
import type { Sound } from "./audio-format";
import type { StoredItem } from "./conversation-items";
import { invalidValue, missingParameter, RequestFault } from "./request-fault";

/** What the check of an item needs to know of its session. */
export interface ItemContext {
  readonly hasCall: (callId: string) => boolean;
  /** An MCP call waits for the client's word on this request. */
  readonly awaitsApproval: (requestId: string) => boolean;
  /** Reads base64 audio in the session's input format. */
  readonly readSound: (base64: string) => Sound;
  readonly transcribe: (sound: Sound) => string;
  /** Wire name of the session's input format. */
  readonly soundFormat: () => string;
  /** What the session's version calls the address of an image. */
  readonly imageMember: "image_url" | "url";
  /** The model takes speech in messages; others hear it through text. @see protocol.md §14 */
  readonly hearsMessages: boolean;
}

/** Content that each role may carry; assistant audio cannot be created. @see protocol.md §8.1 */
const PARTS_OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  user: ["input_text", "input_audio", "input_image"],
  system: ["input_text"],
  assistant: ["text"],
};

/**
 * Checks an item that a client wants to add and completes it as the server stores it.
 * @throws RequestFault naming the member at fault
 */
export function readRequestItem(
  item: RequestItem,
  context: ItemContext,
): StoredItem {
  if (!isObject(item)) throw missingParameter("item");
  const id = readId(item.id);
  switch (item.type) {
    case "message":
      return readMessage(item, id, context);
    case "function_call":
      requireStrings(item, ["name", "call_id", "arguments"]);
      return {
        item: {
          id,
          object: "realtime.item",
          type: "function_call",
          status: "completed",
          name: item.name,
          call_id: item.call_id,
          arguments: item.arguments,
        },
      };
    case "function_call_output":
      requireStrings(item, ["call_id", "output"]);
      if (!context.hasCall(item.call_id))
        throw invalidValue(
          "item.call_id",
          "the id of a function call",
          item.call_id,
        );
      return {
        item: {
          id,
          object: "realtime.item",
          type: "function_call_output",
          status: "completed",
          call_id: item.call_id,
          output: item.output,
        },
      };
    case "mcp_approval_response":
      return readApproval(item, id, context);
    default:
      throw invalidValue(
        "item.type",
        "message, function_call, function_call_output or mcp_approval_response",
        (item as { type: unknown }).type,
      );
  }
}

function readApproval(
  item: RequestMcpApprovalResponseItem,
  id: string,
  context: ItemContext,
): StoredItem {
  requireStrings(item, ["approval_request_id"]);
  if (typeof item.approve !== "boolean") throw missingParameter("item.approve");
  if (!context.awaitsApproval(item.approval_request_id))
    throw invalidValue(
      "item.approval_request_id",
      "the id of a pending approval request",
      item.approval_request_id,
    );
  return {
    item: {
      id,
      object: "realtime.item",
      type: "mcp_approval_response",
      approval_request_id: item.approval_request_id,
      approve: item.approve,
    },
  };
}

function readMessage(
  item: RequestMessageItem,
  id: string,
  context: ItemContext,
): StoredItem {
  const allowed = PARTS_OF_ROLE[item.role];
  if (!allowed)
    throw invalidValue("item.role", "user, system or assistant", item.role);
  if (!Array.isArray(item.content) || item.content.length === 0)
    throw missingParameter("item.content");
  const parts = item.content.map((part, index) =>
    readPart(part, `item.content[${index}]`, allowed, context),
  );
  const sounds = parts.flatMap((part) => (part.sound ? [part.sound] : []));
  return {
    item: {
      id,
      object: "realtime.item",
      type: "message",
      role: item.role,
      status: item.status ?? "completed",
      content: parts.map((part) => part.part),
    },
    heard: parts.map((part) => part.text).join(" "),
    ...(sounds[0] && {
      sound: joinSounds(sounds),
      soundFormat: context.soundFormat(),
    }),
  };
}

interface ReadPart {
  readonly part: ResponseContentPart;
  readonly text: string;
  readonly sound?: Sound;
}

function readPart(
  part: RequestContentPart,
  at: string,
  allowed: readonly string[],
  context: ItemContext,
): ReadPart {
  if (!isObject(part) || !allowed.includes(part.type)) {
    throw invalidValue(
      `${at}.type`,
      allowed.join(" or "),
      (part as { type?: unknown } | null)?.type,
    );
  }
  if (part.type === "input_audio") return readAudio(part, at, context);
  if (part.type === "input_image") {
    const { imageMember } = context;
    if (!part[imageMember]) throw missingParameter(`${at}.${imageMember}`);
    return { part, text: "" };
  }
  if (typeof part.text !== "string") throw missingParameter(`${at}.text`);
  return { part: { type: part.type, text: part.text }, text: part.text };
}

function readAudio(
  part: InputAudioPart,
  at: string,
  context: ItemContext,
): ReadPart {
  if (!context.hearsMessages)
    throw new RequestFault(
      "invalid_value",
      `Invalid value: '${at}' needs a realtime model; speech goes into the input buffer.`,
      `${at}.type`,
    );
  if (typeof part.audio !== "string" || part.audio === "")
    throw missingParameter(`${at}.audio`);
  const sound = context.readSound(part.audio);
  const transcript = part.transcript ?? null;
  return {
    part: { type: "input_audio", audio: null, transcript },
    text: transcript ?? context.transcribe(sound),
    sound,
  };
}

function joinSounds(sounds: readonly Sound[]): Sound {
  return {
    pcm: Buffer.concat(sounds.map((sound) => sound.pcm)),
    sampleRate: sounds[0]?.sampleRate ?? 0,
  };
}

function readId(id: unknown): string {
  if (id === undefined || id === null || id === "") return createId("item");
  if (typeof id !== "string" || id === "root")
    throw invalidValue("item.id", "a string other than 'root'", id);
  return id;
}

function requireStrings(item: object, names: readonly string[]): void {
  for (const name of names) {
    const value = memberOf(item, name);
    if (value === undefined || value === null)
      throw missingParameter(`item.${name}`);
    if (typeof value !== "string")
      throw new RequestFault(
        "invalid_value",
        `'item.${name}' must be a string.`,
        `item.${name}`,
      );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
