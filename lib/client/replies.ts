import type { MonoFormat } from "../audio";
import type { ResponseItem } from "../protocol";
import type { AudioPosition } from "./playback-clock";
import type { FunctionCall } from "./tool-calls";

/** A response that is running, or was until lately. */
export interface Reply {
  readonly responseId: string;
  /** Of the conversation when the response began; audio of an older one is not for anybody's ears. */
  readonly generation: number;
  readonly format: MonoFormat;
  /** One object for each item that was to be heard: outlets tell items apart by it. */
  readonly positions: Map<string, AudioPosition>;
  readonly calls: FunctionCall[];
  /** Beside the conversation: no item of it exists there (protocol.md §9.1). */
  readonly isOutOfBand: boolean;
  isDone: boolean;
}

/** Enough for events that come after their response is done. */
const MAX_KEPT = 20;
/** One response runs at a time, and a few outside the conversation; more of them have lost their end. */
const MAX_RUNNING = 50;
/** A reply is a few items; a service that never stops making new ones must not fill the memory. */
const MAX_ITEMS = 100;

/** The responses of one session that events may still refer to. */
export class Replies {
  readonly #replies = new Map<string, Reply>();
  readonly #onForgotten: (reply: Reply) => void;

  /** @param onForgotten - hears of replies that are dropped although their end has not come */
  constructor(onForgotten: (reply: Reply) => void) {
    this.#onForgotten = onForgotten;
  }

  begin(
    responseId: string,
    generation: number,
    format: MonoFormat,
    isOutOfBand = false,
  ): Reply {
    const reply: Reply = {
      responseId,
      generation,
      format,
      positions: new Map(),
      calls: [],
      isOutOfBand,
      isDone: false,
    };
    this.#replies.set(responseId, reply);
    this.#forgetOldest();
    return reply;
  }

  get(responseId: string): Reply | undefined {
    return this.#replies.get(responseId);
  }

  clear(): void {
    this.#replies.clear();
  }

  #forgetOldest(): void {
    for (const [oldest, { isDone }] of this.#replies) {
      if (this.#replies.size <= MAX_KEPT) return;
      if (isDone) this.#replies.delete(oldest);
    }
    for (const [oldest, reply] of this.#replies) {
      if (this.#replies.size <= MAX_RUNNING) return;
      this.#replies.delete(oldest);
      this.#onForgotten(reply);
    }
  }
}

/** @returns undefined when the reply has had more items than any real one */
export function positionOf(
  reply: Reply,
  itemId: string,
  contentIndex: number,
): AudioPosition | undefined {
  const known = reply.positions.get(itemId);
  if (known || reply.positions.size >= MAX_ITEMS) return known;
  const position = { responseId: reply.responseId, itemId, contentIndex };
  reply.positions.set(itemId, position);
  return position;
}

/** The call that a finished item holds. An item that was cut off is no call. */
export function callOf(
  responseId: string,
  item: ResponseItem,
): FunctionCall | undefined {
  if (
    item.type !== "function_call" ||
    (item.status && item.status !== "completed")
  )
    return undefined;
  const { name, call_id: callId, arguments: json, id } = item;
  if (!name || !callId) return undefined;
  return { callId, itemId: id ?? "", responseId, name, arguments: json ?? "" };
}

/** A spoken message of the assistant. */
export function isSpokenMessage(item: ResponseItem): boolean {
  return (
    item.type === "message" &&
    item.role === "assistant" &&
    (item.content ?? []).some((part) => part.type === "audio")
  );
}
