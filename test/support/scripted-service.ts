import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";

/** Any member, any depth: tests look at what came, the assertions check it. */
type Loose = ReturnType<typeof JSON.parse>;

export interface WireEvent {
  readonly type: string;
  readonly [member: string]: Loose;
}

/** A peer on loopback that says exactly what the test tells it to, in any order, sensible or not. */
export class ScriptedService {
  readonly #server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    perMessageDeflate: false,
  });

  static async start(): Promise<ScriptedService> {
    const service = new ScriptedService();
    await once(service.#server, "listening");
    return service;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next client to come, as soon as its settings are confirmed. */
  async session(): Promise<ScriptedSession> {
    const [socket, request] = (await once(this.#server, "connection")) as [
      WebSocket,
      IncomingMessage,
    ];
    const session = new ScriptedSession(socket, request.socket);
    await session.ready;
    return session;
  }

  /** Tells of each client that comes. */
  onSession(listener: (session: ScriptedSession) => void): void {
    this.#server.on("connection", (socket, request) =>
      listener(new ScriptedSession(socket, request.socket)),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** The service's end of one session. */
export class ScriptedSession {
  /** All that the client has sent but audio. */
  readonly received: WireEvent[] = [];
  readonly ready: Promise<void>;
  readonly #socket: WebSocket;
  readonly #wire: Socket;
  #closeCode: number | undefined;
  #appends = 0;
  #events = 0;

  constructor(socket: WebSocket, wire: Socket) {
    this.#socket = socket;
    this.#wire = wire;
    socket.on("close", (code) => (this.#closeCode = code));
    this.ready = new Promise((resolve) => {
      socket.on("message", (data: Buffer) =>
        this.#receive(JSON.parse(data.toString("utf8")) as WireEvent, resolve),
      );
    });
    this.send({ type: "session.created", session: { id: "sess_scripted" } });
  }

  /** Appends of audio so far. */
  get appends(): number {
    return this.#appends;
  }

  send(event: WireEvent): void {
    this.#socket.send(
      JSON.stringify({ event_id: `event_${++this.#events}`, ...event }),
    );
  }

  /** Sends any message as it is: text, or binary. */
  sendFrame(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** The client's end of the socket is gone. */
  get isGone(): boolean {
    return this.#wire.destroyed;
  }

  /** Hears nothing any more, neither a close nor a ping. */
  goDeaf(): void {
    this.#wire.pause();
  }

  /** How the client has closed it, if it has. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** Writes bytes past the WebSocket, and waits until the kernel has taken them; a socket that is closed takes none. */
  async sendBytes(bytes: Buffer): Promise<void> {
    if (!this.#wire.writable) return;
    await new Promise<void>((resolve) =>
      this.#wire.write(bytes, () => resolve()),
    );
  }

  /** Until the client has taken in all that was sent, and what it answered to that has come: frames keep their order. */
  async settled(): Promise<void> {
    const pong = once(this.#socket, "pong");
    this.#socket.ping();
    await pong;
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close(1000);
    await closed;
  }

  #receive(event: WireEvent, ready: () => void): void {
    if (event.type === "input_audio_buffer.append") {
      this.#appends++;
      return;
    }
    this.received.push(event);
    if (event.type !== "session.update") return;
    this.send({
      type: "session.updated",
      session: { ...event["session"], id: "sess_scripted" },
    });
    ready();
  }
}
