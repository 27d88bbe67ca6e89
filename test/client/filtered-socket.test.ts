import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { openFilteredSocket } from "../../lib/client/filtered-socket";
import { until } from "./loopback";

const HEAD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

const frame = (text: string): string =>
  String.fromCodePoint(0x81, text.length) + text;

interface Reader {
  readonly socket: Socket;
  /** What came out of the socket: not copied, so that it shows when somebody else writes to it. */
  readonly passed: Buffer[];
  readonly taken: string[];
}

const passedBy = ({ passed }: Reader): string =>
  Buffer.concat(passed).toString("latin1");

describe("a filtered socket", () => {
  const server = createServer({ noDelay: true });
  const readers: Reader[] = [];

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());
  afterEach(() => {
    for (const { socket } of readers.splice(0)) socket.destroy();
  });

  /** @returns what reads, and the other end */
  async function open(): Promise<[Reader, Socket]> {
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const [passed, taken]: [Buffer[], string[]] = [[], []];
    const options = { host: "127.0.0.1", port, path: "/not/a/pipe" };
    const socket = openFilteredSocket(options, false, (payload) => {
      const text = payload.toString("latin1");
      const isAudio = text.startsWith("audio");
      if (isAudio) taken.push(text);
      return isAudio;
    });
    socket.on("data", (bytes: Buffer) => passed.push(bytes));
    const reader = { socket, passed, taken };
    readers.push(reader);
    const [peer] = await accepted;
    return [reader, peer];
  }

  it("takes frames from behind the answer to the upgrade, wherever that is cut", async () => {
    const sent = HEAD + frame("audio 1") + frame("words");
    for (let cut = 1; cut < sent.length; cut++) {
      const [reader, peer] = await open();
      peer.write(sent.slice(0, cut), "latin1");
      await until(() => reader.socket.bytesRead >= cut);
      peer.write(sent.slice(cut), "latin1");
      await until(() => passedBy(reader).endsWith("words"));
      // Of a frame that is cut, the WebSocket gets all.
      const isWhole =
        cut <= HEAD.length || cut >= (HEAD + frame("audio 1")).length;
      assert.deepEqual(reader.taken, isWhole ? ["audio 1"] : [], `${cut}`);
      const audio = isWhole ? "" : frame("audio 1");
      assert.equal(passedBy(reader), HEAD + audio + frame("words"));
    }
  });

  it("passes on what is no upgrade as it is", async () => {
    const [reader, peer] = await open();
    const sent = `HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n${frame("reason")}\x81`;
    peer.end(sent, "latin1");
    await once(reader.socket, "end");
    assert.equal(passedBy(reader), sent);
  });

  it("gives each its own bytes to keep, although all read into one memory", async () => {
    const pairs = [await open(), await open(), await open()];
    const words = (index: number, turn: number): string =>
      frame(`${index} says ${turn}`.padEnd(100, "."));
    for (const [, peer] of pairs) peer.write(HEAD);
    for (let turn = 0; turn < 20; turn++) {
      pairs.forEach(([, peer], index) =>
        peer.write(words(index, turn), "latin1"),
      );
      await until(() =>
        pairs.every(([reader]) => passedBy(reader).includes(`says ${turn}.`)),
      );
    }
    pairs.forEach(([reader], index) => {
      const all = Array.from({ length: 20 }, (_, turn) => words(index, turn));
      assert.equal(passedBy(reader), HEAD + all.join(""));
    });
  });

  it("reads nothing while it is paused, so that the other end has to wait, and everything after", async () => {
    const [reader, peer] = await open();
    peer.write(HEAD);
    await until(() => passedBy(reader) === HEAD);
    reader.socket.pause();
    const piece = Buffer.alloc(64 * 1024);
    const pieces = 400;
    for (let count = 0; count < pieces; count++) peer.write(piece);
    await until(() => peer.writableLength > 10 * piece.length);
    assert.ok(reader.socket.bytesRead < 2 * piece.length);
    reader.socket.resume();
    await until(() => passedBytes(reader) === pieces * piece.length);
  });
});

function passedBytes({ passed }: Reader): number {
  return passed.reduce((sum, { length }) => sum + length, 0) - HEAD.length;
}
