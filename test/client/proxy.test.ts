import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { WebSocketServer } from "ws";
import type { VoiceLiveError } from "../../lib/client/errors";
import { ProxyAgent, readProxy } from "../../lib/client/proxy";
import { PrivateAuthority } from "../support/certificates";
import {
  ConnectProxy,
  type ConnectProxyOptions,
} from "../support/connect-proxy";
import { TlsFront } from "../support/tls-front";
import { stopClock } from "./clock";
import { dial, DIAL_KEY, type Dial } from "./dial";
import { faultOf } from "./faults";
import { LoopbackServer, nextTurn, until } from "./loopback";

/** A name that only the proxy can resolve. */
const HOST = "voice.example.com";
const LOGIN = "anna:Pass of the proxy";
const PASSWORD = "Pass of the proxy";

describe("ProxyAgent", () => {
  let authority: PrivateAuthority;
  let server: LoopbackServer;
  let front: TlsFront;
  let proxy: ConnectProxy;
  let dialled: Dial | undefined;
  const acceptor = new WebSocketServer({ noServer: true });

  before(async () => {
    authority = new PrivateAuthority();
    server = new LoopbackServer((request, socket) =>
      acceptor.handleUpgrade(request, socket, Buffer.alloc(0), (peer) =>
        peer.on("error", () => undefined),
      ),
    );
    const port = Number((await server.listen()).split(":")[1]);
    const certificate = authority.issue(`DNS:${HOST},IP:192.0.2.7`);
    front = await new TlsFront(port, certificate).listen();
  });
  after(async () => {
    await front.close();
    await server.close();
    authority.remove();
  });
  beforeEach(() => (server.requests.length = 0));
  afterEach(async () => {
    dialled?.transport.close();
    await proxy?.close();
  });

  async function startProxy(
    options: Partial<ConnectProxyOptions> = {},
  ): Promise<void> {
    proxy = await new ConnectProxy({ port: front.port, ...options }).listen();
  }

  function through(
    login = LOGIN,
    { scheme = "http", host = HOST } = {},
  ): Dial["outcome"] {
    const [username, password] = login.split(":");
    const url = `${scheme}://localhost:${proxy.port}`;
    const agent = new ProxyAgent(
      readProxy({ url, username, password }),
      authority.ca,
    );
    const connect = { agent, ca: authority.ca };
    dialled = dial(`wss://${host}:8443/voice-live/realtime`, connect);
    return dialled.outcome;
  }

  async function refused(outcome: Dial["outcome"]): Promise<VoiceLiveError> {
    const fault = await outcome;
    assert.notEqual(fault, "opened");
    const shown = inspect(fault, { depth: 10 });
    for (const secret of [
      PASSWORD,
      DIAL_KEY,
      Buffer.from(LOGIN).toString("base64"),
    ])
      assert.ok(!shown.includes(secret), shown);
    assert.equal(server.requests.length, 0, "nothing reached the host");
    return fault as VoiceLiveError;
  }

  it("opens a tunnel to the host by its name, and shows the key to the host alone", async () => {
    await startProxy();
    assert.equal(await through(""), "opened");
    assert.deepEqual(
      proxy.connects.map(({ url, headers }) => [url, headers]),
      [[`${HOST}:8443`, { host: `${HOST}:8443`, connection: "close" }]],
    );
    assert.equal(server.requests[0]?.headers["api-key"], DIAL_KEY);
    assert.equal(server.requests[0]?.headers["proxy-authorization"], undefined);
  });

  it("logs in with user and password", async () => {
    await startProxy({ login: LOGIN });
    assert.equal(await through(), "opened");
  });

  it("speaks TLS to an https: proxy whose private CA it is given", async () => {
    await startProxy({
      login: LOGIN,
      certificate: authority.issue("DNS:localhost"),
    });
    assert.equal(await through(LOGIN, { scheme: "https" }), "opened");
  });

  for (const [what, options, login, says, retryable] of [
    [
      "a login that is missing",
      { login: LOGIN },
      "",
      /login.*\(407\).*proxy node/,
      false,
    ],
    [
      "a wrong password",
      { login: LOGIN },
      "anna:Another pass",
      /login.*\(407\).*proxy node/,
      false,
    ],
    [
      "a host that is not allowed",
      { answer: 403 },
      LOGIN,
      /not let.*\(403\).*allowed on the proxy/,
      false,
    ],
    [
      "a method that is not allowed",
      { answer: 405 },
      LOGIN,
      /not let.*\(405\)/,
      false,
    ],
    [
      "a host that the proxy does not reach",
      { answer: 502 },
      LOGIN,
      /not reach the host.*\(502\)/,
      true,
    ],
    [
      "a proxy that takes too long itself",
      { answer: 504 },
      LOGIN,
      /not reach the host.*\(504\)/,
      true,
    ],
    [
      "a proxy that hangs up",
      { answer: "end" },
      LOGIN,
      /proxy cannot be reached/,
      true,
    ],
    [
      "a proxy that speaks something else",
      { answer: { words: `220 mail\r\n${PASSWORD}\r\n\r\n` } },
      LOGIN,
      /proxy/,
      true,
    ],
  ] as const) {
    it(`names ${what}`, async () => {
      await startProxy(options);
      const fault = await refused(through(login));
      assert.equal(fault.code, "VOICE_LIVE_PROXY");
      assert.match(fault.message, says);
      assert.equal(fault.retryable, retryable);
      await until(() => proxy.openSockets === 0);
      assert.ok(!Buffer.concat(proxy.heard).includes(DIAL_KEY));
    });
  }

  it("names a proxy that is down", async () => {
    await startProxy();
    const { port } = proxy;
    await proxy.close();
    const agent = new ProxyAgent(readProxy({ url: `127.0.0.1:${port}` }));
    const fault = await refused(dial(`wss://${HOST}/`, { agent }).outcome);
    assert.equal(fault.code, "VOICE_LIVE_PROXY");
    assert.ok(
      fault.message.includes(
        `proxy cannot be reached (ECONNREFUSED at 127.0.0.1:${port})`,
      ),
      fault.message,
    );
    assert.equal(fault.retryable, true);
  });

  it("names an https: proxy that is not trusted", async () => {
    await startProxy({ certificate: authority.issue("DNS:other.example.com") });
    const fault = await refused(through(LOGIN, { scheme: "https" }));
    assert.match(
      fault.message,
      /proxy cannot be reached \(ERR_TLS_CERT_ALTNAME_INVALID at localhost:\d+\)/,
    );
    assert.equal(proxy.connects.length, 0, "it was not told the password");
  });

  for (const scheme of ["http", "https"]) {
    it(`gives up on a silent ${scheme}: proxy after 10 seconds, and lets go of it`, async () => {
      const clock = stopClock();
      try {
        await startProxy({
          answer: "silence",
          ...(scheme === "https" && {
            certificate: authority.issue("DNS:localhost"),
          }),
        });
        const outcome = through(LOGIN, { scheme });
        await until(() => proxy.connects.length === 1);
        clock.tick(9_999);
        assert.equal(proxy.openSockets > 0, true);
        clock.tick(1);
        const fault = await refused(outcome);
        assert.equal(fault.code, "VOICE_LIVE_PROXY");
        assert.match(fault.message, /The proxy did not answer/);
        await until(() => proxy.openSockets === 0);
        assert.equal(clock.countTimers(), 0);
      } finally {
        clock.uninstall();
      }
    });
  }

  it("gives up on a proxy whose connection hangs in the air", async () => {
    const clock = stopClock();
    // Takes the connection and never reads: TLS to it does not come about.
    const mute = createServer((socket) => socket.on("error", () => undefined));
    try {
      await new Promise<void>((resolve) =>
        mute.listen(0, "127.0.0.1", resolve),
      );
      const { port } = mute.address() as AddressInfo;
      const connected = new Promise((resolve) =>
        mute.once("connection", resolve),
      );
      const agent = new ProxyAgent(
        readProxy({ url: `https://127.0.0.1:${port}` }),
      );
      const { outcome } = dial(`wss://${HOST}/`, { agent });
      await connected;
      clock.tick(10_000);
      assert.match((await refused(outcome)).message, /did not answer/);
      await new Promise((resolve) => mute.close(resolve));
    } finally {
      clock.uninstall();
      mute.close();
    }
  });

  it("lets go of the proxy as soon as the handshake is given up", async () => {
    await startProxy({ answer: "silence" });
    const outcome = through();
    await until(() => proxy.connects.length === 1);
    dialled?.transport.close();
    await refused(outcome);
    await until(() => proxy.openSockets === 0);
  });

  it("leaves an open session alone when its time for the tunnel is over", async () => {
    const clock = stopClock();
    try {
      await startProxy();
      assert.equal(await through(), "opened");
      clock.tick(12_000);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      assert.equal(dialled?.transport.isOpen, true);
    } finally {
      clock.uninstall();
    }
  });

  it("takes the certificate of a host without a name for that address", async () => {
    await startProxy();
    assert.equal(await through(LOGIN, { host: "192.0.2.7" }), "opened");
  });

  it("does not take the proxy's own certificate for that of a host without a name", async () => {
    const own = authority.issue("DNS:localhost");
    const impostor = await new TlsFront(front.port, own).listen();
    try {
      await startProxy({ port: impostor.port, certificate: own });
      const fault = await refused(
        through(LOGIN, { scheme: "https", host: "192.0.2.7" }),
      );
      assert.equal(fault.code, "VOICE_LIVE_TLS");
      assert.match(fault.message, /another host name/);
    } finally {
      await impostor.close();
    }
  });
});

