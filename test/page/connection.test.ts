import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import {
  type NodeMessage,
  PAGE_CLOSE,
  type Welcome,
} from "../../lib/talk/page-protocol";
import {
  Connection,
  type Phase,
  type Socket,
} from "../../page/model/connection";

class FakeSocket implements Socket {
  binaryType = "";
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  send(data: string | ArrayBufferView<ArrayBuffer>): void {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }
  close(): void {
    this.isClosed = true;
  }
  says(message: NodeMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const WELCOME: Welcome = {
  type: "welcome",
  title: "Kitchen",
  resume: "proof",
  resumed: false,
  inputRate: 24_000,
  chunkMs: 40,
};

describe("Connection of the page", () => {
  let clock: ReturnType<typeof FakeTimers.install>;
  let sockets: FakeSocket[];
  let phases: Phase[];
  let heard: { stream: number; pcm: Int16Array }[];
  let messages: NodeMessage[];
  let connection: Connection;

  const last = (): FakeSocket => sockets.at(-1)!;
  const phase = (): Phase => phases.at(-1)!;

  function create(secret?: string): void {
    sockets = [];
    phases = [];
    heard = [];
    messages = [];
    connection = new Connection({
      connect: () => {
        sockets.push(new FakeSocket());
        return last();
      },
      language: () => "de",
      secret,
      now: () => clock.now,
      random: () => 0,
      onPhase: (each) => phases.push(each),
      onWelcome: () => undefined,
      onMessage: (message) => messages.push(message),
      onAudio: (stream, pcm) => heard.push({ stream, pcm }),
    });
  }

  function open(): void {
    connection.start();
    last().onopen?.();
    last().says(WELCOME);
  }

  beforeEach(() => {
    clock = FakeTimers.install();
    create();
  });
  afterEach(() => {
    connection.leave();
    clock.uninstall();
  });

  it("says hello first, with the ticket and the page's language", () => {
    create("ticket");
    connection.start();
    assert.equal(connection.send({ type: "interrupt" }), false);
    last().onopen?.();
    assert.deepEqual(last().sent, [
      { type: "hello", version: 1, language: "de", secret: "ticket" },
    ]);
    last().says(WELCOME);
    assert.deepEqual(phase(), { kind: "open" });
  });

  it("comes back with its proof, ever slower, at most every 10 s", () => {
    open();
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      last().onclose?.({ code: 1006 });
      const from = clock.now;
      clock.next();
      waits.push(clock.now - from);
    }
    assert.deepEqual(
      waits,
      [125, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000],
    );
    last().onopen?.();
    assert.equal((last().sent[0] as { resume?: string }).resume, "proof");
    last().says({ ...WELCOME, resumed: true });
    last().onclose?.({ code: PAGE_CLOSE.restarting });
    const from = clock.now;
    clock.next();
    assert.equal(clock.now - from, 125);
  });

  it("asks for the password, and tells a wrong one from none", () => {
    connection.start();
    last().onclose?.({ code: PAGE_CLOSE.denied });
    assert.deepEqual(phase(), { kind: "secret", problem: undefined });
    connection.start("wrong");
    last().onclose?.({ code: PAGE_CLOSE.denied });
    assert.deepEqual(phase(), { kind: "secret", problem: "wrong" });
    assert.equal(clock.countTimers(), 0);
    connection.start("guessed");
    last().onclose?.({ code: PAGE_CLOSE.braked });
    assert.deepEqual(phase(), { kind: "secret", problem: "braked" });
    assert.equal(clock.countTimers(), 0);
    connection.start("right");
    last().onopen?.();
    assert.equal((last().sent[0] as { secret?: string }).secret, "right");
  });

  for (const reason of [
    "expired",
    "foreignOrigin",
    "outdated",
    "replaced",
    "ended",
  ] as const)
    it(`stops when it is told ${reason}`, () => {
      open();
      last().onclose?.({ code: PAGE_CLOSE[reason] });
      assert.deepEqual(phase(), { kind: "stopped", reason });
      assert.equal(clock.countTimers(), 0);
    });

  it("waits longer where too much is going on", () => {
    connection.start();
    last().onclose?.({ code: PAGE_CLOSE.tooManyPages });
    assert.deepEqual(phase(), { kind: "waiting", isCrowded: true });
    clock.tick(7_400);
    assert.equal(sockets.length, 1);
    clock.tick(200);
    assert.equal(sockets.length, 2);
  });

  it("gives up when its own messages are not understood three times in a row", () => {
    open();
    for (let round = 0; round < 3; round += 1) {
      last().onclose?.({ code: PAGE_CLOSE.malformed });
      if (round < 2) clock.next();
    }
    assert.deepEqual(phase(), { kind: "stopped", reason: "malformed" });
  });

  it("finds out that the network is gone", () => {
    open();
    const first = last();
    clock.tick(10_000);
    assert.equal((first.sent.at(-1) as { type: string }).type, "ping");
    first.says({ type: "pong", at: 0 });
    clock.tick(8_100);
    assert.equal(phase().kind, "open");
    clock.tick(1_900);
    clock.tick(8_000);
    assert.ok(first.isClosed);
    assert.equal(phase().kind, "waiting");
  });

  it("does not wait for a welcome for ever", () => {
    connection.start();
    last().onopen?.();
    clock.tick(10_000);
    assert.equal(phase().kind, "waiting");
  });

  it("hurries when the browser says that the network is back", () => {
    open();
    last().onclose?.({ code: 1006 });
    connection.hurry();
    assert.equal(sockets.length, 2);
    connection.hurry();
    assert.equal(sockets.length, 2);
  });

  it("hands on audio with its stream and survives frames that are none", () => {
    open();
    const frame = new Uint8Array([7, 0, 0, 0, 1, 0, 255, 255]);
    last().onmessage?.({ data: frame.buffer });
    assert.deepEqual(
      heard.map(({ stream, pcm }) => [stream, ...pcm]),
      [[7, 1, -1]],
    );
    for (const bad of [
      new ArrayBuffer(0),
      new ArrayBuffer(4),
      new ArrayBuffer(7),
      "{",
      "null",
      '{"type":"toString"}',
      '{"type":"transcript","id":5}',
      12,
    ])
      last().onmessage?.({ data: bad });
    assert.equal(heard.length, 1);
    assert.deepEqual(messages, []);
  });

  it("drops speech that the network cannot take, and counts it", () => {
    open();
    last().bufferedAmount = 48_001;
    connection.sendAudio(new Int16Array(960));
    assert.equal(connection.droppedFrames, 1);
    last().bufferedAmount = 0;
    connection.sendAudio(new Int16Array(960));
    assert.ok(last().sent.at(-1) instanceof Int16Array);
  });

  it("begins another conversation after it has left, and goes on after it was put aside", () => {
    open();
    connection.pause();
    connection.start();
    last().onopen?.();
    assert.equal((last().sent[0] as { resume?: string }).resume, "proof");
    last().says(WELCOME);
    connection.leave();
    assert.deepEqual(last().sent.at(-1), { type: "leave" });
    assert.ok(last().isClosed);
    assert.equal(phase().kind, "left");
    connection.start();
    last().onopen?.();
    assert.equal((last().sent[0] as { resume?: string }).resume, undefined);
  });
});
