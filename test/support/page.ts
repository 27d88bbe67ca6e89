import { once } from "node:events";
import type { Duplex } from "node:stream";
import WebSocket, { type ClientOptions } from "ws";
import {
  PAGE_PROTOCOL,
  STREAM_HEADER_BYTES,
  type NodeMessage,
  type Welcome,
} from "../../lib/talk/page-protocol";

/** A page without a browser: its socket, and all that came. */
export class TestPage {
  readonly messages: NodeMessage[] = [];
  /** Sound by stream number. */
  readonly sound = new Map<number, Buffer>();
  /** Close code, once it is closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly socket: WebSocket;
  readonly #waits = new Set<() => void>();

  /** @param options - by default the origin that a browser would send */
  constructor(url: string, options: ClientOptions = {}) {
    const { origin } = new URL(url.replace(/^ws/, "http"));
    this.socket = new WebSocket(url, { origin, ...options });
    this.socket.on("message", (data, isBinary) => {
      if (isBinary) this.#take(data as Buffer);
      else
        this.messages.push(
          JSON.parse((data as Buffer).toString()) as NodeMessage,
        );
      this.#wake();
    });
    this.socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    // A refused upgrade closes as well.
    this.socket.on("error", () => {});
  }

  async open(): Promise<this> {
    await once(this.socket, "open");
    return this;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  hello(more: object = {}): void {
    this.say({ type: "hello", version: PAGE_PROTOCOL, ...more });
  }

  /** Says hello and waits to be let in. */
  async enter(more: object = {}): Promise<Welcome> {
    await this.open();
    return this.enterOpen(more);
  }

  /** The same, where the socket is open already. */
  enterOpen(more: object = {}): Promise<Welcome> {
    this.hello(more);
    return this.message("welcome");
  }

  /** Bytes that no client would send. */
  writeRaw(bytes: Buffer): void {
    const { _socket: socket } = this.socket as unknown as { _socket: Duplex };
    socket.write(bytes);
  }

  /** A message of this type that came or will come. */
  message<Type extends NodeMessage["type"]>(
    type: Type,
    matches: (message: Extract<NodeMessage, { type: Type }>) => boolean = () =>
      true,
  ): Promise<Extract<NodeMessage, { type: Type }>> {
    return this.until(`a message ${type}`, () =>
      this.messages.find(
        (each): each is Extract<NodeMessage, { type: Type }> =>
          each.type === type &&
          matches(each as Extract<NodeMessage, { type: Type }>),
      ),
    );
  }

  /** The code with which the socket was or will be closed. */
  async closeCode(): Promise<number> {
    return (await this.until("the socket to be closed", () => this.closed))
      .code;
  }

  close(): void {
    this.socket.close();
  }

  until<T>(what: string, find: () => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waits.delete(check);
        reject(
          new Error(
            `Waited for ${what}; came last: ${JSON.stringify(this.messages.slice(-SHOWN_MESSAGES))}; closed: ${JSON.stringify(this.closed)}`,
          ),
        );
      }, WAIT_LIMIT_MS);
      const check = (): void => {
        const found = find();
        if (found === undefined || found === false) return;
        clearTimeout(timer);
        this.#waits.delete(check);
        resolve(found);
      };
      this.#waits.add(check);
      check();
    });
  }

  #take(frame: Buffer): void {
    const stream = frame.readUInt32LE(0);
    const before = this.sound.get(stream) ?? Buffer.alloc(0);
    this.sound.set(
      stream,
      Buffer.concat([before, frame.subarray(STREAM_HEADER_BYTES)]),
    );
  }

  #wake(): void {
    for (const wait of this.#waits) wait();
  }
}

const WAIT_LIMIT_MS = 12_000;
/** Of what came before a wait that was in vain. */
const SHOWN_MESSAGES = 20;
