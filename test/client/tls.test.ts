import assert from "node:assert/strict";
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { WebSocketServer } from "ws";
import { guardLookup } from "../../lib/client/guarded-lookup";
import type { ConnectOptions } from "../../lib/client/service-access";
import { PrivateAuthority, type Certificate } from "../support/certificates";
import { TlsFront } from "../support/tls-front";
import { dial, DIAL_KEY, type Dial } from "./dial";
import { LoopbackServer } from "./loopback";

const HOST = "voice.example.com";

/** A name server that knows one answer. */
function answering(...addresses: readonly string[]): LookupFunction {
  return (_hostname, options, callback) => {
    const found = addresses.map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    setImmediate(() => {
      if (options.all) callback(null, found);
      else callback(null, found[0]?.address ?? "", found[0]?.family);
    });
  };
}

describe("Transport over TLS", () => {
  let authority: PrivateAuthority;
  let server: LoopbackServer;
  let host: Certificate;
  let front: TlsFront | undefined;
  let port: number;
  let dialled: Dial | undefined;
  const acceptor = new WebSocketServer({ noServer: true });

  before(async () => {
    authority = new PrivateAuthority();
    host = authority.issue(`DNS:${HOST}`);
    server = new LoopbackServer((request, socket) =>
      acceptor.handleUpgrade(request, socket, Buffer.alloc(0), (peer) =>
        peer.on("error", () => undefined),
      ),
    );
    port = Number((await server.listen()).split(":")[1]);
  });
  after(async () => {
    await server.close();
    authority.remove();
  });
  beforeEach(() => (server.requests.length = 0));
  afterEach(async () => {
    dialled?.transport.close();
    await front?.close();
  });

  async function outcome(
    options: ConstructorParameters<typeof TlsFront>[1],
    connect: ConnectOptions,
    name = HOST,
  ): Promise<string> {
    front = await new TlsFront(port, options).listen();
    dialled = dial(`wss://${name}:${front.port}/`, {
      lookup: guardLookup(answering("127.0.0.1")),
      ...connect,
    });
    const result = await dialled.outcome;
    if (result === "opened") return result;
    assert.equal(result.code, "VOICE_LIVE_TLS");
    assert.equal(server.requests.length, 0, "the key was not sent");
    assert.ok(!result.message.includes(DIAL_KEY));
    return result.message;
  }

  it("trusts a private CA that it is given", async () => {
    assert.equal(await outcome(host, { ca: authority.ca }), "opened");
    assert.equal(server.requests[0]?.headers["api-key"], DIAL_KEY);
  });

  it("does not trust it otherwise", async () => {
    assert.match(
      await outcome(host, {}),
      /not trusted by this machine \(UNABLE_TO_VERIFY_LEAF_SIGNATURE at voice\.example\.com:\d+\)/,
    );
  });

  it("refuses a certificate for another name", async () => {
    assert.match(
      await outcome(host, { ca: authority.ca }, "other.example.com"),
      /another host name/,
    );
  });

  it("checks for the server name that it is given instead", async () => {
    assert.equal(
      await outcome(
        host,
        { ca: authority.ca, servername: HOST },
        "other.example.com",
      ),
      "opened",
    );
    const [client] = front?.clients ?? [];
    assert.equal((client as { servername?: string }).servername, HOST);
  });

  it("refuses a certificate that has expired", async () => {
    const expired = authority.issue(`DNS:${HOST}`, -1);
    assert.match(
      await outcome(expired, { ca: authority.ca }),
      /has expired \(CERT_HAS_EXPIRED at voice\.example\.com:\d+\)/,
    );
  });

  it("checks nothing when it is told so", async () => {
    const options = { rejectUnauthorized: false };
    assert.equal(await outcome(host, options, "other.example.com"), "opened");
  });

  it("shows a client certificate to a host that wants one", async () => {
    const client = authority.issue("DNS:client.example.com");
    const strict = {
      ...host,
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    };
    assert.equal(
      await outcome(strict, { ca: authority.ca, ...client }),
      "opened",
    );
    assert.equal(front?.clients[0]?.authorized, true);
  });

  it("names a host that does not speak TLS", async () => {
    dialled = dial(`wss://127.0.0.1:${port}/`);
    const result = await dialled.outcome;
    assert.ok(result !== "opened");
    assert.equal(result.code, "VOICE_LIVE_TLS");
  });
});

describe("guardLookup", () => {
  const FORBIDDEN: readonly (readonly string[])[] = [
    ["169.254.169.254"],
    ["fe80::1"],
    ["fe80::1%2"],
    ["::ffff:169.254.169.254"],
    ["fd00:ec2::254"],
    ["168.63.129.16"],
    ["100.100.100.200"],
    ["0.0.0.0"],
    ["203.0.113.5", "169.254.169.254"],
    ["2001:db8::5", "fe80::1"],
  ];
  for (const addresses of FORBIDDEN) {
    it(`refuses a name that leads to ${addresses.join(" and ")}`, async () => {
      const { outcome } = dial("wss://rebind.example.com/", {
        lookup: guardLookup(answering(...addresses)),
      });
      const fault = await outcome;
      assert.ok(fault !== "opened");
      assert.equal(fault.code, "VOICE_LIVE_ENDPOINT");
      assert.match(
        fault.message,
        /rebind\.example\.com leads to .* link-local or metadata address\. Check/,
      );
      assert.equal(fault.retryable, false);
    });
  }

  it("refuses a localhost that is another machine, since plain text goes there", async () => {
    const connect = { lookup: guardLookup(answering("203.0.113.5")) };
    const fault = await dial("ws://localhost:1/", connect).outcome;
    assert.ok(fault !== "opened");
    assert.equal(fault.code, "VOICE_LIVE_ENDPOINT");
    assert.match(fault.message, /localhost leads to 203\.0\.113\.5/);
  });

  it("looks at the answer that the socket uses, each time", async () => {
    let asked = 0;
    const changing: LookupFunction = (hostname, options, callback) =>
      answering(asked++ === 0 ? "127.0.0.1" : "169.254.169.254")(
        hostname,
        options,
        callback,
      );
    const connect = { lookup: guardLookup(changing) };
    const first = await dial("wss://rebind.example.com:1/", connect).outcome;
    const second = await dial("wss://rebind.example.com:1/", connect).outcome;
    assert.deepEqual(
      [first, second].map((fault) => fault !== "opened" && fault.code),
      ["VOICE_LIVE_NETWORK", "VOICE_LIVE_ENDPOINT"],
    );
    assert.equal(asked, 2);
  });

  it("passes on what the name server says of other names", async () => {
    const ask = (resolve?: LookupFunction): Promise<unknown[]> =>
      new Promise((answered) => {
        guardLookup(resolve)("localhost", { all: true }, (...answer) =>
          answered(answer),
        );
      });
    const [error, found] = await ask();
    assert.equal(error, null);
    const real = await new Promise((answered) => {
      lookup("localhost", { all: true }, (_error, addresses) =>
        answered(addresses),
      );
    });
    assert.deepEqual(found, real);
    const failure = Object.assign(new Error("x"), { code: "ENOTFOUND" });
    const failing: LookupFunction = (_hostname, _options, callback) =>
      callback(failure, "", 0);
    assert.equal((await ask(failing))[0], failure);
  });
});
