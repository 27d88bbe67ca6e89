import { once } from "node:events";
import { WebSocket } from "ws";
import { realtimePath, serviceOfVersion } from "../../lib/protocol";
import type { Simulator } from "../../lib/simulator";

/** Any member, any depth: tests look at what came, the assertions check it. */
type Wire = ReturnType<typeof JSON.parse>;

/** A server event as it stands on the wire. */
export interface WireEvent {
  readonly type: string;
  readonly [member: string]: Wire;
}

/** A client with nothing between the test and the wire. */
export class Peer {
  /** Everything received so far. */
  readonly events: WireEvent[] = [];
  readonly socket: WebSocket;
  #read = 0;
  #wake: (() => void) | undefined;

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on("message", (data: Buffer) => {
      const event: WireEvent = JSON.parse(data.toString("utf8"));
      this.events.push(event);
      this.#wake?.();
    });
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Sends audio in the session's format, as one event. */
  append(audio: Buffer): void {
    this.send({
      type: "input_audio_buffer.append",
      audio: audio.toString("base64"),
    });
  }

  /** Adds a user's text message. */
  type(text: string): void {
    this.send({
      type: "conversation.item.create",
      item: {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text }],
      },
    });
  }

  /** The next event that nobody has waited for yet. */
  async next(): Promise<WireEvent> {
    while (this.#read >= this.events.length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#read += 1;
    return this.events[this.#read - 1]!; // the loop has waited for it
  }

  /** Reads up to the next event of this type. */
  async until(type: string): Promise<WireEvent> {
    let event = await this.next();
    while (event.type !== type) event = await this.next();
    return event;
  }

  /** Types received since `from`, runs of the same type folded into one. */
  typesFrom(from: number): string[] {
    const types = this.events.slice(from).map(({ type }) => type);
    return types.filter((type, index) => type !== types[index - 1]);
  }

  /** Sends an event and returns the error that answers it. */
  async refusal(event: object): Promise<WireEvent["error"]> {
    this.send(event);
    return (await this.until("error")).error;
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, "close");
    this.socket.close(1000);
    await closed;
  }
}

export interface PeerOptions {
  /** Says which service is meant, as on the resource node. */
  readonly apiVersion?: string;
  readonly query?: string;
  /** Partial session to apply before the test begins. */
  readonly session?: object;
}

/** Connects, and waits for the greeting and, if there are settings, their confirmation. */
export async function connect(
  simulator: Simulator,
  options: PeerOptions = {},
): Promise<Peer> {
  const { apiVersion = "2026-07-15", query = "" } = options;
  const service = serviceOfVersion(apiVersion);
  const model = service === "azure-openai" ? "deployment" : "model";
  const peer = new Peer(
    `${simulator.url}${realtimePath(service, apiVersion)}?api-version=${apiVersion}&${model}=gpt-realtime${query}`,
    { authorization: "Bearer any" },
  );
  await peer.until("session.created");
  if (options.session) {
    peer.send({ type: "session.update", session: options.session });
    await peer.until("session.updated");
  }
  return peer;
}
