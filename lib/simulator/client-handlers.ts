import type {
  ClientEvent,
  ClientEventOf,
  ClientEventType,
  ResponseItem,
  ServerEvent,
} from "../protocol";
import { encodeOutput, outputFormatOf } from "./audio-format";
import { decodeAudio } from "./base64-audio";
import { answerAvatar } from "./avatar";
import type { ConversationItems, StoredItem } from "./conversation-items";
import { type InputBuffer, LONGEST_TURN_MS } from "./input-buffer";
import { type ItemContext, readRequestItem } from "./item-schema";
import type { McpServers } from "./mcp-servers";
import { snapshot } from "./output-writer";
import { invalidValue, RequestFault } from "./request-fault";
import type { Responder } from "./responder";
import type { SessionSettings } from "./session-settings";
import { checkTruncation, truncate } from "./truncation";
import { checkCommit, type UserTurns } from "./user-turns";

/** The parts of a session that client events act on. */
export interface SessionParts {
  readonly settings: SessionSettings;
  readonly items: ConversationItems;
  readonly input: InputBuffer;
  readonly turns: UserTurns;
  readonly responder: Responder;
  readonly itemContext: ItemContext;
  readonly mcpServers: McpServers;
  readonly send: (event: ServerEvent) => void;
}

/** A method's parameter may be narrower than the one it is called with; the table pairs each event with its own handler. */
type Handler<E> = { handle(parts: SessionParts, event: E): void }["handle"];
type Handlers = {
  readonly [T in ClientEventType]?: Handler<ClientEventOf<T>>;
};

/** One handler for each client event; what is missing here is answered with an error. @see protocol.md §5 */
const HANDLERS: Handlers = {
  "session.update": updateSession,
  "input_audio_buffer.append": appendAudio,
  "input_audio_buffer.commit": commitAudio,
  "input_audio_buffer.clear": clearAudio,
  "conversation.item.create": createItem,
  "conversation.item.retrieve": retrieveItem,
  "conversation.item.truncate": truncateItem,
  "conversation.item.delete": deleteItem,
  "response.create": createResponse,
  "response.cancel": cancelResponse,
  "session.avatar.connect": connectAvatar,
  "output_audio_buffer.clear": clearAvatar,
  "input_text.delta": appendText,
  "input_text.done": finishText,
};

/**
 * Carries out one client event.
 * @throws RequestFault when the service would answer with `error`
 */
export function handleClientEvent(
  parts: SessionParts,
  event: ClientEvent,
): void {
  const handle: Handler<ClientEvent> | undefined = HANDLERS[event.type];
  if (!handle)
    throw new RequestFault(
      "invalid_value",
      `The simulator does not support '${event.type}'.`,
      "type",
    );
  handle(parts, event);
}

function updateSession(
  { settings, input, responder, mcpServers, send }: SessionParts,
  event: ClientEventOf<"session.update">,
): void {
  settings.update(event.session, {
    hasSpoken: responder.hasSpoken,
    hasHeard: input.receivedMs > 0,
  });
  input.configure(settings.inputFormat, settings.turnDetection);
  send({ type: "session.updated", session: settings.current });
  mcpServers.update(settings.current.tools ?? []);
}

function appendAudio(
  { settings, input }: SessionParts,
  event: ClientEventOf<"input_audio_buffer.append">,
): void {
  const bytes = decodeAudio(event.audio, "audio");
  if (settings.inputFormat.channels === 2 && bytes.length % 4 !== 0) {
    throw invalidValue(
      "audio",
      "a multiple of 4 bytes of stereo pcm16",
      bytes.length,
    );
  }
  if (input.bufferedMs > LONGEST_TURN_MS) {
    throw new RequestFault(
      "invalid_value",
      "The input audio buffer is full: commit or clear it first.",
      "audio",
    );
  }
  input.append(bytes);
}

function commitAudio({ input, turns }: SessionParts): void {
  checkCommit(input.bufferedMs);
  turns.commit(input.take());
}

function clearAudio({ input, turns, send }: SessionParts): void {
  input.clear();
  turns.forget();
  send({ type: "input_audio_buffer.cleared" });
}

function createItem(
  { items, itemContext, responder, send }: SessionParts,
  event: ClientEventOf<"conversation.item.create">,
): void {
  const stored = readRequestItem(event.item, itemContext);
  if (items.find(stored.item.id))
    throw invalidValue("item.id", "an id that is not taken", stored.item.id);
  const previousId = items.insert(stored, event.previous_item_id);
  if (previousId === undefined)
    throw invalidValue(
      "previous_item_id",
      "'root' or the id of an item",
      event.previous_item_id,
    );
  send({
    type: "conversation.item.created",
    item: snapshot(stored.item),
    previous_item_id: previousId,
  });
  const { item } = stored;
  if (item.type === "mcp_approval_response")
    responder.approve(item.approval_request_id, item.approve);
}

