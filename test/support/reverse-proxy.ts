import { once } from "node:events";
import {
  request as askHttp,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { createServer, type Server } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificates";

/**
 * A reverse proxy as people put it before Node-RED: it ends TLS, serves the target under a path of its own, and says in
 * `X-Forwarded-*` who has asked for what.
 */
export class ReverseProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #prefix: string;
  readonly #target: URL;

  /**
   * @param target - address of the server behind it
   * @param prefix - path in front of the target's, with slashes at both ends
   */
  constructor(target: string, prefix: string, certificate: Certificate) {
    this.#target = new URL(target);
    this.#prefix = prefix;
    this.#server = createServer({ ...certificate });
    this.#server.on("connection", (socket: Socket) => this.#keep(socket));
    this.#server.on("request", (request, response) => {
      const path = this.#pathOf(request);
      if (path === undefined) return void response.writeHead(404).end();
      const onward = askHttp(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method: request.method,
          path,
          headers: this.#headersOf(request),
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    this.#server.on("upgrade", (request, socket, head) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** Where the target is found, with a slash at the end. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://localhost:${port}${this.#prefix}`;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = this.#pathOf(request);
    if (path === undefined) return void socket.destroy();
    const headers = Object.entries(this.#headersOf(request))
      .map(([name, value]) => `${name}: ${String(value)}\r\n`)
      .join("");
    const onward = connect(Number(this.#target.port), this.#target.hostname);
    for (const each of [socket, onward]) this.#keep(each);
    onward.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A browser that goes away is part of the test.
    socket.on("error", () => undefined);
  }

  /** @returns undefined for what is not the target's */
  #pathOf({ url = "" }: IncomingMessage): string | undefined {
    return url.startsWith(this.#prefix)
      ? url.slice(this.#prefix.length - 1)
      : undefined;
  }

  /** The target is asked by its own name, as most proxies do when nobody tells them otherwise. */
  #headersOf({ headers, socket }: IncomingMessage): OutgoingHttpHeaders {
    return {
      ...headers,
      host: this.#target.host,
      "x-forwarded-for": socket.remoteAddress,
      "x-forwarded-host": headers.host,
      "x-forwarded-proto": "https",
    };
  }
}
