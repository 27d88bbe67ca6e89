import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What WebSocket servers add to the client's key before they hash it (RFC 6455 §1.3). */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export type Answer = (request: IncomingMessage, socket: Duplex) => void;

/** A server on loopback that answers upgrade requests as a test likes. */
export class LoopbackServer {
  readonly requests: IncomingMessage[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(answer: Answer) {
    this.#server = createServer();
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      // A client that hangs up is part of many tests.
      socket.on("error", () => undefined);
    });
    this.#server.on("upgrade", (request, socket) => {
      this.requests.push(request);
      answer(request, socket);
    });
  }

  /** @returns address without scheme */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) =>
      this.#server.listen(0, "127.0.0.1", resolve),
    );
    const { port } = this.#server.address() as AddressInfo;
    return `127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Refuses the upgrade. `body` may be shorter than promised, and then never ends. */
export function refuse(
  status: number,
  body = "",
  headers: readonly string[] = [`Content-Length: ${body.length}`],
): Answer {
  return (_request, socket) => {
    socket.write(
      [`HTTP/1.1 ${status} Refused`, ...headers, "", body].join("\r\n"),
    );
  };
}

/** Completes the handshake and then says nothing any more, not even pong or close. */
export const fallSilent: Answer = (request, socket) => {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}${ACCEPT_SUFFIX}`)
    .digest("base64");
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept}`,
      "",
      "",
    ].join("\r\n"),
  );
  socket.resume();
};

/** A loopback socket needs a few turns; one that needs so many will never be done. */
const MAX_TURNS = 200_000;

/** Waits for real sockets while the clock stands still. */
export async function until(isDone: () => boolean): Promise<void> {
  for (let turn = 0; !isDone(); turn++) {
    if (turn >= MAX_TURNS) throw new Error(`Still not: ${isDone.toString()}`);
    await nextTurn();
  }
}

/** One turn of the event loop, sockets included. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
