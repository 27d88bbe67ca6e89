import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { inspect } from "node:util";
import { WebSocketServer, type WebSocket } from "ws";
import type { VoiceLiveError } from "../../lib/client/errors";
import { Transport } from "../../lib/client/transport";
import { faultOf } from "./faults";
import { stopClock, type StoppedClock } from "./clock";
import {
  fallSilent,
  LoopbackServer,
  nextTurn,
  refuse,
  until,
  type Answer,
} from "./loopback";

const KEY = "0123456789abcdef0123456789abcdef";

/** Frames that the client takes before they are read. */
const TAKEN = /^taken/;

interface Client {
  readonly transport: Transport;
  readonly log: string[];
  readonly faults: VoiceLiveError[];
  readonly messages: Buffer[];
}

function connect(url: string): Client {
  const log: string[] = [];
  const faults: VoiceLiveError[] = [];
  const messages: Buffer[] = [];
  const transport = new Transport(
    { url, headers: { "api-key": KEY } },
    {
      opened: () => log.push("opened"),
      taker: {
        take: (frame) => {
          if (!TAKEN.test(frame.toString("latin1"))) return false;
          messages.push(Buffer.from(frame));
          return true;
        },
      },
      received: (data) => {
        log.push("received");
        messages.push(data);
      },
      closed: (fault) => {
        log.push("closed");
        faults.push(fault);
      },
      drained: () => log.push("drained"),
    },
  );
  return { transport, log, faults, messages };
}

