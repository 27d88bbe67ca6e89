import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Simulator } from "../../lib/simulator";
import { PrivateAuthority } from "../support/certificates";
import { ConnectProxy } from "../support/connect-proxy";
import {
  type FlowOptions,
  KEY,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";
import { TlsFront } from "../support/tls-front";

const NODES: readonly NodeConfig[] = [
  { id: "text", type: "voice-live-message" },
  { id: "transcript", type: "voice-live-transcript", who: "assistant" },
];
/** No name server is asked for it: the proxy of the test leads every name to the host of the test. */
const AZURE = "my-res.services.ai.azure.com";
const LOGIN = { username: "anna", password: "Proxy.Pass.of.the.Tests" };
/** As the editor writes them. */
const TLS = {
  id: "tls",
  type: "tls-config",
  cert: "",
  key: "",
  ca: "",
  servername: "",
  verifyservercert: true,
};

describe("the way to the host", () => {
  const nodeRed = useNodeRed();
  let authority: PrivateAuthority;
  let simulator: Simulator;
  let front: TlsFront;
  let proxy: ConnectProxy | undefined;
  const closing: (() => Promise<void>)[] = [];

  before(() => (authority = new PrivateAuthority()));
  after(() => authority.remove());
  beforeEach(async () => {
    simulator = await nodeRed.simulator();
    await putTlsInFront({});
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    proxy = undefined;
    delete process.env["https_proxy"];
    delete process.env["no_proxy"];
  });

  async function putTlsInFront(options: object): Promise<void> {
    const port = Number(new URL(simulator.url).port);
    const certificate = authority.issue(`DNS:${AZURE},DNS:localhost`);
    const made = new TlsFront(port, { ...certificate, ...options });
    closing.push(() => made.close());
    front = await made.listen();
  }

  async function startProxy(
    options: Partial<ConstructorParameters<typeof ConnectProxy>[0]> = {},
  ): Promise<ConnectProxy> {
    proxy = await new ConnectProxy({
      port: front.port,
      login: `${LOGIN.username}:${LOGIN.password}`,
      ...options,
    }).listen();
    closing.push(proxy.close.bind(proxy));
    return proxy;
  }

  /** By way of the proxy to Azure, or without one to this machine. */
  function deploy({
    tls = {},
    proxyNode,
    tlsCredentials = {},
    login = LOGIN,
    resource = {},
    credentials = {},
  }: {
    tls?: object;
    proxyNode?: object;
    tlsCredentials?: object;
    login?: object;
    resource?: object;
    credentials?: object;
  }): Promise<TestFlow> {
    const options: FlowOptions = {
      nodes: NODES,
      credentials,
      configs: [
        { ...TLS, ...tls },
        ...(proxyNode
          ? [{ id: "proxy", type: "http proxy", noproxy: [], ...proxyNode }]
          : []),
      ],
      configCredentials: {
        tls: { cadata: authority.ca, ...tlsCredentials },
        proxy: login,
      },
      resource: {
        service: "azure",
        endpoint: proxy ? AZURE : `https://localhost:${front.port}`,
        tls: "tls",
        ...(proxyNode && { proxy: "proxy" }),
        ...resource,
      },
    };
    return nodeRed.deploy(options);
  }

  async function talks(flow: TestFlow): Promise<void> {
    await flow.accept("text", { payload: "Hello." });
    assert.equal(
      (await flow.message("transcript")).payload,
      "Hello, nice to hear you.",
    );
  }

  function shows(flow: TestFlow, secret: string): boolean {
    const { sent, completions, statuses, logs } = flow;
    return inspect([sent, completions, statuses, logs], {
      depth: 15,
    }).includes(secret);
  }

  describe("with TLS settings", () => {
    it("talks to a host of a private certificate authority", async () => {
      await talks(await deploy({}));
    });

    it("does not without it", async () => {
      const flow = await deploy({ resource: { tls: "" } });
      const { error } = await flow.fault("VOICE_LIVE_TLS");
      assert.match(error.message, /not trusted/);
      assert.equal(simulator.sessions.length, 0);
    });

    it("shows a client certificate", async () => {
      await putTlsInFront({
        ca: authority.ca,
        requestCert: true,
        rejectUnauthorized: true,
      });
      const { cert, key } = authority.issue("DNS:node-red");
      await talks(
        await deploy({ tlsCredentials: { certdata: cert, keydata: key } }),
      );
    });

    it("expects the server name that is set", async () => {
      const flow = await deploy({ tls: { servername: "elsewhere" } });
      const { error } = await flow.fault("VOICE_LIVE_TLS");
      assert.match(error.message, /another host name/);
    });

    it("checks no certificate when told so, and warns of it once", async () => {
      const flow = await deploy({
        tls: { verifyservercert: false, servername: "elsewhere" },
        tlsCredentials: { cadata: "" },
      });
      await talks(flow);
      simulator.sessions[0]?.drop();
      await flow.until("a second handshake", () => front.clients.length > 1);
      assert.deepEqual(flow.warnings("resource"), [
        "voice-live-resource.warning.unverified",
      ]);
    });

    it("says that they cannot be read", async () => {
      const flow = await deploy({ tls: { ca: "/no/such/file.pem" } });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(error.message, /certificates.*cannot be read.*Correct/);
    });

    it("says that they are missing", async () => {
      const flow = await deploy({ resource: { tls: "gone" } });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(error.message, /TLS settings.*missing or disabled/);
    });
  });

  describe("with a proxy node", () => {
    it("talks through the proxy, which learns host and port and nothing else", async () => {
      const { connects, port } = await startProxy();
      await talks(
        await deploy({ proxyNode: { url: `http://127.0.0.1:${port}` } }),
      );
      assert.deepEqual(
        connects.map(({ url }) => url),
        [`${AZURE}:443`],
      );
      assert.ok(!inspect(connects[0]?.rawHeaders).includes(KEY));
    });

    it("takes user and password from the proxy's address where the node has none", async () => {
      const { port } = await startProxy();
      const url = `http://${LOGIN.username}:${LOGIN.password}@127.0.0.1:${port}`;
      await talks(await deploy({ proxyNode: { url }, login: {} }));
    });

    it("does without it for names in the list of exceptions", async () => {
      const { connects, port } = await startProxy();
      // Not taken for this machine, and no name server is asked.
      const mapped = "[::ffff:7f00:1]";
      const flow = await deploy({
        proxyNode: { url: `http://127.0.0.1:${port}`, noproxy: [mapped] },
        resource: { endpoint: `https://${mapped}:1`, customHost: true },
      });
      await flow.fault("VOICE_LIVE_NETWORK");
      assert.equal(connects.length, 0);
    });

    it("takes it for others that are not in the list", async () => {
      const { connects, port } = await startProxy({ answer: 403 });
      const mapped = "[::ffff:7f00:1]";
      const flow = await deploy({
        proxyNode: { url: `http://127.0.0.1:${port}`, noproxy: ["other"] },
        resource: { endpoint: `https://${mapped}:1`, customHost: true },
      });
      await flow.fault("VOICE_LIVE_PROXY");
      assert.equal(connects[0]?.url, `${mapped}:1`);
    });

    for (const [what, proxyNode, options, login, says] of [
      [
        "a wrong password",
        {},
        {},
        { ...LOGIN, password: "Wrong.Pass.of.the.Tests" },
        /login.*\(407\)/,
      ],
      [
        "a host that it forbids",
        {},
        { answer: 403 },
        LOGIN,
        /not let.*\(403\)/,
      ],
      [
        "a host that it does not reach",
        {},
        { answer: 502 },
        LOGIN,
        /not reach.*\(502\)/,
      ],
      [
        "a proxy that is not there",
        { url: "http://127.0.0.1:1" },
        {},
        LOGIN,
        /proxy cannot be reached/,
      ],
    ] as const) {
      it(`names ${what}, without its login`, async () => {
        const { port } = await startProxy(options);
        const flow = await deploy({
          proxyNode: { url: `http://127.0.0.1:${port}`, ...proxyNode },
          login,
        });
        const { error } = await flow.fault("VOICE_LIVE_PROXY");
        assert.match(error.message, says);
        assert.ok(!shows(flow, login.password));
        assert.equal(simulator.sessions.length, 0);
      });
    }

    it("names an address that is none", async () => {
      await startProxy();
      const flow = await deploy({
        proxyNode: { url: `socks5://${LOGIN.username}:${LOGIN.password}@x` },
      });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(error.message, /proxy's address starts with socks5:/);
      assert.ok(!shows(flow, LOGIN.password));
    });

    it("says that it is missing", async () => {
      await startProxy();
      const flow = await deploy({ resource: { proxy: "gone" } });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(error.message, /proxy settings.*missing or disabled/);
    });

    it("takes the same way to Entra ID with a client secret", async () => {
      const { connects, port } = await startProxy({ answer: 403 });
      const flow = await deploy({
        proxyNode: { url: `http://127.0.0.1:${port}` },
        credentials: { clientSecret: KEY },
        resource: {
          auth: "client-secret",
          tenantId: "00000000-0000-0000-0000-000000000001",
          clientId: "00000000-0000-0000-0000-000000000002",
        },
      });
      await flow.fault("VOICE_LIVE_CREDENTIAL");
      assert.ok(connects.length > 0);
      for (const { url, headers } of connects) {
        assert.equal(url, "login.microsoftonline.com:443");
        assert.equal(
          headers["proxy-authorization"],
          `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString("base64")}`,
        );
      }
      assert.ok(!shows(flow, LOGIN.password));
    });
  });

  describe("with the environment's proxy", () => {
    it("talks through it", async () => {
      const { connects, port } = await startProxy();
      process.env["https_proxy"] =
        `http://${LOGIN.username}:${LOGIN.password}@127.0.0.1:${port}`;
      await talks(await deploy({}));
      assert.equal(connects[0]?.url, `${AZURE}:443`);
    });

    it("does without it where no_proxy says so, and on this machine", async () => {
      const { connects, port } = await startProxy();
      process.env["https_proxy"] = `http://127.0.0.1:${port}`;
      await talks(
        await deploy({
          resource: { endpoint: `https://localhost:${front.port}` },
        }),
      );
      assert.equal(connects.length, 0);
    });

    it("prefers the proxy node", async () => {
      const { connects, port } = await startProxy();
      process.env["https_proxy"] = "http://127.0.0.1:1";
      await talks(await deploy({ proxyNode: { url: `127.0.0.1:${port}` } }));
      assert.equal(connects.length, 1);
    });
  });
});