function retrieveItem(
  { items, send }: SessionParts,
  event: ClientEventOf<"conversation.item.retrieve">,
): void {
  const stored = findItem(
    items,
    event.item_id,
    "item_retrieve_invalid_item_id",
  );
  send({
    type: "conversation.item.retrieved",
    item: withAudio(stored),
  });
}

function truncateItem(
  { items, send }: SessionParts,
  event: ClientEventOf<"conversation.item.truncate">,
): void {
  const { item_id, content_index, audio_end_ms } = event;
  truncate(
    checkTruncation(items.find(item_id), content_index, audio_end_ms),
    audio_end_ms,
  );
  send({
    type: "conversation.item.truncated",
    item_id,
    content_index,
    audio_end_ms,
  });
}

function deleteItem(
  { items, send }: SessionParts,
  event: ClientEventOf<"conversation.item.delete">,
): void {
  findItem(items, event.item_id, "item_delete_invalid_item_id");
  items.remove(event.item_id);
  send({ type: "conversation.item.deleted", item_id: event.item_id });
}

function createResponse(
  { responder }: SessionParts,
  event: ClientEventOf<"response.create">,
): void {
  responder.create(event.response ?? {}, event.additional_instructions);
}

function cancelResponse(
  { responder }: SessionParts,
  event: ClientEventOf<"response.cancel">,
): void {
  responder.cancel(event.response_id);
}

function connectAvatar(
  { settings, send }: SessionParts,
  event: ClientEventOf<"session.avatar.connect">,
): void {
  send({
    type: "session.avatar.connecting",
    server_sdp: answerAvatar(settings.current, event.client_sdp),
  });
}

/** The simulator shows no avatar, but a session that asked for one may still clear its output. */
function clearAvatar({ settings, send }: SessionParts): void {
  if (!settings.current.modalities?.includes("avatar")) {
    throw new RequestFault(
      "invalid_value",
      "output_audio_buffer.clear needs a session with an avatar.",
      "type",
    );
  }
  send({ type: "output_audio_buffer.cleared" });
}

/** @see protocol.md §5 on `input_text.*` */
function appendText(
  { items }: SessionParts,
  event: ClientEventOf<"input_text.delta">,
): void {
  const stored = findTextItem(items, event.id);
  const part = textPartOf(stored.item, event.content_index ?? 0);
  part.text = (part.text ?? "") + event.delta;
  stored.heard = (stored.heard ?? "") + event.delta;
}

function finishText(
  { items }: SessionParts,
  event: ClientEventOf<"input_text.done">,
): void {
  textPartOf(findTextItem(items, event.id).item, event.content_index ?? 0);
}

function findTextItem(items: ConversationItems, id: string): StoredItem {
  const stored = items.find(id);
  if (!stored) throw invalidValue("id", "the id of an item", id);
  return stored;
}

function textPartOf(
  item: ResponseItem,
  index: number,
): { text?: string | null } {
  const part =
    item.type === "message" && item.role === "user"
      ? item.content?.[index]
      : undefined;
  if (part?.type !== "input_text")
    throw invalidValue(
      "content_index",
      "the index of an input_text part of a user message",
      index,
    );
  return part;
}

function findItem(
  items: ConversationItems,
  id: string,
  code: string,
): StoredItem {
  const stored = items.find(id);
  if (!stored)
    throw new RequestFault(
      code,
      `There is no item '${id.slice(0, 80)}' in the conversation.`,
      "item_id",
    );
  return stored;
}

/** The item with the server's copy of its audio. @see protocol.md §5, §8.2 */
function withAudio(stored: StoredItem): ResponseItem {
  const item = snapshot(stored.item);
  if (item.type !== "message" || !stored.sound) return item;
  const format = stored.soundFormat ?? "pcm16";
  const { encoding } = outputFormatOf(format) ?? { encoding: "pcm16" };
  const audio = encodeOutput(stored.sound.pcm, {
    encoding,
    sampleRate: stored.sound.sampleRate,
  }).toString("base64");
  for (const part of item.content ?? []) {
    if (part.type === "input_audio") part.audio = audio;
    if (part.type === "audio") Object.assign(part, { audio, format });
  }
  return item;
}
