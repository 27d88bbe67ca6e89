import type { ClientEvent } from "../protocol";

/** A client event without its audio. */
export type ReceivedEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
  /** Bytes of the base64-decoded audio that was left out. */
  readonly audioBytes?: number;
};

/** Enough to look back over a test; at 25 appends a second this is a minute and a half of audio. */
const MOST_EVENTS = 2000;

/** The newest client events; the oldest go when it is full. */
export class ReceivedLog {
  readonly #events: ReceivedEvent[] = [];

  get events(): readonly ReceivedEvent[] {
    return this.#events;
  }

  add(event: ClientEvent): void {
    this.#events.push(withoutAudio(event));
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
  }
}

function withoutAudio(event: ClientEvent): ReceivedEvent {
  const { type } = event;
  if (type !== "conversation.item.create" || event.item.type !== "message")
    return { ...elide(event), type };
  return {
    ...event,
    item: { ...event.item, content: event.item.content.map(elide) },
  };
}

/** A copy with the size of its audio in place of it. */
function elide(holder: object): Record<string, unknown> {
  const { audio, ...others }: Record<string, unknown> = { ...holder };
  return typeof audio === "string"
    ? { ...others, audioBytes: Buffer.byteLength(audio, "base64") }
    : { ...holder };
}
