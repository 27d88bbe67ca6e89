import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type Hello,
  type NodeMessage,
  type PageMessage,
  type PlayedReport,
  STREAM_HEADER_BYTES,
} from "../../lib/talk/page-protocol";

export const INPUT_RATE = 24_000;
const CHUNK_MS = 40;

/** The strictest policy that the page promises to live under. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface PageServerOptions {
  /** Folder with the built page. */
  readonly folder: string;
  /** Path of the page, with a slash at both ends. */
  readonly base?: string;
  readonly secret?: string;
  /** It says that it is the built-in simulator. */
  readonly isSimulated?: boolean;
}

/** What one page has said, and a way to tell it something. */
export class PageClient {
  readonly hello: Hello;
  readonly messages: PageMessage[] = [];
  readonly frames: Buffer[] = [];
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, hello: Hello) {
    this.#socket = socket;
    this.hello = hello;
  }

  send(...messages: readonly NodeMessage[]): void {
    for (const message of messages) this.#socket.send(JSON.stringify(message));
  }

  /** @param pcm - mono PCM16 at the stream's rate */
  sendAudio(stream: number, pcm: Buffer): void {
    const header = Buffer.alloc(STREAM_HEADER_BYTES);
    header.writeUInt32LE(stream);
    this.#socket.send(Buffer.concat([header, pcm]));
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  /** As a network that is gone: nothing is said. */
  terminate(): void {
    this.#socket.terminate();
  }

  reports(stream: number): readonly PlayedReport[] {
    return this.messages.filter(
      (message): message is PlayedReport =>
        message.type === "played" && message.stream === stream,
    );
  }
}

/**
 * The node's end of the wire without a node: serves the built page, lets pages in, notes what they say. What they hear is what the
 * test sends.
 */
export class PageServer {
  readonly clients: PageClient[] = [];
  /** Requests, as `GET /path`. */
  readonly requests: string[] = [];
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #options: PageServerOptions;
  readonly #types: Readonly<Record<string, string>>;
  readonly #waits = new Set<() => void>();
  #port = 0;

  constructor(options: PageServerOptions) {
    this.#options = options;
    this.#types = JSON.parse(
      readFileSync(path.join(options.folder, "files.json"), "utf8"),
    ) as Record<string, string>;
    this.#http = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      const asked = (request.url ?? "").slice(this.#base.length);
      const name = asked === "" ? "index.html" : asked;
      const type = this.#types[name];
      if (!request.url?.startsWith(this.#base) || type === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, {
        "content-type": type,
        "content-security-policy": POLICY,
      });
      response.end(readFileSync(path.join(options.folder, name)));
    });
    this.#sockets = new WebSocketServer({
      server: this.#http,
      path: `${this.#base}socket`,
    });
    this.#sockets.on("connection", (socket) => this.#greet(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#base}`;
  }

  async listen(): Promise<void> {
    this.#http.listen(this.#port, "127.0.0.1");
    await once(this.#http, "listening");
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    if (!this.#http.listening) return;
    this.#http.close();
    await once(this.#http, "close");
  }

  /** Resolves to what `find` finds, at once or when something new was said; mocha's limit ends the waiting. */
  until<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        this.#waits.delete(check);
        resolve(found);
      };
      this.#waits.add(check);
      check();
    });
  }

  /** The n-th page that was let in, from 0. */
  client(index: number): Promise<PageClient> {
    return this.until(() => this.clients[index]);
  }

  get #base(): string {
    return this.#options.base ?? "/talk/";
  }

  #greet(socket: WebSocket): void {
    socket.once("message", (first: Buffer) => {
      const hello = JSON.parse(first.toString("utf8")) as Hello;
      const { secret } = this.#options;
      if (secret !== undefined && hello.secret !== secret) {
        socket.close(4401, "wrong secret");
        return;
      }
      const client = new PageClient(socket, hello);
      socket.on("message", (data: Buffer, isBinary) => {
        if (isBinary) client.frames.push(data);
        else this.#take(client, JSON.parse(data.toString()) as PageMessage);
        this.#wake();
      });
      client.send({
        type: "welcome",
        title: "Kitchen",
        resume: `conversation ${this.clients.length}`,
        resumed: hello.resume !== undefined,
        inputRate: INPUT_RATE,
        chunkMs: CHUNK_MS,
        ...(this.#options.isSimulated && { isSimulated: true }),
      });
      this.clients.push(client);
      this.#wake();
    });
  }

  #take(client: PageClient, message: PageMessage): void {
    if (message.type === "ping") client.send({ ...message, type: "pong" });
    else client.messages.push(message);
  }

  #wake(): void {
    for (const check of this.#waits) check();
  }
}
