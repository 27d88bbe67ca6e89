import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import type { Random } from "../support/random";
import { ChaosPipe, PERFECT, type PipeShape } from "./chaos-pipe";

/** `up` is from the client to the service. */
export type Direction = "up" | "down";

const BOTH: readonly Direction[] = ["up", "down"];

/** One client's connection through the proxy. */
interface Link {
  readonly client: Socket;
  readonly service: Socket;
  readonly up: ChaosPipe;
  readonly down: ChaosPipe;
}

/**
 * A bad network on loopback, between client and service: all of it can be changed while connections are open.
 *
 *     client ──up──▶ ChaosPipe ──▶ service
 *        ▲                             │
 *        └──────── ChaosPipe ◀──down───┘
 */
export class ChaosProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #random: Random;
  readonly #links = new Set<Link>();
  readonly #shapes: Record<Direction, PipeShape> = {
    up: PERFECT,
    down: PERFECT,
  };
  readonly #holes = new Set<Direction>();
  #isDown = false;
  #port = 0;
  #slowCloseMs = 0;

  private constructor(target: number, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#server = createServer({ allowHalfOpen: true }, (client) =>
      this.#accept(client),
    );
  }

  /** @param target - port of the service on 127.0.0.1 */
  static async start(target: number, random: Random): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, random);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.#port = (proxy.#server.address() as AddressInfo).port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Connections that are open. */
  get links(): number {
    return this.#links.size;
  }

  /** Changes how bytes travel; what is not named stays as it is. */
  shape(shape: Partial<PipeShape>, directions = BOTH): void {
    for (const direction of directions) {
      this.#shapes[direction] = { ...this.#shapes[direction], ...shape };
      for (const link of this.#links)
        link[direction].shape = this.#shapes[direction];
    }
  }

  /** Bytes are taken and lead nowhere, the end of the stream included. */
  swallow(directions = BOTH): void {
    for (const direction of directions) {
      this.#holes.add(direction);
      for (const link of this.#links) link[direction].swallow();
    }
  }

  /** New connections are refused, open ones live on. */
  takeDown(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#server.close();
  }

  /** A perfect network from here on. Connections that have lost bytes are reset. */
  heal(): void {
    if (this.#isDown) this.#server.listen(this.#port, "127.0.0.1");
    for (const link of this.#links)
      if (link.up.isHole || link.down.isHole) cut(link);
    this.#isDown = false;
    this.#slowCloseMs = 0;
    this.#holes.clear();
    this.shape(PERFECT);
  }

  /** Ends every connection with RST, to both sides. */
  reset(): void {
    for (const link of this.#links) cut(link);
  }

  /** Tells one side that the other will send no more, and goes on carrying what it says itself. */
  halfClose(direction: Direction): void {
    for (const link of this.#links) link[direction].end();
  }

  /** From here on the end of a stream travels so much later than its last byte. */
  closeSlowly(ms: number): void {
    this.#slowCloseMs = ms;
  }

  async close(): Promise<void> {
    this.reset();
    if (this.#isDown) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    const service = connect({
      port: this.#target,
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    for (const socket of [client, service]) socket.setNoDelay();
    const link: Link = {
      client,
      service,
      up: this.#pipe("up", client, service),
      down: this.#pipe("down", service, client),
    };
    this.#links.add(link);
    this.#watch(link, client, link.up);
    this.#watch(link, service, link.down);
  }

  #pipe(direction: Direction, from: Socket, to: Socket): ChaosPipe {
    const pipe = new ChaosPipe(from, to, {
      random: this.#random,
      shape: this.#shapes[direction],
      slowCloseMs: () => this.#slowCloseMs,
    });
    if (this.#holes.has(direction)) pipe.swallow();
    return pipe;
  }

  /** A side that is gone takes the other along, unless a hole keeps the news. */
  #watch(link: Link, socket: Socket, outgoing: ChaosPipe): void {
    socket.on("error", () => {
      if (!outgoing.isHole) cut(link);
    });
    socket.on("close", () => {
      if (link.client.destroyed && link.service.destroyed)
        this.#links.delete(link);
      else if (!outgoing.isHole && !outgoing.isEnding) cut(link);
    });
  }
}

function cut({ client, service, up, down }: Link): void {
  for (const pipe of [up, down]) pipe.stop();
  for (const socket of [client, service])
    // Node.js leaves the handle of a socket open that is reset while it ends.
    if (socket.writableEnded) socket.destroy();
    else socket.resetAndDestroy();
}
