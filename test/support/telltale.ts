import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";

/** Every way in which a careless peer could spell what it was given. */
export function spellings(secret: string): readonly string[] {
  const base64 = ["", "x", "xy"].map((before) =>
    Buffer.from(`${before}${secret}`).toString("base64"),
  );
  return [
    secret,
    secret.toLowerCase(),
    ...inAddresses(secret),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("base64url"),
    ...base64,
  ];
}

/**
 * What of a text gives a secret away: a spelling of it, or base64 that holds it.
 * @returns the piece that was found, with what stands round it
 */
export function findSecret(text: string, secret: string): string | undefined {
  const clues = [
    secret,
    secret.toLowerCase(),
    ...inAddresses(secret),
    Buffer.from(secret).toString("hex"),
    ...innerBase64(secret),
  ];
  const at = clues
    .map((clue) => text.indexOf(clue))
    .find((place) => place >= 0);
  return at === undefined
    ? undefined
    : text.slice(Math.max(0, at - 80), at + 80);
}

function inAddresses(secret: string): readonly string[] {
  const login = Object.assign(new URL("http://host"), { password: secret });
  const query = new URLSearchParams({ k: secret }).toString().slice(2);
  return [encodeURIComponent(secret), query, login.password];
}

/** The digits that a secret has of its own, wherever in a longer text it stands. */
function innerBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const digits = Buffer.from("x".repeat(before) + secret).toString("base64");
    const own = digits.slice(4, Math.floor(digits.length / 4) * 4 - 4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/**
 * A service that repeats every secret that it is given, in every spelling and at every place where it may say something. The
 * first part of the path says when: `/401`, `/503`, `/302` refuse the upgrade, `/talk` accepts it.
 */
export class Telltale {
  readonly requests: IncomingMessage[] = [];
  readonly #server = createServer();
  readonly #acceptor = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<Telltale> {
    const telltale = new Telltale();
    telltale.#server.listen(0, "127.0.0.1");
    await once(telltale.#server, "listening");
    return telltale;
  }

  private constructor() {
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
    });
    this.#server.on("upgrade", (request, socket, head) => {
      this.requests.push(request);
      const status = Number(/^\/(\d+)\//.exec(request.url ?? "")?.[1] ?? 0);
      if (status > 0) return refuse(socket, status, leak(request));
      this.#acceptor.handleUpgrade(request, socket, head, (peer) =>
        this.#accept(peer, leak(request)),
      );
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(peer: WebSocket, said: string): void {
    peer.on("error", () => undefined);
    peer.on("message", (data: Buffer) => {
      const event = JSON.parse(data.toString()) as { type: string };
      if (event.type !== "session.update") return;
      peer.send(sessionUpdated(said));
      for (const frame of gossip(said)) peer.send(frame);
      peer.close(4000, said.slice(0, 100));
    });
  }
}

function leak({ headers }: IncomingMessage): string {
  const secret =
    headers["api-key"] ?? headers.authorization?.replace("Bearer ", "") ?? "";
  return `${spellings(String(secret)).join(" ")} ${JSON.stringify(headers)}`;
}

function refuse(socket: Duplex, status: number, said: string): void {
  const body = JSON.stringify({ error: { code: said, message: said } });
  socket.end(
    [
      `HTTP/1.1 ${status} ${said}`,
      `Location: https://127.0.0.1/?api-key=${encodeURIComponent(said)}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

function sessionUpdated(said: string): string {
  return JSON.stringify({
    type: "session.updated",
    event_id: "event_0",
    session: {
      id: "sess_telltale",
      model: "gpt-realtime",
      instructions: said,
      tools: [{ type: "mcp", server_label: "x", authorization: said }],
      [said]: said,
    },
  });
}

/** One of each kind that quotes foreign words. */
function gossip(said: string): readonly string[] {
  const error = { type: said, code: said, param: said, message: said };
  return [
    { type: "error", error: { ...error, event_id: said } },
    { type: "warning", warning: { code: said, message: said, param: said } },
    {
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "item_1",
      content_index: 0,
      error,
    },
    {
      type: "response.done",
      response: {
        id: "resp_1",
        object: "realtime.response",
        status: "failed",
        output: [],
        status_details: { type: "failed", error },
      },
    },
    { type: "an.event.that.nobody.knows", said },
    { type: said, said },
  ]
    .map((event, i) => JSON.stringify({ event_id: `event_${i}`, ...event }))
    .concat(`{"type": "${said}`, said);
}
