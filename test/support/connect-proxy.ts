import { createServer as createHttp, type IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificates";

export interface ConnectProxyOptions {
  /** Where every tunnel really leads, whatever host is asked for: the proxy is who resolves names. */
  readonly port: number;
  /** `user:password` that is asked for; by default none. */
  readonly login?: string;
  /** Instead of a tunnel: this status, these words, no answer, or an end without one. */
  readonly answer?: number | { readonly words: string } | "silence" | "end";
  /** Speaks TLS itself. */
  readonly certificate?: Certificate;
}

/** A proxy on loopback that knows `CONNECT` and nothing else. */
export class ConnectProxy {
  readonly connects: IncomingMessage[] = [];
  /** Everything that clients sent before their tunnel stood. */
  readonly heard: Buffer[] = [];
  readonly #sockets = new Set<Duplex>();
  readonly #options: ConnectProxyOptions;
  readonly #server;

  constructor(options: ConnectProxyOptions) {
    this.#options = options;
    this.#server = options.certificate
      ? createHttps({ ...options.certificate })
      : createHttp();
    this.#server.on("connection", (socket: Socket) => this.#keep(socket));
    this.#server.on("connect", (request: IncomingMessage, socket: Duplex) => {
      this.connects.push(request);
      this.#answer(request, socket);
    });
  }

  /** Sockets that clients hold open. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) =>
      this.#server.listen(0, "127.0.0.1", resolve),
    );
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that hangs up is part of many tests.
    socket.on("error", () => undefined);
  }

  #answer(request: IncomingMessage, socket: Duplex): void {
    const { answer } = this.#options;
    this.#keep(socket);
    const isLetThrough = answer === undefined && this.#isLoggedIn(request);
    if (isLetThrough) return this.#tunnel(socket);
    // Read on, or the client's end is not seen.
    socket.on("data", (data: Buffer) => this.heard.push(data));
    socket.on("end", () => socket.end());
    if (answer === "silence") return;
    if (answer === "end") return void socket.end();
    if (typeof answer === "object") return void socket.end(answer.words);
    this.#refuse(request, socket, answer ?? 407);
  }

  #isLoggedIn({ headers }: IncomingMessage): boolean {
    const { login } = this.#options;
    if (login === undefined) return true;
    const wanted = `Basic ${Buffer.from(login).toString("base64")}`;
    return headers["proxy-authorization"] === wanted;
  }

  /** Quotes what it was sent, as a careless proxy would. */
  #refuse(request: IncomingMessage, socket: Duplex, status: number): void {
    const body = `You sent ${request.headers["proxy-authorization"]}`;
    socket.write(
      [
        `HTTP/1.1 ${status} ${body}`,
        "Proxy-Authenticate: Basic realm=test",
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  #tunnel(socket: Duplex): void {
    const onward = connect(this.#options.port, "127.0.0.1");
    this.#keep(onward);
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
  }
}