describe("readProxy", () => {
  it("keeps user and password out of the address", () => {
    for (const [url, username, password] of [
      ["http://proxy:3128", "", ""],
      ["proxy:3128", "", ""],
      ["proxy", "", ""],
      ["https://anna:p%40ss@proxy:3128", "anna", "p@ss"],
      ["anna@proxy", "anna", ""],
    ] as const) {
      const proxy = readProxy({ url });
      assert.deepEqual([proxy.username, proxy.password], [username, password]);
      assert.equal(proxy.url.hostname, "proxy");
      assert.doesNotMatch(proxy.url.href, /anna|p%40ss|p@ss/);
    }
  });

  it("takes user and password of their own fields first", () => {
    const { username, password } = readProxy({
      url: "http://old:older@proxy",
      username: "anna",
      password: "new",
    });
    assert.deepEqual([username, password], ["anna", "new"]);
  });

  it("refuses what is no proxy, without repeating it", () => {
    for (const [url, says] of [
      ["", /not an address/],
      ["http://", /not an address/],
      ["http://anna:hunter2@pro xy", /not an address/],
      ["socks5://anna:hunter2@proxy", /starts with socks5:/],
      ["http://anna:hunter2%@proxy", /%/],
    ] as const) {
      const fault = faultOf("VOICE_LIVE_CONFIGURATION", () =>
        readProxy({ url }),
      );
      assert.match(fault.message, says);
      assert.doesNotMatch(inspect(fault), /hunter2/);
    }
  });
});