describe("Transport", () => {
  let clock: StoppedClock;
  let server: LoopbackServer;
  let host: string;
  let client: Client;
  let peer: WebSocket;
  const acceptor = new WebSocketServer({ noServer: true });
  const accept: Answer = (request, socket) =>
    acceptor.handleUpgrade(
      request,
      socket,
      Buffer.alloc(0),
      (accepted) => (peer = accepted),
    );

  beforeEach(() => (clock = stopClock()));
  afterEach(async () => {
    client?.transport.terminate(client.faults[0] ?? (undefined as never));
    clock.uninstall();
    await server?.close();
  });

  async function start(answer: Answer, scheme = "ws"): Promise<void> {
    server = new LoopbackServer(answer);
    host = await server.listen();
    client = connect(`${scheme}://${host}/voice-live/realtime?model=m`);
  }

  async function open(answer: Answer = accept): Promise<void> {
    await start(answer);
    await until(() => client.log.includes("opened"));
  }

  async function fault(): Promise<VoiceLiveError> {
    await until(() => client.faults.length > 0);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    assert.equal(client.faults.length, 1);
    assert.equal(client.log.at(-1), "closed");
    const [first] = client.faults;
    assert.ok(first);
    assert.ok(!inspect(first.message).includes(KEY));
    return first;
  }

  it("carries the key in a header and nowhere else, and offers no compression", async () => {
    await open();
    const { url, headers } = server.requests[0] as IncomingMessage;
    assert.equal(url, "/voice-live/realtime?model=m");
    assert.equal(headers["api-key"], KEY);
    assert.equal(headers["sec-websocket-extensions"], undefined);
    assert.equal(headers["sec-websocket-protocol"], undefined);
  });

  it("passes messages both ways, text and binary, as they are", async () => {
    await open();
    const got: string[] = [];
    peer.on("message", (data, isBinary) =>
      got.push(`${(data as Buffer).toString()} ${isBinary}`),
    );
    client.transport.send("höre");
    peer.send("text");
    peer.send(Buffer.from("bytes"));
    await until(() => got.length === 1 && client.messages.length === 2);
    assert.deepEqual(got, ["höre false"]);
    assert.deepEqual(client.messages.map(String), ["text", "bytes"]);
    assert.ok(client.messages.every((data) => Buffer.isBuffer(data)));
    assert.equal(client.transport.bufferedBytes, 0);
  });

  it("offers each text frame before it is read, in order with all else, and none behind a close", async () => {
    await open();
    const sent = ["taken 1", "read 1", "taken 2", "taken 3", "read 2"];
    for (const words of sent) peer.send(words);
    await until(() => client.messages.length === sent.length);
    assert.deepEqual(client.messages.map(String), sent);
    assert.equal(client.log.filter((each) => each === "received").length, 2);
    // By hand, since a WebSocket sends nothing behind its close.
    const { _socket: socket } = peer as unknown as { _socket: Socket };
    socket.write(
      Buffer.from([0x88, 2, 0x03, 0xe8, 0x81, 5, ...Buffer.from("taken")]),
    );
    await fault();
    assert.equal(client.messages.length, sent.length);
  });

  it("still closes on text that is not UTF-8, behind frames that were taken", async () => {
    await open();
    peer.send("taken");
    const { _socket: socket } = peer as unknown as { _socket: Socket };
    socket.write(Buffer.from([0x81, 2, 0xc3, 0x28]));
    const { code } = await fault();
    assert.equal(code, "VOICE_LIVE_FRAME");
    assert.deepEqual(client.messages.map(String), ["taken"]);
  });

  it("sends audio as it is, in order with all else, also while the peer does not read, and tells when it has caught up", async () => {
    await open();
    const got: string[] = [];
    peer.on("message", (data, isBinary) => {
      assert.equal(isBinary, false);
      got.push((data as Buffer).toString());
    });
    peer.pause();
    const expected: string[] = [];
    for (let index = 0; client.transport.bufferedBytes < 200_000; index++) {
      const frame = Buffer.alloc(1_920, index);
      client.transport.wire?.sendAudio(frame);
      expected.push(
        `{"type":"input_audio_buffer.append","audio":"${frame.toString("base64")}"}`,
      );
      // It was read at once.
      frame.fill(0);
      if (index % 100 > 0) continue;
      client.transport.send(`{"index":${index}}`);
      expected.push(`{"index":${index}}`);
    }
    assert.ok(!client.log.includes("drained"));
    peer.resume();
    await until(() => got.length === expected.length);
    assert.deepEqual(got, expected);
    await until(() => client.log.includes("drained"));
    assert.equal(client.transport.bufferedBytes, 0);
  });

  it("sends what one tick sends at its end, in its order", async () => {
    await open();
    const got: string[] = [];
    peer.on("message", (data) => got.push((data as Buffer).toString()));
    const audio = [1, 2, 3].map((value) => Buffer.alloc(960, value));
    for (const frame of audio) client.transport.wire?.sendAudio(frame);
    client.transport.send("{}");
    assert.ok(client.transport.bufferedBytes > 3 * 1_280);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    assert.equal(client.transport.bufferedBytes, 0);
    await until(() => got.length === 4);
    assert.deepEqual(
      got.slice(0, 3).map((text) => /"audio":"(.*)"/.exec(text)?.[1]),
      audio.map((frame) => frame.toString("base64")),
    );
    assert.equal(got[3], "{}");
  });

  for (const [status, code] of [
    [400, "VOICE_LIVE_BAD_REQUEST"],
    [401, "VOICE_LIVE_UNAUTHORIZED"],
    [403, "VOICE_LIVE_FORBIDDEN"],
    [404, "VOICE_LIVE_NOT_FOUND"],
    [429, "VOICE_LIVE_BUSY"],
    [503, "VOICE_LIVE_UNAVAILABLE"],
  ] as const) {
    it(`names the cause of ${status}, in the service's words`, async () => {
      await start(refuse(status, '{"error":{"message":"because"}}'));
      const { code: found, message, service } = await fault();
      assert.equal(found, code);
      assert.match(message, new RegExp(`\\(${status}: because\\)`));
      assert.equal(service?.status, status);
    });
  }

  it("does not follow a redirect, which could carry the key away", async () => {
    await start((request, socket) =>
      refuse(302, "", [`Location: http://${host}/other`, "Content-Length: 0"])(
        request,
        socket,
      ),
    );
    const { code, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_ENDPOINT", false]);
    assert.equal(server.requests.length, 1);
  });

  it("names the cause two seconds into a body that never ends", async () => {
    await start(refuse(401, '{"error"', ["Content-Length: 1000"]));
    // The handshake's timer is gone and the body's is there.
    await until(() => server.requests.length > 0);
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
    clock.tick(1_999);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    assert.deepEqual(client.faults, []);
    clock.tick(1);
    assert.equal((await fault()).code, "VOICE_LIVE_UNAUTHORIZED");
  });

  it("reads no more of an endless body than it needs", async () => {
    await start(refuse(500, "x".repeat(10_000), ["Content-Length: 9999999"]));
    assert.equal((await fault()).code, "VOICE_LIVE_UNAVAILABLE");
  });

  it("names a port where nobody listens", async () => {
    await start(accept);
    await until(() => client.log.includes("opened"));
    await server.close();
    client = connect(`ws://${host}/path?model=m`);
    const { code, message, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_NETWORK", true]);
    assert.ok(
      message.includes(`refuses connections (ECONNREFUSED at ${host}).`),
      message,
    );
  });

  it("names a port that does not speak TLS", async () => {
    await start(accept, "wss");
    const { code, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_TLS", false]);
  });

  it("names a host that hangs up in the middle of the handshake", async () => {
    await start((_request, socket) => socket.destroy());
    const { code, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_NETWORK", true]);
  });

  it("names the service's reason to close", async () => {
    await open();
    peer.close(1011, "no memory");
    const { code, message } = await fault();
    assert.equal(code, "VOICE_LIVE_UNAVAILABLE");
    assert.match(message, /\(1011: no memory\)/);
  });

  it("names a lost line", async () => {
    await open();
    peer.terminate();
    const { code, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_NETWORK", true]);
  });

  it("takes 15 MiB in one message, and names what is too large", async () => {
    await open();
    peer.send(Buffer.alloc(15 * 1024 * 1024));
    await until(() => client.messages.length === 1);
    peer.send(Buffer.alloc(17 * 1024 * 1024));
    const { code, message } = await fault();
    assert.equal(code, "VOICE_LIVE_FRAME");
    assert.match(message, /more than 16 MiB/);
  });

  it("finds a dead peer within 25 seconds", async () => {
    await open(fallSilent);
    clock.tick(15_000);
    clock.tick(9_999);
    await nextTurn();
    assert.deepEqual(client.faults, []);
    clock.tick(1);
    const { code, message, retryable } = await fault();
    assert.deepEqual([code, retryable], ["VOICE_LIVE_NETWORK", true]);
    assert.match(message, /does not answer any more/);
    assert.equal(clock.countTimers(), 0);
  });

  it("keeps a peer that answers pings and says nothing else", async () => {
    await open();
    let pings = 0;
    peer.on("ping", () => (pings += 1));
    for (let round = 1; round <= 8; round += 1) {
      clock.tick(15_000);
      await until(() => pings === round);
      for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    }
    assert.deepEqual(client.log, ["opened"]);
  });

  it("does not take its own standstill for a dead peer: what has come meanwhile is read first", async () => {
    await open();
    let hasAnswered = false;
    peer.on("ping", () => {
      // The pong is written, and nobody has read it: all timers are due at once.
      clock.tick(10_000);
      hasAnswered = true;
    });
    clock.tick(15_000);
    await until(() => hasAnswered);
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    assert.deepEqual(client.log, ["opened"]);
  });

  it("refuses to hold more than 16 MiB for a peer that does not read", async () => {
    await open();
    peer.pause();
    const message = "x".repeat(1024 * 1024);
    let sent = 0;
    const flood = (): void => {
      for (; sent < 200; sent += 1) client.transport.send(message);
    };
    faultOf("VOICE_LIVE_LIMIT", flood);
    assert.ok(client.transport.bufferedBytes <= 18 * 1024 * 1024);
    peer.resume();
    await until(() => client.transport.bufferedBytes === 0);
    client.transport.send("again");
    assert.equal(client.transport.isOpen, true);
  });

  it("does not take its own pause for a dead peer", async () => {
    await open(fallSilent);
    clock.tick(10_000);
    client.transport.pause();
    assert.equal(client.transport.isPaused, true);
    clock.tick(120_000);
    client.transport.resume();
    clock.tick(4_000);
    await nextTurn();
    assert.deepEqual(client.log, ["opened"]);
  });

  it("does not blame the peer for a pause that began after the question", async () => {
    await open(fallSilent);
    clock.tick(20_000);
    client.transport.pause();
    clock.tick(1_000);
    client.transport.resume();
    clock.tick(5_000);
    await nextTurn();
    assert.deepEqual(client.log, ["opened"]);
    clock.tick(24_000);
    assert.match((await fault()).message, /does not answer/);
  });

  it("receives nothing while paused and everything after", async () => {
    await open();
    client.transport.pause();
    peer.send("late");
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    assert.deepEqual(client.messages, []);
    client.transport.resume();
    await until(() => client.messages.length === 1);
  });

  it("closes politely", async () => {
    await open();
    let closeCode = 0;
    peer.on("close", (code) => (closeCode = code));
    client.transport.close();
    client.transport.close();
    await fault();
    assert.equal(closeCode, 1_000);
    assert.equal(clock.countTimers(), 0);
  });

  for (const isPaused of [false, true]) {
    it(`closes within two seconds although the peer is silent${isPaused ? " and reading is paused" : ""}`, async () => {
      await open(fallSilent);
      if (isPaused) client.transport.pause();
      client.transport.close();
      clock.tick(1_999);
      await nextTurn();
      assert.deepEqual(client.faults, []);
      clock.tick(1);
      await fault();
      assert.equal(clock.countTimers(), 0);
    });
  }

  it("closes at once while the handshake hangs", async () => {
    await start(() => undefined);
    await until(() => server.requests.length === 1);
    client.transport.close();
    await fault();
  });

  it("sends nothing, and throws nothing, before it is open and after it is closed", async () => {
    await start(accept);
    client.transport.send("too early");
    await until(() => client.log.includes("opened"));
    let messages = 0;
    peer.on("message", () => (messages += 1));
    peer.close();
    await fault();
    client.transport.send("too late");
    client.transport.close();
    assert.equal(messages, 0);
    assert.deepEqual(client.log, ["opened", "closed"]);
  });

  it("says nothing more once it is closed", async () => {
    await open();
    peer.send("one");
    await until(() => client.messages.length === 1);
    client.transport.close();
    peer.terminate();
    await fault();
    assert.equal(client.log.filter((line) => line === "closed").length, 1);
    assert.equal(client.log.at(-1), "closed");
  });
});
