import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { nextTurn, until } from "../client/loopback";
import { stopClock, type StoppedClock } from "../client/clock";
import { Random } from "../support/random";
import { ChaosProxy } from "./chaos-proxy";

/** Bytes that arrived, their pieces, and how the stream ended. */
class Ear {
  readonly pieces: Buffer[] = [];
  ended = false;
  closed = false;
  error = "";

  constructor(readonly socket: Socket) {
    socket.on("data", (bytes: Buffer) => this.pieces.push(bytes));
    socket.on("end", () => (this.ended = true));
    socket.on("close", () => (this.closed = true));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? "";
    });
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}

describe("ChaosProxy", () => {
  let clock: StoppedClock;
  let server: Server;
  let proxy: ChaosProxy;
  let client: Ear;
  let service: Ear;

  beforeEach(async () => {
    clock = stopClock();
    server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = await ChaosProxy.start(
      (server.address() as AddressInfo).port,
      new Random(1),
    );
    await open();
  });
  afterEach(async () => {
    clock.uninstall();
    await proxy.close();
    client.socket.destroy();
    service.socket.destroy();
    server.close();
  });

  async function open(): Promise<void> {
    const accepted = once(server, "connection") as Promise<[Socket]>;
    client = new Ear(
      connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true }),
    );
    const [socket] = await accepted;
    service = new Ear(socket);
  }

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      clock.tick(Math.min(10, left));
      for (let turn = 0; turn < 4; turn++) await nextTurn();
    }
  }

  /** Enough turns for anything that was going to arrive. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await nextTurn();
  }

  it("carries both directions as they are", async () => {
    client.socket.write("hello");
    service.socket.write("welcome");
    await until(() => service.text === "hello" && client.text === "welcome");
    client.socket.end();
    service.socket.end();
    await until(() => client.closed && service.closed && proxy.links === 0);
    assert.equal(client.error + service.error, "");
  });

  it("delays by latency and jitter, and keeps the order", async () => {
    proxy.shape({ latencyMs: 100, jitterMs: 100 }, ["up"]);
    for (const piece of ["a", "b", "c", "d"]) {
      client.socket.write(piece);
      await settle();
    }
    await pass(90);
    assert.equal(service.text, "");
    await pass(120);
    assert.equal(service.text, "abcd");
    service.socket.write("now");
    await until(() => client.text === "now");
  });

  it("holds bytes to a speed, and holds the sender back", async () => {
    proxy.shape({ bytesPerSecond: 10_000, pieceBytes: 100 });
    client.socket.write(Buffer.alloc(4_000_000));
    await settle();
    await pass(1_000);
    assert.ok(
      service.bytes > 9_000 && service.bytes < 11_000,
      `${service.bytes}`,
    );
    assert.ok(client.socket.writableLength > 0, "the sender still holds some");
  });

  it("stops, and goes on without loss", async () => {
    proxy.shape({ bytesPerSecond: 0 }, ["up"]);
    client.socket.write("held");
    await pass(60_000);
    assert.equal(service.text, "");
    service.socket.write("other way");
    await until(() => client.text === "other way");
    proxy.heal();
    await until(() => service.text === "held");
  });

  it("cuts into pieces of one byte", async () => {
    proxy.shape({ pieceBytes: 1, bytesPerSecond: 100 });
    client.socket.write("slices");
    await settle();
    await pass(100);
    assert.equal(service.text, "slices");
    assert.equal(service.pieces.length, 6);
  });

  it("resets both sides", async () => {
    proxy.reset();
    await until(() => client.closed && service.closed);
    assert.equal(client.error, "ECONNRESET");
    assert.equal(service.error, "ECONNRESET");
    assert.equal(proxy.links, 0);
  });

  it("passes a reset of one side on to the other", async () => {
    client.socket.resetAndDestroy();
    await until(() => service.closed);
    assert.equal(service.error, "ECONNRESET");
  });

  it("ends one direction and carries the other", async () => {
    proxy.halfClose("down");
    await until(() => client.ended);
    client.socket.write("still here");
    await until(() => service.text === "still here");
    assert.equal(service.ended, false);
    service.socket.write("nobody hears this");
    await settle();
    assert.equal(client.text, "");
  });

  for (const direction of ["up", "down"] as const) {
    it(`swallows ${direction} only, the end of the stream included, until it is healed`, async () => {
      const [from, to] =
        direction === "up" ? [client, service] : [service, client];
      proxy.swallow([direction]);
      from.socket.write("lost");
      to.socket.write("found");
      await until(() => from.text === "found");
      from.socket.destroy();
      await settle();
      assert.equal(to.text, "");
      assert.equal(to.closed || to.ended, false);
      proxy.heal();
      await until(() => to.closed);
      await open();
      client.socket.write("again");
      await until(() => service.text === "again");
    });
  }

  it("swallows what connects meanwhile", async () => {
    proxy.swallow();
    await open();
    client.socket.write("lost");
    service.socket.write("lost");
    await settle();
    assert.equal(service.text + client.text, "");
  });

  it("refuses new connections while it is down, and leaves open ones alone", async () => {
    proxy.takeDown();
    const late = new Ear(connect(proxy.port, "127.0.0.1"));
    await until(() => late.closed);
    assert.equal(late.error, "ECONNREFUSED");
    client.socket.write("hello");
    await until(() => service.text === "hello");
    proxy.heal();
    await open();
    client.socket.write("again");
    await until(() => service.text === "again");
  });

  it("closes slowly", async () => {
    proxy.closeSlowly(500);
    client.socket.end("bye");
    await until(() => service.text === "bye");
    await pass(490);
    assert.equal(service.ended, false);
    await pass(10);
    await until(() => service.ended);
  });
});
