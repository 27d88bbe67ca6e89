import {
  createId,
  type Dialect,
  fitResponse,
  fitSession,
  isNested,
  isOpenAI,
  pathInDialect,
  serializeServerEvent,
  type AnyServerEvent,
  type ServerEventOf,
} from "../protocol";
import { isJsonObject, type JsonObject } from "./json-object";

/**
 * Where the session's events become frames of its client's dialect. OpenAI's GA service tells of an item twice: when it is
 * there, and when it is whole.
 * @see protocol.md §13.2
 */
export class WireEdge {
  readonly #dialect: Dialect;
  /** Items that are announced and not whole, with the id of the item before each. */
  readonly #open = new Map<string, string | null>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** @returns one frame or more, in order */
  frames(event: AnyServerEvent): readonly string[] {
    if (this.#dialect === "dated") return [serializeServerEvent(event)];
    const events = [...this.#before(event), event, ...this.#after(event)];
    return events.map((each) =>
      serializeServerEvent(this.#adapt(each), this.#dialect),
    );
  }

  /** A response's item is whole right before its part of the response is. */
  #before(event: AnyServerEvent): AnyServerEvent[] {
    if (!isOfType(event, "response.output_item.done")) return [];
    const { item } = event;
    const previousId = this.#open.get(item.id);
    if (previousId === undefined) return [];
    this.#open.delete(item.id);
    return [itemDone(item, previousId)];
  }

  /** An item that nothing is added to is whole at once. */
  #after(event: AnyServerEvent): AnyServerEvent[] {
    if (this.#dialect !== "openai") return [];
    if (!isOfType(event, "conversation.item.created")) return [];
    const { item, previous_item_id: previousId = null } = event;
    if ("status" in item && item.status === "in_progress") {
      this.#open.set(item.id, previousId);
      return [];
    }
    return [itemDone(item, previousId)];
  }

  /** What the dialect does not have goes; the shape is up to the codec. */
  #adapt(event: AnyServerEvent): AnyServerEvent {
    const { session, response, error }: JsonObject = { ...event };
    return {
      ...event,
      ...(isJsonObject(session) && { session: this.#session(session) }),
      ...(isJsonObject(response) && { response: this.#response(response) }),
      ...(isJsonObject(error) && { error: this.#error(error) }),
    };
  }

  #session(session: JsonObject): JsonObject {
    if (!isOpenAI(this.#dialect)) return session;
    const { agent: _azures, ...rest } = session;
    return { ...fitSession(rest, this.#dialect).fitted };
  }

  #response(response: JsonObject): JsonObject {
    const fitted = { ...fitResponse(response, this.#dialect).fitted };
    const { usage }: JsonObject = fitted;
    if (!isNested(this.#dialect) || !isJsonObject(usage)) return fitted;
    const { reasoning_tokens: _dated, ...details }: JsonObject = {
      ...(isJsonObject(usage["output_token_details"])
        ? usage["output_token_details"]
        : {}),
    };
    return { ...fitted, usage: { ...usage, output_token_details: details } };
  }

  /** The member at fault under the name by which the client knows it. */
  #error(error: JsonObject): JsonObject {
    const { code, param, message } = error;
    if (typeof param !== "string" || typeof message !== "string") return error;
    // What the codec does not know it names as the client wrote it.
    if (code === "unknown_parameter") return error;
    const named = pathInDialect(param, this.#dialect);
    return { ...error, param: named, message: message.replace(param, named) };
  }
}

function itemDone(item: Item, previousId: string | null): AnyServerEvent {
  return {
    type: "conversation.item.done",
    event_id: createId("event"),
    item,
    previous_item_id: previousId,
  };
}

type Item = ServerEventOf<"conversation.item.created">["item"];

function isOfType<
  T extends "conversation.item.created" | "response.output_item.done",
>(event: AnyServerEvent, type: T): event is ServerEventOf<T> {
  return event.type === type;
}
