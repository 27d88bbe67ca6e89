import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import {
  createServer as createSecureServer,
  type Server as SecureServer,
} from "node:tls";
import { openFilteredSocket } from "../../lib/client/filtered-socket";
import { PrivateAuthority } from "../support/certificates";
import { nextTurn, until } from "./loopback";

const HEAD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

const frame = (text: string): string =>
  String.fromCodePoint(0x81, text.length) + text;

/** A frame whose length takes two bytes. */
const longFrame = (text: string): string =>
  String.fromCodePoint(0x81, 126, text.length >> 8, text.length & 0xff) + text;

interface Reader {
  readonly socket: Socket;
  /** What came out of the socket: not copied, so that it shows when somebody else writes to it. */
  readonly passed: Buffer[];
  readonly taken: string[];
  /** Frames as they came: those that were taken, and those whose last byte was passed. */
  readonly log: string[];
  onTaken: () => void;
}

/** Those of the tests, of 4,000 bytes. */
const LONG_FRAMES = new RegExp(
  `${longFrame(".".repeat(4_000)).slice(0, 4)}(audio [^\\x81]{3994})`,
  "g",
);

const passedBy = ({ passed }: Reader): string =>
  Buffer.concat(passed).toString("latin1");

describe("a filtered socket", () => {
  let authority: PrivateAuthority;
  let plain: Server;
  let secure: SecureServer;
  const readers: Reader[] = [];

  before(async () => {
    authority = new PrivateAuthority();
    plain = createServer({ noDelay: true });
    secure = createSecureServer({ ...authority.issue("IP:127.0.0.1") });
    for (const server of [plain, secure]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
  });
  after(() => {
    plain.close();
    secure.close();
    authority.remove();
  });
  afterEach(() => {
    for (const { socket } of readers.splice(0)) socket.destroy();
  });

  /** @returns what reads, and the other end */
  async function open(isSecure = false): Promise<[Reader, Socket]> {
    const server = isSecure ? secure : plain;
    const { port } = server.address() as AddressInfo;
    const accepted = once(
      server,
      isSecure ? "secureConnection" : "connection",
    ) as Promise<[Socket]>;
    const options = {
      host: "127.0.0.1",
      port,
      path: "/not/a/pipe",
      ca: authority.ca,
    };
    const socket = openFilteredSocket(options, isSecure, {
      take: (payload) => {
        const text = payload.toString("latin1");
        if (!text.startsWith("audio")) return false;
        reader.taken.push(text);
        reader.log.push(text);
        reader.onTaken();
        return true;
      },
    });
    const reader: Reader = {
      socket,
      passed: [],
      taken: [],
      log: [],
      onTaken: () => undefined,
    };
    let rest = "";
    socket.on("data", (bytes: Buffer) => {
      reader.passed.push(bytes);
      rest += bytes.toString("latin1");
      for (const [whole, text = ""] of rest.matchAll(LONG_FRAMES)) {
        reader.log.push(text);
        rest = rest.slice(rest.indexOf(whole) + whole.length);
      }
    });
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

  for (const isSecure of [false, true])
    it(`takes nothing while it is paused, reads little, and loses no frame's place behind it: ${isSecure ? "TLS" : "plain"}`, async () => {
      const [reader, peer] = await open(isSecure);
      const count = 6_000;
      const sent = Array.from({ length: count }, (_, index) =>
        longFrame(`audio ${index} `.padEnd(4_000, ".")),
      ).join("");
      reader.onTaken = () => {
        if (reader.taken.length === 20) reader.socket.pause();
      };
      // In pieces that end anywhere in a frame.
      for (let at = 0; at < sent.length; at += 48_000)
        peer.write(
          (at === 0 ? HEAD : "") + sent.slice(at, at + 48_000),
          "latin1",
        );
      await until(() => reader.taken.length === 20);
      for (let turn = 0; turn < 2_000; turn++) await nextTurn();
      assert.equal(reader.taken.length, 20);
      assert.ok(reader.socket.readableLength < 200_000);
      assert.ok(peer.writableLength > 1_000_000, "the other end waits");
      reader.socket.resume();
      await until(() => reader.log.length === count);
      const places = reader.log.map((text) => Number(text.split(" ")[1]));
      assert.deepEqual(places, [...places.keys()]);
    });
});
